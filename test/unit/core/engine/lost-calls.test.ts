import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import { createEnsemble } from '../../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../../src/core/config.ts';
import { lostCalls } from '../../../../src/core/engine/lost-calls.ts';
import { sumCost, sumTokens } from '../../../../src/core/engine/spending.ts';
import { initialState } from '../../../../src/core/engine/state.ts';
import { NO_USAGE } from '../../../../src/core/model.ts';
import type { RunResult } from '../../../../src/core/results.ts';
import { MemoryWorkspace } from '../../../contract/memory-workspace.ts';
import { answer, FakeProvider } from '../../../support/fake-provider.ts';
import { account } from '../../../support/pool-fixture.ts';

const PLAN = JSON.stringify({
  subtasks: [{ id: 'a', title: 'A', description: 'Do a', role: 'coder', complexity: 'simple', dependencies: [] }],
});

const TASK = {
  kind: 'run',
  task: 'Write a guide',
  context: null,
  strategy: 'adaptive',
  maxSubTasks: 5,
  saveDocument: false,
} as const;

/** A team whose first sub-task writes some words and then nothing more, until it is let go on. */
async function world() {
  const storage = openMemoryStorage();
  let stuck = true;
  let begun: () => void = () => {};
  const writing = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const provider = new FakeProvider(async function* (call, _count, signal) {
    if (call.responseSchema?.name === 'plan') yield* answer(PLAN);
    else if (!stuck) yield* answer('Done.');
    else {
      yield { type: 'text', text: 'Some words of an answer that is cut off' };
      begun();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }
  });
  const ensemble = await createEnsemble({
    config: { ...DEFAULT_CONFIG, accounts: [account('one')] },
    storage,
    workspace: new MemoryWorkspace({}),
    secrets: { get: async () => 'sk-canary-one-0123456789abcdef', set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    providerFor: async () => provider,
  });
  const letGo = () => {
    stuck = false;
  };
  const agrees = async ({ runId, totals }: RunResult) => {
    const rows = await storage.stores.usage.ofRun(runId);
    assert.deepEqual([totals.tokens, totals.costUSD], [sumTokens(rows), sumCost(rows)]);
    return rows;
  };
  return { ensemble, storage, writing, letGo, agrees };
}

describe('totals of a run', () => {
  it('hold calls that a stop has cut off, before and after the run went on', async () => {
    const { ensemble, writing, letGo, agrees } = await world();
    const handle = await ensemble.start(TASK);
    await writing;
    await handle.cancel(false);
    const stopped = await handle.result;
    assert.equal(stopped.status, 'interrupted');
    assert.deepEqual(
      (await agrees(stopped)).map(({ outcome }) => outcome),
      ['completed', 'cancelled'],
    );
    assert.ok((stopped.totals.costUSD ?? 0) > 0);
    letGo();
    const done = await (await ensemble.resume(stopped.runId)).result;
    assert.equal(done.status, 'completed');
    assert.equal((await agrees(done)).length, 4);
    const { record: run } = await ensemble.runs.get(done.runId);
    assert.deepEqual([run.tokens, run.costUSD], [done.totals.tokens, done.totals.costUSD]);
    await ensemble.runs.replay(done.runId, new AbortController().signal);
  });

  it('hold calls of a run that is cancelled for good', async () => {
    const { ensemble, writing, agrees } = await world();
    const handle = await ensemble.start(TASK);
    await writing;
    await handle.cancel(true);
    const cancelled = await handle.result;
    assert.equal(cancelled.status, 'cancelled');
    assert.equal((await agrees(cancelled)).length, 2);
  });

  it('hold calls whose process ended before a task had their answer', async () => {
    const { ensemble, storage, writing, letGo, agrees } = await world();
    const handle = await ensemble.start(TASK);
    await writing;
    await handle.cancel(false);
    const { runId } = await handle.result;
    const [row] = await storage.stores.usage.ofRun(runId);
    assert.ok(row);
    await storage.stores.usage.record({ ...row, instanceId: 'plan/a' });
    letGo();
    const done = await (await ensemble.resume(runId)).result;
    assert.equal((await agrees(done)).length, 5);
  });
});

describe('lostCalls', () => {
  const call = { tokens: { ...NO_USAGE, input: 7, output: 2 }, costUSD: 0.5 };
  const silent = { debug: () => {}, info: () => {}, error: () => {} };

  it('are none where the ledger says what the run does, or less', async () => {
    const state = initialState('run');
    Object.assign(state, { tokens: call.tokens, costUSD: 0.5 });
    const warn = () => assert.fail();
    assert.deepEqual(await lostCalls(state, { ofRun: async () => [call] }, { ...silent, warn }), []);
    assert.deepEqual(await lostCalls(state, { ofRun: async () => [] }, { ...silent, warn }), []);
  });

  it('have an unknown price where one of them has', async () => {
    const rows = [call, { ...call, costUSD: null }];
    const [entry] = await lostCalls(initialState('run'), { ofRun: async () => rows }, { ...silent, warn: () => {} });
    assert.deepEqual(entry?.payload, { tokens: { ...NO_USAGE, input: 14, output: 4 }, costUSD: null });
  });

  it('do not keep a run from ending where the ledger cannot be read', async () => {
    const warnings: string[] = [];
    const broken = { ofRun: () => Promise.reject(new Error('disk')) };
    const logger = { ...silent, warn: (message: string) => void warnings.push(message) };
    assert.deepEqual(await lostCalls(initialState('run'), broken, logger), []);
    assert.equal(warnings.length, 1);
  });
});
