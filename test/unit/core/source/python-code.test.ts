import assert from 'node:assert/strict';
import { PythonCode } from '../../../../src/core/source/python-code.ts';

const parse = (text: string) => new PythonCode({ path: 'a.py', languageId: 'python', text, startLine: 1 });

describe('PythonCode', () => {
  it('joins physical lines to logical ones', () => {
    const code = parse('a = (\n  1,\n)\n\n# note\nb = 1 + \\\n  2\nc = """x\ny"""\n');
    assert.deepEqual(
      code.lines.map((line) => code.lineAt(line.start)),
      [1, 6, 8],
    );
  });

  it('gives the block below a header', () => {
    const code = parse('if a:\n    b\n    if c:\n        d\ne\n');
    const [first] = code.lines;
    assert.ok(first);
    assert.deepEqual(
      code.block(first).map((line) => line.code),
      ['b', 'if c:', 'd'],
    );
  });

  it('finds functions with parameters and body, the innermost first', () => {
    const text =
      'class A:\n    async def b(self, c=(1, 2)):\n        """Doc."""\n        def d():\n            return 1\n        return d\n';
    const code = parse(text);
    assert.deepEqual(
      code.functions.map(({ name, isAsync }) => [name, isAsync]),
      [
        ['b', true],
        ['d', false],
      ],
    );
    assert.equal(code.functionAt(text.indexOf('return 1'))?.name, 'd');
    assert.equal(code.functionAt(text.indexOf('return d'))?.name, 'b');
    assert.equal(code.functionAt(0), null);
    const [b] = code.functions;
    assert.ok(b);
    assert.equal(code.textOf(b.params), 'self, c=(1, 2)');
    assert.equal(code.hasDocstring(b.body), true);
  });
});
