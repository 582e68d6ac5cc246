import assert from 'node:assert/strict';
import { currentOwner } from '../../src/adapters/storage/process-identity.ts';
import type { SpanRecord } from '../../src/core/tracing/span.ts';
import { FIRST, RUN, write } from './journal-samples.ts';
import { forEachImplementation } from './storage-implementations.ts';

const TOKENS = { input: 100, output: 20, cached: 10, reasoning: 5, estimated: false };

function span(spanId: string, changes: Partial<SpanRecord> = {}): SpanRecord {
  return {
    runId: 's1',
    spanId,
    parentId: null,
    kind: 'call',
    name: 'chat grok-4',
    instanceId: 'security',
    agent: 'security',
    account: 'grok-1',
    model: 'xai/grok-4',
    status: 'ok',
    errorType: null,
    startedAt: '2026-01-02T00:00:00.000Z',
    durationMs: 100,
    tokens: TOKENS,
    costUSD: 0.001,
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.response.finish_reasons': ['stop'] },
    events: [{ name: 'retry', at: '2026-01-02T00:00:00.000Z', attributes: { 'error.type': 'timeout' } }],
    ...changes,
  };
}

/** A span of something that is no call. */
function other(spanId: string, kind: SpanRecord['kind'], changes: Partial<SpanRecord> = {}): SpanRecord {
  return span(spanId, { kind, account: null, model: null, tokens: null, costUSD: null, ...changes });
}

const ALL = { since: null, runId: null };

describe('SpanStore', () => {
  forEachImplementation((subject) => {
    before(async () => {
      const { journal } = subject().storage;
      for (const runId of ['s1', 's2']) await journal.create(runId, currentOwner(), FIRST);
    });

    it('knows of nothing at first', async () => {
      const { spans } = subject().storage.stores;
      assert.deepEqual(await spans.ofRun('s1'), []);
      assert.deepEqual(await spans.report(ALL), { runs: 0, agents: [], accounts: [], models: [] });
    });

    it('keeps spans whole, in the order of their start, and replaces one that comes again', async () => {
      const { storage, other: elsewhere } = subject();
      const late = span('b', { startedAt: '2026-01-02T00:00:01.000Z', status: 'error', errorType: 'timeout' });
      const run = other('r', 'run', { agent: null, instanceId: null, status: 'unset', attributes: {}, events: [] });
      await storage.stores.spans.save([late, span('a'), run]);
      await storage.stores.spans.save([{ ...run, status: 'ok' }]);
      assert.deepEqual(await elsewhere.stores.spans.ofRun('s1'), [span('a'), { ...run, status: 'ok' }, late]);
    });

    it('passes over spans of a run that is not there', async () => {
      const { spans } = subject().storage.stores;
      await spans.save([span('x', { runId: 'unknown' })]);
      assert.deepEqual(await spans.ofRun('unknown'), []);
    });

    it('adds up calls by agent, account and model, with ranks of those that gave an answer', async () => {
      const { spans } = subject().storage.stores;
      const at = { runId: 's2', agent: 'coder', account: 'two', model: 'openai/gpt' };
      const calls = Array.from({ length: 20 }, (_, index) =>
        span(`c${index}`, { ...at, durationMs: (index + 1) * 10 }),
      );
      const failed = span('cf', { ...at, durationMs: 1, status: 'error', errorType: 'rate-limited', costUSD: null });
      await spans.save([
        ...[...calls, failed],
        other('t1', 'task', { ...at, account: null, model: null }),
        other('t2', 'task', { ...at, account: null, model: null, status: 'error' }),
        other('t3', 'task', { ...at, account: null, model: null, status: 'unset' }),
        other('o1', 'tool', { ...at, account: null, model: null, status: 'error' }),
        other('h1', 'handoff', { ...at, account: null, model: null }),
        other('m1', 'message', { ...at, account: null, model: null }),
      ]);
      const { agents, accounts, models, runs } = await spans.report({ since: null, runId: 's2' });
      const figures = {
        calls: 21,
        failedCalls: 1,
        success: 20 / 21,
        latencyMs: { p50: 100, p95: 190 },
        tokens: { input: 2_100, output: 420, cached: 210, reasoning: 105, estimated: false },
        costUSD: 0.02,
        unknownCosts: 1,
      };
      assert.equal(runs, 0);
      const own = { tasks: 2, failedTasks: 1, tools: 1, failedTools: 1, handoffs: 1, messages: 1 };
      assert.deepEqual(agents, [{ name: 'coder', ...figures, ...own }]);
      assert.deepEqual(accounts, [{ name: 'two', ...figures }]);
      assert.deepEqual(models, [{ name: 'openai/gpt', ...figures }]);
      const everything = await spans.report(ALL);
      assert.deepEqual(
        everything.agents.map(({ name, calls: number }) => [name, number]),
        [
          ['coder', 21],
          ['security', 2],
        ],
      );
      assert.equal(everything.runs, 1);
    });

    it('counts from a time on, and an agent without calls', async () => {
      const { spans } = subject().storage.stores;
      await spans.save([other('late', 'task', { agent: 'idle', startedAt: '2026-03-01T00:00:00.000Z' })]);
      const { agents, accounts } = await spans.report({ since: '2026-02-01T00:00:00.000Z', runId: null });
      assert.deepEqual(accounts, []);
      const [idle, ...rest] = agents;
      assert.deepEqual(rest, []);
      assert.equal(idle?.name, 'idle');
      assert.equal(idle?.tasks, 1);
      assert.equal(idle?.calls, 0);
      assert.equal(idle?.latencyMs, null);
    });

    it('names the runs that have ended without spans, newest first', async () => {
      const { storage } = subject();
      for (const [runId, status] of [
        ['old', 'completed'],
        ['new', 'failed'],
        ['open', 'running'],
      ] as const) {
        await storage.journal.create(runId, currentOwner(), write(FIRST.entries, { run: { ...RUN, status } }));
      }
      const untraced = (limit: number, runId: string | null = null) =>
        storage.stores.spans.untraced({ since: null, runId, limit });
      assert.deepEqual(await untraced(10), ['new', 'old']);
      assert.deepEqual(await untraced(1), ['new']);
      assert.deepEqual(await untraced(10, 'old'), ['old']);
      assert.deepEqual(await untraced(10, 's1'), []);
    });

    it('lets spans go with their run', async () => {
      const { storage, other: elsewhere } = subject();
      const { epoch } = (await storage.journal.get('s1')) ?? { epoch: 0 };
      await storage.journal.release('s1', epoch);
      assert.deepEqual(await storage.history.deleteRuns(['s1']), ['s1']);
      assert.deepEqual(await elsewhere.stores.spans.ofRun('s1'), []);
    });
  });
});
