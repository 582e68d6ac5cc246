import assert from 'node:assert/strict';
import { testCodeProblem, testPathProblem } from '../../../../src/core/test-generation/check-code.ts';
import { readTestCode } from '../../../../src/core/test-generation/test-answers.ts';
import type { TestFacts } from '../../../../src/core/test-generation/test-facts.ts';

const STYLE = { module: 'esm', quote: "'", semicolons: true, indent: '  ', grouped: false } as const;

function facts(change: Partial<TestFacts> = {}): TestFacts {
  return {
    language: 'script',
    framework: 'node:test',
    command: null,
    testFile: 'src/a.test.js',
    importFrom: './a.js',
    symbols: [{ name: 'add', kind: 'function', params: 'a, b', line: 1 }],
    hasMore: false,
    codeModule: 'esm',
    style: STYLE,
    packageName: null,
    sample: null,
    existing: null,
    ...change,
  };
}

const GOOD = "import { test } from 'node:test';\nimport { add } from './a.js';\ntest('adds', () => { add(1, 2); });\n";

describe('testCodeProblem', () => {
  it('takes a test that imports what is there', () => {
    assert.equal(testCodeProblem(GOOD, facts()), null);
    assert.equal(testCodeProblem(GOOD.replace('{ add }', '* as subject'), facts()), null);
  });

  it('says what is wrong', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      [' \n', /empty/],
      ['Here are some ideas for the function.', /no test/],
      [GOOD.replace('./a.js', './b.js'), /import the code from '\.\/a\.js'/],
      [GOOD.replace('{ add }', '{ add, sub as s }'), /does not export sub/],
      [GOOD.replace('});', ''), /not whole/],
      [`\`\`\`js\n${GOOD}\`\`\`\n`, /Markdown fences/],
      [GOOD.replace('1, 2', "'[redacted key]'"), /removed secret/],
    ];
    for (const [code, problem] of wrong) assert.match(testCodeProblem(code, facts()) ?? 'none', problem);
  });

  it('does not miss names where the code may export more', () => {
    const code = GOOD.replace('{ add }', '{ other }');
    assert.equal(testCodeProblem(code, facts({ hasMore: true })), null);
  });

  it('knows Python and Go', () => {
    const python = facts({
      language: 'python',
      framework: 'unittest',
      importFrom: 'shop.cart',
      testFile: 'tests/test_cart.py',
    });
    const test =
      'import unittest\nfrom shop.cart import add\n\n\nclass T(unittest.TestCase):\n    def test_a(self):\n        add()\n';
    assert.equal(testCodeProblem(test, python), null);
    assert.equal(testCodeProblem(test.replace('from shop.cart import add', 'from shop import cart'), python), null);
    assert.match(testCodeProblem(test.replace('import add', 'import sub'), python) ?? '', /does not define sub/);
    assert.match(testCodeProblem(test.replace('shop.cart', 'cart'), python) ?? '', /import the module shop\.cart/);
    const go = facts({ language: 'go', framework: 'go test', packageName: 'calc', testFile: 'calc/add_test.go' });
    assert.equal(testCodeProblem('package calc\n\nfunc TestAdd(t *testing.T) {}\n', go), null);
    assert.match(testCodeProblem('package main\n\nfunc TestAdd(t *testing.T) {}\n', go) ?? '', /package calc/);
  });

  it('refuses a file elsewhere', () => {
    assert.equal(testPathProblem('src/a.test.js', facts()), null);
    assert.equal(testPathProblem('./a.test.js', facts()), null);
    assert.equal(testPathProblem(null, facts()), null);
    assert.match(testPathProblem('../../.bashrc', facts()) ?? '', /write "src\/a\.test\.js" and no other/);
  });
});

describe('readTestCode', () => {
  const code = (text: string) => {
    const answer = readTestCode(text);
    return answer.found ? (answer.value as { code: string }).code : answer.problem;
  };

  it('takes the JSON that was asked for, a fence inside of it, or one fenced block', () => {
    assert.equal(code(JSON.stringify({ file: 'a', code: 'x();\n' })), 'x();\n');
    assert.equal(code(JSON.stringify({ code: '```js\nx();\n```' })), 'x();');
    assert.equal(code('Here it is:\n\n```ts\nconst a = { b: 1 };\n```\nGood luck!'), 'const a = { b: 1 };');
  });

  it('refuses prose and several files', () => {
    assert.match(code('I would test the limits.'), /no test code/);
    assert.match(code('```js\na();\n```\n\n```js\nb();\n```'), /2 blocks/);
  });
});
