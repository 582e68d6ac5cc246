import assert from 'node:assert/strict';
import { openMemoryStorage } from '../../../../src/adapters/storage/memory/open-memory-storage.ts';
import type { Storage } from '../../../../src/adapters/storage/storage.ts';
import { SystemClock } from '../../../../src/adapters/system-clock.ts';
import { createEnsemble, type Ensemble } from '../../../../src/compose.ts';
import { DEFAULT_CONFIG } from '../../../../src/core/config.ts';
import type { ProviderCall } from '../../../../src/core/model.ts';
import type { Clock } from '../../../../src/core/ports.ts';
import type { SpanRecord } from '../../../../src/core/tracing/span.ts';
import { MemoryWorkspace } from '../../../contract/memory-workspace.ts';
import { answer, FakeProvider, failure, type ProviderScript } from '../../../support/fake-provider.ts';
import { account } from '../../../support/pool-fixture.ts';

const CANARY = 'sk-canary-one-0123456789abcdef';

const PLAN = JSON.stringify({
  subtasks: [
    { id: 'a', title: 'A', description: 'Do a', role: 'coder', complexity: 'simple', dependencies: [] },
    { id: 'b', title: 'B', description: 'Do b', role: 'tester', complexity: 'simple', dependencies: ['a'] },
  ],
});

const TASK = {
  kind: 'run' as const,
  task: 'Write a guide',
  context: null,
  strategy: 'adaptive' as const,
  maxSubTasks: 5,
  saveDocument: true,
};

interface World {
  readonly ensemble: Ensemble;
  readonly storage: Storage;
  readonly providers: readonly FakeProvider[];
}

/** A clock whose time of day stands still: everything happens within one millisecond. */
class StandingClock extends SystemClock {
  override now(): number {
    return Date.UTC(2026, 0, 1);
  }
}

async function world(
  script: ProviderScript,
  storage: Storage = openMemoryStorage(),
  clock: Clock = new SystemClock(),
): Promise<World> {
  const providers = [new FakeProvider(script), new FakeProvider(script)] as const;
  const ensemble = await createEnsemble({
    config: { ...DEFAULT_CONFIG, accounts: [account('one'), account('two')] },
    storage,
    clock,
    workspace: new MemoryWorkspace({}),
    secrets: { get: async () => CANARY, set: async () => {}, delete: async () => {} },
    approver: { ask: async () => true },
    providerFor: async ({ name }) => (name === 'one' ? providers[0] : providers[1]),
  });
  return { ensemble, storage, providers };
}

function planned(call: ProviderCall) {
  return answer(call.responseSchema?.name === 'plan' ? PLAN : 'Some text.');
}

function ofKind(spans: readonly SpanRecord[], kind: SpanRecord['kind']): SpanRecord[] {
  return spans.filter((span) => span.kind === kind);
}

describe('Traces', () => {
  it('has a span for the run, each task, each turn and each attempt at a provider', async () => {
    let failures = 0;
    const at = await world((call) => (failures++ === 1 ? failure('server-error', { status: 500 }) : planned(call)));
    const { runId, tasks } = await at.ensemble.run(TASK);
    const spans = await at.ensemble.traces.ofRun(runId);
    const counted = at.providers.reduce((sum, { calls }) => sum + calls.length, 0);
    assert.equal(ofKind(spans, 'call').length, counted);
    assert.equal(counted, 5, 'one call failed and was made again');
    assert.equal(ofKind(spans, 'task').length, tasks.length);
    assert.equal(ofKind(spans, 'turn').length, 4);
    assert.deepEqual(
      ofKind(spans, 'run').map(({ name, status, parentId }) => [name, status, parentId]),
      [['invoke_workflow run', 'ok', null]],
    );
    const [failed] = spans.filter(({ errorType }) => errorType === 'server-error');
    assert.equal(failed?.kind, 'call');
    assert.equal(failed?.status, 'error');
    assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
  });

  it('tells apart calls of one agent in the same millisecond', async () => {
    const lookTwice: ProviderScript = (call, count) => {
      const looked = call.messages.filter(({ role }) => role === 'tool').length;
      if (!call.tools || call.responseSchema || looked >= 2) return planned(call);
      const look = { id: `look-${count}`, name: 'list-files', arguments: '{}' };
      return [
        { type: 'tool-call', call: look },
        { type: 'finish', reason: 'tool-calls', model: null },
      ];
    };
    const at = await world(lookTwice, openMemoryStorage(), new StandingClock());
    const { runId } = await at.ensemble.run(TASK);
    const counted = at.providers.reduce((sum, { calls }) => sum + calls.length, 0);
    assert.ok(counted >= 8, String(counted));
    assert.equal(ofKind(await at.ensemble.traces.ofRun(runId), 'call').length, counted);
  });

  it('links every span to what it is a part of, by the instance', async () => {
    const at = await world(planned);
    const { runId } = await at.ensemble.run(TASK);
    const spans = await at.ensemble.traces.ofRun(runId);
    const parent = new Map(spans.map((span) => [span.spanId, span]));
    const kinds = spans.map(({ kind, parentId }) => `${kind} < ${parent.get(parentId ?? '')?.kind ?? 'nothing'}`);
    const wanted = { run: 'nothing', turn: 'task', call: 'turn' } as const;
    for (const [kind, above] of Object.entries(wanted)) {
      assert.ok(kinds.includes(`${kind} < ${above}`), kinds.join(', '));
      assert.deepEqual(
        kinds.filter((one) => one.startsWith(`${kind} <`) && one !== `${kind} < ${above}`),
        [],
      );
    }
    for (const task of ofKind(spans, 'task')) {
      const above = parent.get(task.parentId ?? '');
      const path = task.instanceId?.split('/') ?? [];
      assert.equal(above?.kind === 'task' ? above.instanceId : '', path.slice(0, -1).join('/'));
    }
  });

  it('speaks the conventions of OpenTelemetry', async () => {
    const at = await world(planned);
    const { runId } = await at.ensemble.run(TASK);
    const spans = await at.ensemble.traces.ofRun(runId);
    const [call] = ofKind(spans, 'call').filter(({ agent }) => agent === 'coder');
    assert.equal(call?.name, 'chat gpt-5-nano');
    const { attributes = {} } = call ?? {};
    assert.deepEqual(
      [
        attributes['gen_ai.operation.name'],
        attributes['gen_ai.provider.name'],
        attributes['gen_ai.request.model'],
        attributes['gen_ai.response.model'],
        attributes['gen_ai.usage.input_tokens'],
        attributes['gen_ai.usage.output_tokens'],
        attributes['gen_ai.agent.name'],
        attributes['gen_ai.response.finish_reasons'],
      ],
      ['chat', 'openai', 'gpt-5-nano', 'gpt-5-nano', 10, 5, 'coder', ['stop']],
    );
  });

  it('holds no content and no key', async () => {
    const at = await world((call) =>
      call.responseSchema ? planned(call) : answer(`The key is ${CANARY}, a secret word.`),
    );
    const { runId } = await at.ensemble.run(TASK);
    const text = JSON.stringify(await at.ensemble.traces.ofRun(runId));
    assert.doesNotMatch(text, /secret word|Write a guide|Do a/);
    assert.ok(!text.includes(CANARY));
  });

  for (const [when, clock] of [
    ['a run that has none', new SystemClock()],
    ['one whose entries and calls all have the same time', new StandingClock()],
  ] as const)
    it(`makes the same spans from the journal of ${when}`, async () => {
      let count = 0;
      const script: ProviderScript = (call) => (count++ === 2 ? failure('overloaded', { status: 503 }) : planned(call));
      const storage = openMemoryStorage();
      const heard: SpanRecord[] = [];
      const { stores } = storage;
      const spans: Storage['stores']['spans'] = {
        save: async (all) => void heard.push(...all),
        ofRun: (runId) => stores.spans.ofRun(runId),
        report: (query) => stores.spans.report(query),
        untraced: (query) => stores.spans.untraced(query),
      };
      const older = await world(script, { ...storage, stores: Object.assign(Object.create(stores), { spans }) }, clock);
      const { runId } = await older.ensemble.run(TASK);
      await older.ensemble.close();
      assert.deepEqual(await stores.spans.ofRun(runId), []);

      const { ensemble } = await world(planned, storage);
      const { runs } = await ensemble.traces.report({ since: null, runId: null });
      assert.equal(runs, 1);
      const facts = (all: readonly SpanRecord[]) =>
        all.map(({ spanId, parentId, status, startedAt }) => [spanId, parentId, status, startedAt]).sort();
      const rebuilt = await ensemble.traces.ofRun(runId);
      assert.deepEqual(facts(rebuilt), facts(heard));
      assert.ok(rebuilt.some(({ errorType }) => errorType === 'overloaded'));
    });

  it('goes on with the trace of a run that is resumed', async () => {
    let stuck = true;
    let begun: () => void = () => {};
    const called = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const at = await world(async function* (call, _count, signal) {
      if (call.responseSchema || !stuck) yield* planned(call);
      else {
        begun();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }
    });
    const handle = await at.ensemble.start(TASK);
    await called;
    await handle.cancel(false);
    const first = await handle.result;
    assert.equal(first.status, 'interrupted');
    const before = await at.ensemble.traces.ofRun(first.runId);
    assert.equal(ofKind(before, 'run')[0]?.status, 'unset');
    assert.deepEqual(
      ofKind(before, 'call').map(({ errorType }) => errorType),
      [null, 'cancelled'],
    );
    stuck = false;
    const second = await (await at.ensemble.resume(first.runId)).result;
    assert.equal(second.status, 'completed');
    const after = await at.ensemble.traces.ofRun(first.runId);
    const ids = new Set(after.map(({ spanId }) => spanId));
    assert.ok(before.every(({ spanId }) => ids.has(spanId)));
    const [root] = ofKind(after, 'run');
    assert.equal(root?.status, 'ok');
    assert.deepEqual(
      root?.events.map(({ name }) => name),
      ['interrupted', 'resumed'],
    );
    const counted = at.providers.reduce((sum, { calls }) => sum + calls.length, 0);
    assert.equal(ofKind(after, 'call').length, counted);
  });

  it('reports what the agents did', async () => {
    const at = await world(planned);
    const { runId, totals } = await at.ensemble.run(TASK);
    const report = await at.ensemble.traces.report({ since: null, runId });
    assert.equal(report.runs, 1);
    assert.deepEqual(
      report.agents.map(({ name, tasks, calls }) => [name, tasks, calls]),
      [
        ['aggregator', 1, 1],
        ['coder', 1, 1],
        ['planner', 1, 1],
        ['tester', 1, 1],
      ],
    );
    assert.equal(
      report.models.reduce((sum, { tokens }) => sum + tokens.input + tokens.output, 0),
      totals.tokens.input + totals.tokens.output,
    );
    assert.equal(
      report.accounts.reduce((sum, { calls }) => sum + calls, 0),
      4,
    );
  });
});
