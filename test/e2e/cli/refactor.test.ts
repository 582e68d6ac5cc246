import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { applyChanges } from '../../../src/core/edits/line-changes.ts';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { startAnthropicServer } from '../../support/scripted-anthropic-server.ts';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../support/scripted-server.ts';
import { anthropicAccount, openAiAccount, PRICES } from './model-answers.ts';
import { Sandbox } from './sandbox.ts';

const CODE =
  'export function total(items) {\n  let sum = 0;\n  for (const item of items) sum = sum + item.price;\n  return sum;\n}\n';
const EDIT = { search: 'sum = sum + item.price', replace: 'sum += item.price', line: 3, why: 'Shorter.' };

/** What a request is for, by the first words of its prompt. */
type Wanted = 'plan' | 'edit' | 'check';

function wanted({ rawBody }: SeenRequest): Wanted {
  if (rawBody.includes('Plan a refactoring of the code below.')) return 'plan';
  if (rawBody.includes('Edit the code below as the plan says')) return 'edit';
  if (rawBody.includes('Check the edits above')) return 'check';
  throw new Error(`Not a prompt of a refactoring: ${rawBody.slice(0, 200)}`);
}

const PLAN = { summary: 'Simplify.', steps: [{ title: 'Use +=', why: 'Shorter.', line: 3 }], risks: ['None.'] };
const ACCEPTED = { verdicts: [{ edit: 1, verdict: 'accepted', remark: 'Same sum.' }], summary: 'Fine.' };

type Answers = Readonly<Record<Wanted, (request: SeenRequest) => unknown>>;

function script(change: Partial<Answers> = {}): (request: SeenRequest) => Reply {
  const answers: Answers = { plan: () => PLAN, edit: () => ({ edits: [EDIT] }), check: () => ACCEPTED, ...change };
  return (request) => {
    const given = answers[wanted(request)](request);
    return { type: 'answer', text: typeof given === 'string' ? given : JSON.stringify(given) };
  };
}

describe('cli: refactor', () => {
  let sandbox: Sandbox;
  let servers: ScriptedServer[];
  beforeEach(async () => {
    sandbox = new Sandbox();
    sandbox.git('init', '-q');
    sandbox.write({ 'src/total.js': CODE });
    servers = [await startOpenAiServer(script()), await startAnthropicServer(script())];
    const [openAi, anthropic] = servers;
    sandbox.configure({
      accounts: [
        openAiAccount('one', openAi?.origin ?? '', 'KEY_ONE'),
        anthropicAccount('two', anthropic?.origin ?? '', 'KEY_TWO'),
      ],
      prices: PRICES,
    });
  });
  afterEach(async () => {
    for (const server of servers) {
      assert.deepEqual(server.unscripted, []);
      await server.close();
    }
    sandbox.remove();
  });

  const env = { KEY_ONE: 'sk-canary-one-0123456789', KEY_TWO: 'sk-canary-two-0123456789' };
  const answer = (change: Partial<Answers>) => {
    for (const server of servers) server.script = script(change);
  };
  const file = () => path.join(sandbox.workspace, 'src/total.js');
  const requests = () => servers.flatMap((server) => server.requests);

  it('prints a diff that git applies, changes nothing itself, and says what it took', async () => {
    const { code, stdout, stderr } = await sandbox.run(['refactor', 'src/total.js', '--yes'], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^--- a\/src\/total\.js\n\+\+\+ b\/src\/total\.js\n@@/);
    assert.match(stderr, /1 edit proposed/);
    assert.match(stderr, /3 of 3 tasks/);
    assert.equal(readFileSync(file(), 'utf8'), CODE);
    execFileSync('git', ['apply', '-'], { cwd: sandbox.workspace, input: stdout });
    assert.equal(readFileSync(file(), 'utf8'), CODE.replace(EDIT.search, EDIT.replace));
    assert.ok(
      servers.every((server) => server.requests.length > 0),
      'both accounts work on it',
    );
  });

  it('writes with --apply: rights, CRLF and byte order mark stay, nothing is left beside', async () => {
    const windows = `\uFEFF${CODE.replaceAll('\n', '\r\n')}`;
    sandbox.write({ 'src/total.js': windows });
    chmodSync(file(), 0o755);
    const { code, stdout, stderr } = await sandbox.run(['refactor', 'src/total.js', '--apply', '--yes'], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /Changed src\/total\.js in one place/);
    assert.equal(readFileSync(file(), 'utf8'), windows.replace(EDIT.search, EDIT.replace));
    if (process.platform !== 'win32') assert.equal(statSync(file()).mode & 0o777, 0o755);
    assert.deepEqual(readdirSync(path.dirname(file())), ['total.js']);
  });

  it('sends the goals, and only as data', async () => {
    await sandbox.run(['refactor', 'src/total.js', '--goals', 'Use reduce', '--yes'], { env });
    for (const { rawBody } of requests()) assert.match(rawBody, /<data-[0-9a-f]{8}>\\nUse reduce\\n<\/data-/);
  });

  it('prints the JSON result, whose edit makes the diff', async () => {
    const { code, document } = await sandbox.json(['refactor', 'src/total.js', '--yes'], { env });
    assert.equal(code, 0);
    const result = runResultSchema.parse(document);
    assert.deepEqual([result.kind, result.workflow, result.llm], ['refactor', 'refactor', true]);
    assert.equal(applyChanges(CODE, result.edits?.[0]?.changes ?? []), CODE.replace(EDIT.search, EDIT.replace));
    assert.match(result.result, /accepted: Same sum/);
  });

  it('does not write a file that has changed while the agents worked', async () => {
    answer({
      check: () => {
        sandbox.write({ 'src/total.js': `${CODE}// mine\n` });
        return ACCEPTED;
      },
    });
    const { code, stdout, stderr } = await sandbox.run(['refactor', 'src/total.js', '--apply', '--yes'], { env });
    assert.equal(code, 1);
    assert.match(stderr, /src\/total\.js has changed while the agents worked/);
    assert.equal(stdout, '');
    assert.equal(readFileSync(file(), 'utf8'), `${CODE}// mine\n`);
  });

  it('fails honestly when an editor answers with prose only', async () => {
    answer({ edit: () => 'I would rename sum to total and use reduce.' });
    const { code, stdout, stderr } = await sandbox.run(['refactor', 'src/total.js', '--yes'], { env });
    assert.equal(code, 6, stderr);
    assert.match(stderr, /cannot be used/);
    assert.equal(stdout, '');
    assert.equal(readFileSync(file(), 'utf8'), CODE);
  });

  it('never sends a secret, nor writes its place over', async () => {
    const secret = "const password = 'Tr0ub4dor&3';\n";
    sandbox.write({ 'src/total.js': secret + CODE });
    answer({
      edit: () => ({
        edits: [
          { search: 'const password', replace: 'const PASSWORD', line: 1, why: 'Constants are upper case.' },
          EDIT,
        ],
      }),
    });
    const { code } = await sandbox.run(['refactor', 'src/total.js', '--apply', '--yes'], { env });
    assert.equal(code, 0);
    assert.doesNotMatch(
      requests()
        .map(({ rawBody }) => rawBody)
        .join(''),
      /Tr0ub4dor/,
    );
    assert.equal(readFileSync(file(), 'utf8'), secret + CODE.replace(EDIT.search, EDIT.replace));
  });

  it('refuses what cannot be refactored before anything is sent', async () => {
    sandbox.write({
      'zeros.js': new Uint8Array([97, 0, 98]),
      '.env': 'KEY=1\n',
      'huge.js': `// ${'x'.repeat(97)}\n`.repeat(20_000),
    });
    for (const [name, message] of [
      ['zeros.js', /binary/],
      ['.env', /secrets/],
      ['huge.js', /larger than 1 MiB/],
      ['../outside.js', /outside/],
    ] as const) {
      const { code, stdout, stderr } = await sandbox.run(['refactor', name, '--yes'], { env });
      assert.equal(code, 2, `${name}: ${stderr}`);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }
    assert.equal(requests().length, 0);
  });

  it('runs as a workflow of the catalogue', async () => {
    const list = await sandbox.json(['workflow', 'list']);
    assert.ok(list.document.items.some(({ id }: { id: string }) => id === 'refactor'));
    const { code, document } = await sandbox.json(
      ['workflow', 'run', 'refactor', '-p', 'path=src/total.js', '-p', 'goals=Tidy up', '--yes'],
      { env },
    );
    assert.equal(code, 0);
    assert.deepEqual([document.kind, document.workflow, document.edits.length], ['workflow', 'refactor', 1]);
    const missing = await sandbox.run(['workflow', 'run', 'refactor'], { env });
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /"path" is missing/);
  });
});

describe('cli: refactor without any account', () => {
  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox.remove());

  it('makes safe changes by rule and says that no model took part', async () => {
    sandbox.write({ 'a.js': 'function f(a) {\n  var b = a;\n  return b;\n}\nmodule.exports = f;\n' });
    const { code, stdout } = await sandbox.run(['refactor', 'a.js']);
    assert.equal(code, 0);
    assert.match(stdout, /^- {2}var b = a;\n\+ {2}const b = a;$/m);
    const { document } = await sandbox.json(['refactor', 'a.js']);
    assert.equal(document.llm, false);
    assert.match(document.result, /No language model was used/);
  });

  it('says when there is nothing to improve', async () => {
    sandbox.write({ 'a.js': 'export const a = 1;\n' });
    const { code, stdout, stderr } = await sandbox.run(['refactor', 'a.js', '--apply']);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /Nothing to improve was found/);
    assert.ok(existsSync(path.join(sandbox.workspace, 'a.js')));
  });
});
