import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOpenAiServer } from '../../support/scripted-openai-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../../support/scripted-server.ts';
import { markOf, openAiAccount, PRICES, wellBehaved } from './model-answers.ts';
import { Sandbox } from './sandbox.ts';

const ENV = { KEY_ONE: 'sk-first-0123456789abcdef', KEY_TWO: 'sk-second-0123456789abcdef' };

/** The second part never gets its answer; everything else does. */
function stuckAtPartTwo(request: SeenRequest): Reply {
  return markOf(request) === 'MARK-2' ? { type: 'hang' } : wellBehaved()(request);
}

/** Resolves once the process has shown all of it on standard error. */
function shown(process: ChildProcess, ...patterns: readonly RegExp[]): Promise<void> {
  let text = '';
  return new Promise((resolve) => {
    process.stderr?.on('data', (chunk) => {
      text += String(chunk);
      if (patterns.every((pattern) => pattern.test(text))) resolve();
    });
  });
}

describe('cli: stopping, and several at once', () => {
  let sandbox: Sandbox;
  let server: ScriptedServer;
  beforeEach(async () => {
    sandbox = new Sandbox();
    sandbox.write({ 'src/a.js': 'export const a = 1;\n' });
    server = await startOpenAiServer(wellBehaved());
    const accounts = [openAiAccount('one', server.origin, 'KEY_ONE'), openAiAccount('two', server.origin, 'KEY_TWO')];
    sandbox.configure({ accounts, prices: PRICES });
  });
  afterEach(async () => {
    sandbox.remove();
    await server.close();
    assert.deepEqual(server.unscripted, []);
  });

  const reached = async (requests: number) => {
    while (server.requests.length < requests) await sleep(5);
  };

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`stops orderly at ${signal}, says how to resume, and resumes without repeating what was done`, async () => {
      server.script = stuckAtPartTwo;
      const { process, end } = sandbox.start(['run', 'Do it', '-s', 'parallel'], { env: ENV });
      await shown(process, /part-1: done/, /part-3: done/);
      process.kill(signal);
      const { code, stdout, stderr } = await end;
      assert.equal(code, 130, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /Interrupted: 3 of 4 tasks|Interrupted: 3 of 5 tasks/);
      assert.equal(server.aborted, 1, 'the socket was closed');
      const id = /ensemble runs resume ([0-9A-Z]{26})/.exec(stderr)?.[1] ?? '';
      const before = server.requests.length;
      server.script = wellBehaved();
      const resumed = await sandbox.json(['runs', 'resume', id], { env: ENV });
      assert.equal(resumed.code, 0);
      assert.equal(resumed.document.status, 'completed');
      assert.equal(server.requests.length - before, 2, 'the stuck part and the aggregate');
    });
  }

  it('prints the result of an interrupted run with --json', async () => {
    server.script = stuckAtPartTwo;
    const { process, end } = sandbox.start(['run', 'Do it', '-s', 'parallel', '--json', '--quiet'], { env: ENV });
    await reached(4);
    process.kill('SIGINT');
    const { code, stdout } = await end;
    assert.equal(code, 130);
    assert.equal(JSON.parse(stdout).status, 'interrupted');
  });

  it('cancels an interrupted run for good', async () => {
    server.script = stuckAtPartTwo;
    const { process, end } = sandbox.start(['run', 'Do it', '-s', 'parallel', '--json', '--quiet'], { env: ENV });
    await reached(4);
    process.kill('SIGINT');
    const { runId } = JSON.parse((await end).stdout);
    const cancelled = await sandbox.json(['runs', 'cancel', runId], { env: ENV });
    assert.deepEqual([cancelled.code, cancelled.document.item.status], [0, 'cancelled']);
    const resumed = await sandbox.json(['runs', 'resume', runId], { env: ENV });
    assert.deepEqual([resumed.code, resumed.document.status], [130, 'cancelled']);
  });

  it('refuses a run that another process is busy with', async () => {
    server.script = stuckAtPartTwo;
    const { process, end } = sandbox.start(['run', 'Do it', '-s', 'parallel'], { env: ENV });
    await reached(4);
    const { items } = (await sandbox.json(['runs', 'list'], { env: ENV })).document;
    assert.equal(items[0].status, 'running');
    for (const command of ['resume', 'cancel']) {
      const { code, stderr } = await sandbox.run(['runs', command, items[0].runId, '--quiet'], { env: ENV });
      assert.equal(code, 8, stderr);
      assert.match(stderr, /^error: /);
    }
    process.kill('SIGINT');
    assert.equal((await end).code, 130);
  });

  it('shares one database between commands that run at once, without losing a row', async () => {
    const well = wellBehaved(6);
    server.script = (request) => ({ ...well(request), delayMs: 20 });
    const args = ['run', 'Do it', '-s', 'parallel', '-m', '6', '--save-doc', '--json', '--quiet'];
    const ends = await Promise.all([1, 2, 3].map(() => sandbox.run(args, { env: ENV })));
    const results = ends.map(({ code, stdout, stderr }) => {
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    });
    assert.equal(new Set(results.map(({ runId }) => runId)).size, 3);
    assert.equal(server.requests.length, 3 * 8);
    const stats = (await sandbox.json(['stats'], { env: ENV })).document.item;
    assert.deepEqual([stats.runs, stats.conversations, stats.documents], [3, 24, 1]);
    // The same task makes versions of one document.
    const versions = (await sandbox.json(['docs', 'versions', String(results[0].documentId)], { env: ENV })).document;
    assert.equal(versions.total, 3);
    const history = (await sandbox.json(['history', '--last', '100'], { env: ENV })).document;
    assert.deepEqual([history.total, history.items.length], [24, 24]);
    assert.ok(
      history.items.every(
        (one: { status: string; response: string | null }) => one.status === 'completed' && one.response !== null,
      ),
    );
    const used = (await sandbox.json(['accounts', 'list'], { env: ENV })).document.items;
    const tokens = used.reduce(
      (sum: number, one: { today: { tokens: { input: number } } }) => sum + one.today.tokens.input,
      0,
    );
    assert.equal(tokens, server.sent.input);
    for (const { runId } of results) {
      const { item } = (await sandbox.json(['runs', 'show', runId], { env: ENV })).document;
      assert.equal(item.tasks.length, 8);
      assert.ok(item.tasks.every((task: { status: string }) => task.status === 'completed'));
    }
  });
});
