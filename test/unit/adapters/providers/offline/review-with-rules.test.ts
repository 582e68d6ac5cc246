import assert from 'node:assert/strict';
import { reviewWithRules } from '../../../../../src/adapters/providers/offline/review-with-rules.ts';

const review = (
  lens: 'correctness' | 'security' | 'tests',
  ...files: [path: string, text: string, startLine?: number][]
) =>
  reviewWithRules({
    lens,
    files: files.map(([path, text, startLine = 1]) => ({
      path,
      text,
      startLine,
      languageId: path.endsWith('.py') ? 'python' : path.endsWith('.go') ? 'go' : 'typescript',
    })),
  });

describe('reviewWithRules', () => {
  it('quotes complete lines with the line of the file', () => {
    const [finding] = review('security', ['src/a.ts', '  first();\n  eval(input);\n', 10]);
    assert.ok(finding);
    assert.equal(finding.quote, '  eval(input);');
    assert.equal(finding.line, 11);
    assert.equal(finding.category, 'security');
  });

  it('quotes the first line of what is long', () => {
    const call = `import cp from 'child_process';\ncp.exec(\n  \`a \${b}\`,\n${'  c,\n'.repeat(12)});`;
    const [finding] = review('security', ['src/a.ts', call]);
    assert.equal(finding?.quote, 'cp.exec(');
  });

  it('offers the whole line with the change in it, where a small change is safe', () => {
    const [finding] = review('correctness', ['src/a.ts', 'if (count == 0) stop();']);
    assert.equal(finding?.replacement, 'if (count === 0) stop();');
  });

  it('reports the rules of the lens only', () => {
    const text = 'eval(input);\nif (a === NaN) stop();';
    assert.deepEqual(
      review('security', ['src/a.ts', text]).map(({ line }) => line),
      [1],
    );
    assert.deepEqual(
      review('correctness', ['src/a.ts', text]).map(({ line }) => line),
      [2],
    );
  });

  it('puts the worst first', () => {
    const text = 'const n = parseInt(a);\nif (b === NaN) stop();';
    assert.deepEqual(
      review('correctness', ['src/a.ts', text]).map(({ severity }) => severity),
      ['high', 'info'],
    );
  });

  it('lets the first of many small things stand for all of a file', () => {
    const found = review('correctness', ['src/a.ts', 'parseInt(a);\nparseInt(b);\nparseInt(c);']);
    assert.equal(found.length, 1);
    assert.match(found[0]?.title ?? '', /3 places/);
  });

  it('respects what people have told other tools', () => {
    assert.deepEqual(review('security', ['src/a.ts', '// eslint-disable-next-line no-eval\neval(input);']), []);
    assert.deepEqual(review('security', ['src/a.py', 'eval(text)  # noqa: S307']), []);
  });

  it('looks for no security problems in tests', () => {
    assert.deepEqual(review('security', ['test/a.test.ts', 'eval(input);']), []);
  });

  it('names exported functions that their own tests do not call', () => {
    const source = 'export function add() {\n  return 1;\n}\nexport function sub() {\n  return 1;\n}';
    const found = review('tests', ['src/sums.ts', source], ['test/sums.test.ts', 'assert.equal(add(), 1);']);
    assert.deepEqual(
      found.map(({ title, line }) => [title, line]),
      [['The tests of this file do not call sub', 4]],
    );
    assert.deepEqual(review('tests', ['src/sums.ts', source]), []);
  });

  it('says nothing about languages without rules', () => {
    assert.deepEqual(review('security', ['main.go', 'eval(input)']), []);
  });

  it('is deterministic', () => {
    const text = 'eval(a);\neval(b);\nelement.innerHTML = c;';
    assert.deepEqual(review('security', ['src/a.ts', text]), review('security', ['src/a.ts', text]));
  });
});
