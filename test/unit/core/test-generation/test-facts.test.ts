import assert from 'node:assert/strict';
import { readTarget } from '../../../../src/core/edits/read-target.ts';
import { findTestFacts, type TestFacts } from '../../../../src/core/test-generation/test-facts.ts';
import { MemoryWorkspace } from '../../../contract/memory-workspace.ts';

type Tree = Readonly<Record<string, string>>;

const signal = new AbortController().signal;

async function factsOf(path: string, tree: Tree, framework: string | null = null): Promise<TestFacts> {
  const workspace = new MemoryWorkspace(tree);
  const code = await readTarget({ type: 'file', path }, workspace, signal, []);
  return findTestFacts(code, framework, { workspace, signal, knownSecrets: [] });
}

async function brief(path: string, tree: Tree) {
  const { framework, testFile, importFrom, command } = await factsOf(path, tree);
  return [framework, testFile, importFrom, command?.join(' ') ?? null];
}

const ESM = '{"type":"module"}';
const CODE = 'export const a = () => 1;\n';

function installed(name: string, bin: string): Tree {
  return { [`node_modules/${name}/package.json`]: JSON.stringify({ name, bin: { [name]: bin } }) };
}

describe('findTestFacts', () => {
  it('takes what needs nothing installed where the project says nothing', async () => {
    assert.deepEqual(await brief('src/a.js', { 'src/a.js': CODE, 'package.json': ESM }), [
      'node:test',
      'src/a.test.js',
      './a.js',
      'node --test src/a.test.js',
    ]);
    assert.deepEqual(await brief('a.py', { 'a.py': 'x = 1\n' }), [
      'unittest',
      'test_a.py',
      'a',
      'python3 -m unittest test_a.py',
    ]);
  });

  it('follows tests beside the code, with their name, words and way to import', async () => {
    const tree = {
      'package.json': '{"devDependencies":{"vitest":"1"}}',
      'src/b.ts': CODE,
      'src/b.spec.ts':
        'import { expect, test } from "vitest"\nimport { a } from "./b"\ntest("x", () => {\n  expect(a()).toBe(1)\n})\n',
      'src/deep/a.ts': CODE,
      ...installed('vitest', './vitest.mjs'),
    };
    const { style, ...facts } = await factsOf('src/deep/a.ts', tree);
    assert.deepEqual(
      [facts.framework, facts.testFile, facts.importFrom, facts.command?.join(' ')],
      ['vitest', 'src/deep/a.spec.ts', './a', 'node node_modules/vitest/vitest.mjs run src/deep/a.spec.ts'],
    );
    assert.deepEqual(style, { module: 'esm', quote: '"', semicolons: false, indent: '  ', grouped: false });
  });

  it('mirrors a tree of tests, and knows what the tree leaves out', async () => {
    const tests = "import { a } from '../../../src/core/b.ts';\ndescribe('b', () => { it('x', () => {}); });\n";
    const tree = {
      'package.json': '{"type":"module","devDependencies":{"mocha":"1","tsx":"4"}}',
      'src/core/b.ts': CODE,
      'test/unit/core/b.test.ts': tests,
      'src/core/deep/a.ts': CODE,
      ...installed('mocha', './bin/mocha.js'),
    };
    assert.deepEqual(await brief('src/core/deep/a.ts', tree), [
      'mocha',
      'test/unit/core/deep/a.test.ts',
      '../../../../src/core/deep/a.ts',
      'node --import tsx node_modules/mocha/bin/mocha.js test/unit/core/deep/a.test.ts',
    ]);
  });

  it('puts tests of a flat folder there, and those beside in __tests__ there', async () => {
    const flat = {
      'lib/a.js': CODE,
      'lib/b.js': CODE,
      'test/b.test.js': "require('../lib/b.js');\n",
      'package.json': '{}',
    };
    assert.deepEqual((await brief('lib/a.js', flat)).slice(1, 3), ['test/a.test.js', '../lib/a.js']);
    const nested = { 'lib/a.js': CODE, 'lib/__tests__/b.test.js': "import '../b.js';\n", 'package.json': ESM };
    assert.deepEqual((await brief('lib/a.js', nested)).slice(1, 3), ['lib/__tests__/a.test.js', '../a.js']);
  });

  it('writes the import as the compiler wants it', async () => {
    const of = async (tsconfig: string) => {
      const tree = { 'a.ts': CODE, 'package.json': ESM, 'tsconfig.json': tsconfig };
      return (await factsOf('a.ts', tree)).importFrom;
    };
    assert.equal(await of('{"compilerOptions":{"module":"NodeNext"}}'), './a.js');
    assert.equal(await of('{"compilerOptions":{"module":"nodenext","allowImportingTsExtensions":true}}'), './a.ts');
    assert.equal(await of('{}'), './a.ts');
  });

  it('knows pytest by its configuration, tests of a package in tests/, and src layouts', async () => {
    const tree = {
      'pyproject.toml': '[tool.pytest.ini_options]\n',
      'src/shop/__init__.py': '',
      'src/shop/cart.py': 'def add(): ...\n',
      'tests/test_other.py': 'import pytest\n',
    };
    assert.deepEqual(await brief('src/shop/cart.py', tree), [
      'pytest',
      'tests/test_cart.py',
      'shop.cart',
      'python3 -m pytest tests/test_cart.py',
    ]);
  });

  it('keeps Go tests in the package', async () => {
    const tree = { 'go.mod': 'module x\n', 'calc/add.go': 'package calc\n\nfunc Add(a, b int) int { return a + b }\n' };
    const facts = await factsOf('calc/add.go', tree);
    assert.deepEqual(
      [facts.testFile, facts.packageName, facts.command?.join(' ')],
      ['calc/add_test.go', 'calc', 'go test ./calc'],
    );
  });

  it('never takes the name of a test that is there, and says what it holds', async () => {
    const tree = { 'a.js': CODE, 'a.test.js': "import { test } from 'node:test';\n", 'package.json': ESM };
    const facts = await factsOf('a.js', tree);
    assert.equal(facts.testFile, 'a.generated.test.js');
    assert.equal(facts.existing?.path, 'a.test.js');
    const again = await factsOf('a.js', { ...tree, 'a.generated.test.js': '' });
    assert.equal(again.testFile, 'a.generated2.test.js');
  });

  it('says that a framework is not installed by having no command for it', async () => {
    const tree = { 'a.js': CODE, 'package.json': '{"devDependencies":{"jest":"1"}}' };
    assert.deepEqual((await brief('a.js', tree)).slice(0, 1), ['jest']);
    assert.equal((await factsOf('a.js', tree)).command, null);
  });

  it('loads CommonJS by require, also from a test of a package without a type', async () => {
    const facts = await factsOf('a.js', { 'a.js': 'module.exports = { a() {} };\n', 'package.json': '{}' });
    assert.deepEqual([facts.style.module, facts.codeModule], ['commonjs', 'commonjs']);
  });

  it('takes a framework that is asked for, and names the known ones for another', async () => {
    const tree = { 'a.js': CODE };
    assert.equal((await factsOf('a.js', tree, 'node')).framework, 'node:test');
    await assert.rejects(factsOf('a.js', tree, 'jset'), { code: 'invalid-input', hint: /Did you mean "jest"/ });
  });

  it('refuses what cannot be tested, with the reason', async () => {
    const refused = (path: string, text: string) =>
      assert.rejects(factsOf(path, { [path]: text }), { code: 'invalid-input' }, path);
    await refused('a.test.js', 'test();\n');
    await refused('a.d.ts', 'export declare const a: 1;\n');
    await refused('a.css', 'a {}\n');
    await refused('a.py', ' \n');
    await refused('.env', 'KEY=1\n');
    await refused('a.png', 'x');
    await assert.rejects(factsOf('missing.js', {}), { code: 'not-found' });
    await assert.rejects(factsOf('src', { 'src/a.js': CODE }), { code: 'invalid-input' });
  });

  it('shows a test of the project without its secrets', async () => {
    const sample = "import { test } from 'node:test';\nconst password = 'Tr0ub4dor&3';\n";
    const { sample: shown } = await factsOf('a.js', { 'a.js': CODE, 'b.test.js': sample, 'package.json': ESM });
    assert.match(shown ?? '', /node:test/);
    assert.doesNotMatch(shown ?? '', /Tr0ub4dor/);
  });
});
