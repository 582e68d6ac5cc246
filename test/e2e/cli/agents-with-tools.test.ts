import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { EnsembleEvent } from '../../../src/core/events.ts';
import { runResultSchema } from '../../../src/protocol/run-result.ts';
import { startAnthropicServer } from '../../support/scripted-anthropic-server.ts';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { Reply, Script, ScriptedServer, ScriptedToolCall, SeenRequest } from '../../support/scripted-server.ts';
import { anthropicAccount, markOf, openAiAccount, PRICES, planOf } from './model-answers.ts';
import { Sandbox } from './sandbox.ts';

const ENV = { KEY: 'sk-first-0123456789abcdef' };
const FILES = {
  'src/price.ts': 'export const price = (net: number) => net * 1.19;\n',
  '.gitignore': 'private/\n',
  'private/plan.txt': 'CANARY-IGNORED\n',
  '.env': 'PASSWORD=CANARY-SECRET-FILE\n',
};

let asked = 0;
function wish(name: string, input: Readonly<Record<string, unknown>>): ScriptedToolCall {
  return { id: `call_${++asked}`, name, arguments: input };
}

/** A model that does one sub-task: it reads, tries what is forbidden, then answers with what it has read. */
function curious(request: SeenRequest): Reply {
  if (/"subtasks"|\\"subtasks\\"/.test(request.rawBody)) return { type: 'answer', text: planOf(1) };
  if (!/"tools"/.test(request.rawBody)) return { type: 'answer', text: 'All together.' };
  const { rawBody } = request;
  if (!rawBody.includes('src/price.ts (')) return asking(wish('list-files', {}));
  if (!rawBody.includes('1.19')) {
    return asking(
      wish('read-file', { path: 'src/price.ts' }),
      wish('read-file', { path: '.env' }),
      wish('read-file', { path: 'private/plan.txt' }),
      wish('read-file', { path: '../../home/.ensemble/config.json' }),
      wish('read_file', { path: 'src/price.ts' }),
    );
  }
  return { type: 'answer', text: 'The tax is 19 %.' };
}

function asking(...toolCalls: readonly ScriptedToolCall[]): Reply {
  return { type: 'answer', text: 'I look.', toolCalls };
}

const VENDORS: readonly (readonly [
  string,
  (script: Script) => Promise<ScriptedServer>,
  (origin: string) => { readonly name: string },
])[] = [
  ['openai', startOpenAiServer, (origin) => openAiAccount('one', origin, 'KEY')],
  ['anthropic', startAnthropicServer, (origin) => anthropicAccount('one', origin, 'KEY')],
];

for (const [vendor, startServer, accountAt] of VENDORS) {
  describe(`cli: agents with tools at ${vendor}`, () => {
    let sandbox: Sandbox;
    let server: ScriptedServer;
    before(async () => {
      sandbox = new Sandbox();
      sandbox.write(FILES);
      server = await startServer(curious);
      sandbox.configure({ accounts: [accountAt(server.origin)], prices: PRICES });
    });
    after(async () => {
      sandbox.remove();
      await server.close();
      assert.deepEqual(server.unscripted, []);
    });

    it('look at files, are refused what must stay here, and answer; all of it is told and kept', async () => {
      const { code, document, stderr } = await sandbox.json(['run', 'How high is the tax?', '--quiet'], { env: ENV });
      assert.equal(code, 0, stderr);
      const result = runResultSchema.parse(document);
      const part = result.tasks.find(({ id }) => id === 'part-1');
      assert.equal(part?.output, 'The tax is 19 %.');
      assert.deepEqual(part?.tools, [
        { tool: 'list-files', calls: 1, failed: 0 },
        { tool: 'read-file', calls: 4, failed: 3 },
        { tool: 'read_file', calls: 1, failed: 1 },
      ]);
      assert.equal(part?.attempts.length, 3);

      const sent = server.requests.map(({ rawBody }) => rawBody).join('\n');
      assert.ok(!sent.includes('CANARY'), 'neither ignored nor secret files leave the machine');
      assert.match(sent, /ignored by \.gitignore/);
      assert.match(sent, /outside of the workspace/);
      assert.match(sent, /Did you mean read-file\?/);

      const events = await sandbox.json(['runs', 'events', result.runId, '--quiet']);
      const told = (events.document.items as EnsembleEvent[]).filter(isToolEvent);
      assert.deepEqual(
        told.map((event) => [event.type, event.tool, event.type === 'tool:call' || event.ok]),
        [
          ['tool:call', 'list-files', true],
          ['tool:result', 'list-files', true],
          ['tool:call', 'read-file', true],
          ['tool:result', 'read-file', true],
          ['tool:call', 'read-file', true],
          ['tool:result', 'read-file', false],
          ['tool:call', 'read-file', true],
          ['tool:result', 'read-file', false],
          ['tool:call', 'read-file', true],
          ['tool:result', 'read-file', false],
          ['tool:call', 'read_file', true],
          ['tool:result', 'read_file', false],
        ],
      );
      const history = await sandbox.json(['history', '--last', '20', '--quiet']);
      const kept = history.document.items.filter(({ type }: { type: string }) => type === 'tool');
      assert.equal(kept.length, 6);
      assert.ok(kept.some(({ response }: { response: string }) => response.includes('net * 1.19')));
      const replayed = await sandbox.run(['runs', 'replay', result.runId, '--quiet'], { env: ENV });
      assert.equal(replayed.code, 0, replayed.stderr);
    });
  });
}

/** Two agents who want the same line otherwise, and one who settles it, or leaves it open. */
function contradicting(request: SeenRequest, choose: 'version' | 'open'): Reply {
  const { rawBody } = request;
  if (/"name":"plan"/.test(rawBody)) return { type: 'answer', text: planOf(2) };
  if (/"name":"resolutions"/.test(rawBody)) {
    const version = choose === 'open' ? null : 2;
    const taken = { conflict: 1, choose, version, text: null, why: 'Rates change.' };
    return { type: 'answer', text: JSON.stringify({ resolutions: [taken] }) };
  }
  if (!/"tools"/.test(rawBody) || rawBody.includes('"role":"tool"')) return { type: 'answer', text: 'Done.' };
  const rate = markOf(request) === 'MARK-1' ? 'TAX' : 'rate()';
  const search = 'export const price = (net: number) => net * 1.19;';
  return asking(
    wish('propose-edit', { path: 'src/price.ts', search, replace: search.replace('1.19', rate), why: `By ${rate}` }),
  );
}

describe('cli: agents who contradict one another', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;
  let choose: 'version' | 'open';
  beforeEach(() => {
    choose = 'version';
    sandbox.write(FILES);
  });
  before(async () => {
    sandbox = new Sandbox();
    server = await startOpenAiServer((request) => contradicting(request, choose));
    sandbox.configure({ accounts: [openAiAccount('one', server.origin, 'KEY')], prices: PRICES });
  });
  after(async () => {
    sandbox.remove();
    await server.close();
    assert.deepEqual(server.unscripted, []);
  });

  it('are settled; the result says how, the events show it, the file gets one version', async () => {
    const { code, document, stderr } = await sandbox.json(['run', 'Mend the price', '--apply', '--quiet'], {
      env: ENV,
    });
    assert.equal(code, 0, stderr);
    const result = runResultSchema.parse(document);
    assert.deepEqual(
      result.conflicts?.map(({ file, startLine, settled, version, why }) => [file, startLine, settled, version, why]),
      [['src/price.ts', 1, 'version', 2, 'Rates change.']],
    );
    const taken = result.conflicts?.[0]?.versions[1]?.changes[0]?.newText;
    assert.equal(readFileSync(path.join(sandbox.workspace, 'src/price.ts'), 'utf8'), `${taken}\n`);
    assert.match(result.result, /Settled contradictions/);
    const events = await sandbox.json(['runs', 'events', result.runId, '--quiet']);
    const added = (events.document.items as EnsembleEvent[]).filter(({ type }) => type === 'task:added');
    assert.match(JSON.stringify(added.at(-1)), /Settle a contradiction between changes of src\/price\.ts/);
    const replayed = await sandbox.run(['runs', 'replay', result.runId, '--quiet'], { env: ENV });
    assert.equal(replayed.code, 0, replayed.stderr);
  });

  it('are left open; the person takes a version, sees its diff and writes it', async () => {
    choose = 'open';
    const text = () => readFileSync(path.join(sandbox.workspace, 'src/price.ts'), 'utf8');
    const before = text();
    const { document } = await sandbox.json(['run', 'Mend the price', '--quiet'], { env: ENV });
    const { runId, result, conflicts } = runResultSchema.parse(document);
    assert.match(result, /### Conflict 1: `src\/price\.ts`, line 1\n[\s\S]*Version 2, /);
    const undecided = await sandbox.run(['runs', 'edits', runId]);
    assert.equal(undecided.stdout, 'This run proposes no changes.\n');
    assert.match(undecided.stderr, /Conflict 1 is open: src\/price\.ts, line 1, 2 versions\. Take one: --take 1=1/);
    const diff = await sandbox.run(['runs', 'edits', runId, '--take', '1=2']);
    const wanted = conflicts?.[0]?.versions[1]?.changes[0]?.newText ?? assert.fail();
    assert.deepEqual([diff.code, diff.stdout.includes(`\n+${wanted}\n`), text()], [0, true, before]);
    for (const wrong of [['1=3'], ['2=1'], ['x'], ['1=1', '1=2']]) {
      assert.equal((await sandbox.run(['runs', 'edits', runId, '--take', ...wrong])).code, 2, wrong.join());
    }
    const applied = await sandbox.json(['runs', 'edits', runId, '--take', '1=2', '--apply']);
    assert.deepEqual([applied.document.item.applied, applied.document.item.open, text()], [true, [], `${wanted}\n`]);
    const again = await sandbox.run(['runs', 'edits', runId, '--take', '1=1', '--apply']);
    assert.deepEqual([again.code === 0, text()], [false, `${wanted}\n`], 'what has changed is not written over');
  });
});

function isToolEvent(event: EnsembleEvent): event is Extract<EnsembleEvent, { type: `tool:${string}` }> {
  return event.type.startsWith('tool:');
}
