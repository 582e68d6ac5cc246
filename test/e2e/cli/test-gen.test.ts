import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../support/scripted-server.ts';
import { openAiAccount, PRICES } from './model-answers.ts';
import { Sandbox } from './sandbox.ts';

const MOCHA = fileURLToPath(new URL('../../../node_modules/mocha/bin/mocha.js', import.meta.url));

/** Node takes types away by itself from 22.18 on. */
const [major = 0, minor = 0] = execFileSync('node', ['--version'], { encoding: 'utf8' })
  .slice(1)
  .split('.')
  .map(Number);
const runsTypeScript = major > 22 || (major === 22 && minor >= 18);
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('cli: test-gen without any account', () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox.remove());

  it('prints the new file as a diff that git applies, and writes nothing', async () => {
    sandbox.write({ 'package.json': '{"type":"module"}', 'src/a.js': 'export const add = (a, b) => a + b;\n' });
    sandbox.git('init', '-q');
    const { code, stdout, stderr } = await sandbox.run(['test-gen', 'src/a.js']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^--- \/dev\/null\n\+\+\+ b\/src\/a\.test\.js\n/);
    assert.ok(!existsSync(path.join(sandbox.workspace, 'src/a.test.js')));
    execFileSync('git', ['apply', '-'], { cwd: sandbox.workspace, input: stdout });
    assert.match(readFileSync(path.join(sandbox.workspace, 'src/a.test.js'), 'utf8'), /typeof subject\.add/);
  });

  it('writes skeletons that load the code and pass: node --test for ESM, CommonJS and TypeScript', async () => {
    sandbox.write({
      'esm/package.json': '{"type":"module"}',
      'esm/a.js':
        'export function add(a, b) { return a + b; }\nexport class Box {}\nexport let later;\nexport default 1;\n',
      'cjs/package.json': '{}',
      'cjs/b.js': 'module.exports = { run() {}, LIMIT: 3, "not-a-name": 1 };\n',
      'ts/package.json': '{"type":"module"}',
      'ts/c.ts': 'export interface Shape { a: string }\nexport const area = (side: number): number => side * side;\n',
    });
    for (const [file, tests] of [
      ['esm/a.js', 4],
      ['cjs/b.js', 2],
      ['ts/c.ts', 1],
    ] as const) {
      if (file.endsWith('.ts') && !runsTypeScript) continue;
      const { code, stdout, stderr } = await sandbox.run(['test-gen', file, '--run', '--trust']);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, new RegExp(`pass ${tests}\\b`));
      assert.match(stderr, /The tests pass/);
    }
  });

  it('writes a skeleton for mocha that passes', async () => {
    sandbox.write({
      'package.json': '{"type":"module","devDependencies":{"mocha":"11"}}',
      'a.js': 'export function add(a, b) { return a + b; }\n',
    });
    const { code, stderr } = await sandbox.run(['test-gen', 'a.js', '--write']);
    assert.equal(code, 0, stderr);
    const output = execFileSync(process.execPath, [MOCHA, 'a.test.js'], { cwd: sandbox.workspace, encoding: 'utf8' });
    assert.match(output, /1 passing/);
  });

  it('writes a skeleton for unittest that passes', async function () {
    if (!hasPython) this.skip();
    sandbox.write({ 'shop/cart.py': 'LIMIT = 3\n\n\ndef add(a):\n    return a\n\n\nclass Cart:\n    pass\n' });
    const { code, stdout, stderr } = await sandbox.run(['test-gen', 'shop/cart.py', '--run', '--trust']);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Ran 3 tests/);
  });

  it('runs nothing in a folder that is not trusted, and says so before any work', async () => {
    sandbox.write({ 'a.js': 'export const a = 1;\n' });
    const { code, stderr } = await sandbox.run(['test-gen', 'a.js', '--run']);
    assert.equal(code, 7);
    assert.match(stderr, /not trusted[\s\S]*--trust/);
    assert.ok(!existsSync(path.join(sandbox.workspace, 'a.test.js')));
  });
});

const CODE = 'export const double = (a) => a * 2;\n';
const TESTS = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { double } from './a.js';

test('doubles', () => {
  assert.equal(double(2), 4);
});
`;
const CASES = { cases: [{ title: 'doubles', subject: 'double', why: 'It is what it is for.' }] };

describe('cli: test-gen with a model', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;
  let written: (request: SeenRequest) => string;
  let checked: () => unknown;
  beforeEach(async () => {
    sandbox = new Sandbox();
    sandbox.write({ 'package.json': '{"type":"module"}', 'a.js': CODE });
    written = () => JSON.stringify({ file: 'a.test.js', code: TESTS });
    checked = () => ({ problems: [], code: null });
    server = await startOpenAiServer((request): Reply => {
      const { rawBody } = request;
      if (rawBody.includes('Say which tests the code below needs.'))
        return { type: 'answer', text: JSON.stringify(CASES) };
      if (rawBody.includes('Write the tests of the cases above')) return { type: 'answer', text: written(request) };
      if (rawBody.includes('Check the tests above')) return { type: 'answer', text: JSON.stringify(checked()) };
      throw new Error(`Not a prompt of a test generation: ${rawBody.slice(0, 200)}`);
    });
    sandbox.configure({ accounts: [openAiAccount('one', server.origin, 'KEY_ONE')], prices: PRICES });
  });
  afterEach(async () => {
    assert.deepEqual(server.unscripted, []);
    await server.close();
    sandbox.remove();
  });

  const env = { KEY_ONE: 'sk-canary-one-0123456789' };
  const run = (...args: string[]) => sandbox.run(['test-gen', 'a.js', '--yes', ...args], { env });

  it('takes the checker’s correction, writes the file, runs it without the keys of the accounts', async () => {
    written = () => JSON.stringify({ file: null, code: TESTS.replace('4);', '5);') });
    const code = `${TESTS}test('no key', () => assert.equal(process.env.KEY_ONE, undefined));\n`;
    checked = () => ({ problems: ['2 * 2 is 4.'], code: `\`\`\`js\n${code}\`\`\`` });
    const end = await run('--run', '--trust');
    assert.equal(end.code, 0, end.stdout + end.stderr);
    assert.match(end.stdout, /Wrote a\.test\.js[\s\S]*pass 2/);
  });

  it('says honestly that the tests fail, and exits 1; the file stays to be looked at', async () => {
    written = () => JSON.stringify({ file: 'a.test.js', code: TESTS.replace('4);', '5);') });
    const end = await run('--run', '--trust');
    assert.equal(end.code, 1);
    assert.match(end.stderr, /The tests fail \(exit 1\)/);
    assert.match(end.stdout, /5/);
    assert.ok(existsSync(path.join(sandbox.workspace, 'a.test.js')));
  });

  it('never writes over a test that somebody made meanwhile', async () => {
    checked = () => {
      sandbox.write({ 'a.test.js': '// mine\n' });
      return { problems: [], code: null };
    };
    const end = await run('--write');
    assert.equal(end.code, 1);
    assert.match(end.stderr, /a\.test\.js was made by somebody else/);
    assert.equal(readFileSync(path.join(sandbox.workspace, 'a.test.js'), 'utf8'), '// mine\n');
  });

  it('asks once more after prose, and fails honestly after that', async () => {
    written = ({ rawBody }) =>
      rawBody.includes('cannot be used')
        ? `Sorry! Here it is:\n\n\`\`\`js\n${TESTS}\`\`\``
        : 'I would test the limits.';
    const { code, document } = await sandbox.json(['test-gen', 'a.js', '--yes'], { env });
    assert.equal(code, 0);
    const result = runResultSchema.parse(document);
    assert.equal(result.edits?.[0]?.changes[0]?.newText, TESTS.trimEnd());
    assert.deepEqual(result.testPlan?.command, ['node', '--test', 'a.test.js']);
    written = () => 'I would test the limits.';
    const failed = await run('--write');
    assert.equal(failed.code, 6, failed.stderr);
    assert.match(failed.stderr, /No tests were written[\s\S]*holds no test code/);
    assert.ok(!existsSync(path.join(sandbox.workspace, 'a.test.js')));
  });
});
