import assert from 'node:assert/strict';
import { ScriptCode } from '../../../../src/core/source/script-code.ts';

const parse = (text: string, path = 'a.ts') => new ScriptCode({ path, languageId: 'typescript', text, startLine: 1 });

describe('ScriptCode', () => {
  it('finds functions of every kind, with name, body and async', () => {
    const code = parse(`export async function one<T>(a: { b: T }): Promise<{ c: T }> {
  return x;
}
const two = async (a) => {
  return a;
};
class A {
  private static async three(a: string): Promise<void> {
    await b;
  }
  get four() {
    return 1;
  }
}
const five = function () {};
list.map((six) => six.id);
function overload(a: string): void
function overload(a: number): void {
}`);
    const found = code.functions.map(({ name, isAsync, body }) => [name, isAsync, body !== null]);
    assert.deepEqual(
      found.sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
      [
        ['', false, false],
        ['five', false, true],
        ['four', false, true],
        ['one', true, true],
        ['overload', false, false],
        ['overload', false, true],
        ['three', true, true],
        ['two', true, true],
      ],
    );
  });

  it('gives the innermost function and loop of a place', () => {
    const text = 'function a() {\n  for (const b of c) {\n    d(() => {\n      e;\n    });\n    f;\n  }\n}\ng;';
    const code = parse(text);
    assert.equal(code.functionAt(text.indexOf('f;'))?.name, 'a');
    assert.equal(code.functionAt(text.indexOf('g;')), null);
    assert.equal(code.loopAt(text.indexOf('f;'))?.kind, 'for-of');
    assert.equal(code.loopAt(text.indexOf('e;')), null, 'a callback is called by somebody else');
  });

  it('knows where statements end, with and without semicolons', () => {
    const end = (text: string) => text.slice(0, parse(text).statementEnd(0));
    assert.equal(end('a(b; c); d();'), 'a(b; c);');
    assert.equal(end('a\n  .b()\nc()'), 'a\n  .b()');
    assert.equal(end('a +\n  b\nc'), 'a +\n  b');
    assert.equal(end('i++\nb'), 'i++');
    assert.equal(end('a = `x;\ny`\nb'), 'a = `x;\ny`');
    assert.equal(end('a as Map<B, C>\nd'), 'a as Map<B, C>');
  });

  it('splits arguments at their own commas only', () => {
    const text = 'f(a, [b, c], { d, e }, "x, y", g(h, i),)';
    const code = parse(text);
    assert.deepEqual(
      code.partsOf(1).map((part) => code.textOf(part)),
      ['a', '[b, c]', '{ d, e }', '"x, y"', 'g(h, i)'],
    );
  });

  it('matches brackets also where some are missing', () => {
    const code = parse('f(a]; { g(b) }');
    assert.equal(code.matching(6), 13);
    assert.equal(code.matching(9), 11);
    assert.equal(code.matching(3), null);
  });

  it('counts lines from where the text begins in the file', () => {
    const code = new ScriptCode({ path: 'a.ts', languageId: 'typescript', text: 'a\nb\nc', startLine: 40 });
    assert.deepEqual(
      [0, 2, 4].map((offset) => code.lineAt(offset)),
      [40, 41, 42],
    );
    assert.equal(code.textOf(code.linesOf({ start: 2, end: 3 })), 'b');
    assert.equal(code.textOfLineBefore(4), 'b');
  });

  it('tells tests by their name or folder', () => {
    const tests = [
      'test/a.ts',
      'src/a.test.ts',
      'src/a.spec.tsx',
      'src/__tests__/a.js',
      'runtime-tests/a.ts',
      'test.js',
    ];
    assert.deepEqual(
      tests.filter((path) => !parse('a', path).isTest),
      [],
    );
    const others = ['src/test-plan.ts', 'src/latest/a.ts', 'src/contest.ts', 'src/testing.ts'];
    assert.deepEqual(
      others.filter((path) => parse('a', path).isTest),
      [],
    );
  });
});
