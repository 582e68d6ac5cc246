import assert from 'node:assert/strict';
import type { EntryDraft, RunSnapshot } from '../../../../src/core/engine/journal-entry.ts';
import type { ModelRequest } from '../../../../src/core/model.ts';
import type { SpanRecord } from '../../../../src/core/tracing/span.ts';
import type { SpanSink } from '../../../../src/core/tracing/span-sink.ts';
import { Tracer } from '../../../../src/core/tracing/tracer.ts';
import { MemoryLogger } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const AT = '2026-01-02T00:00:00.000Z';

const SNAPSHOT: RunSnapshot = {
  kind: 'run',
  workflow: null,
  title: 'A title that quotes the task',
  workspace: null,
  request: null,
  config: null,
  limits: { maxParallel: 1, runTimeoutMs: 1, taskTimeoutMs: 1 },
};

const STARTED: EntryDraft = { kind: 'run-started', payload: SNAPSHOT, instanceId: null, attempt: 0 };
const ENDED: EntryDraft = {
  kind: 'run-ended',
  payload: { status: 'completed', error: null, result: null },
  instanceId: null,
  attempt: 0,
};

/** A sink that keeps what it gets, or does what it is told. */
function sinkOf(name: string, act: (signal: AbortSignal) => Promise<void> = async () => {}) {
  const batches: SpanRecord[][] = [];
  const sink: SpanSink = {
    name,
    export: (spans, signal) => {
      batches.push([...spans]);
      return act(signal);
    },
  };
  return { sink, batches };
}

function tracerWith(database: SpanSink, secrets: readonly string[] = []) {
  const clock = new FakeClock();
  const logger = new MemoryLogger();
  const parts = { database, clock, logger, ledgerOf: async () => [], knownSecrets: () => secrets };
  return { tracer: new Tracer(parts), clock, logger };
}

/** Lets promises that are settled be noticed. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('Tracer', () => {
  it('tells a sink nothing that a run waits for, and what goes wrong once', async () => {
    const database = sinkOf('the database');
    const { tracer, logger } = tracerWith(database.sink);
    const broken = sinkOf('collector', () => Promise.reject(new Error('The endpoint cannot be reached.')));
    tracer.configure({ sinks: [broken.sink], content: false });
    for (const runId of ['one', 'two', 'three']) tracer.committed(runId, [STARTED, ENDED], AT);
    await turn();
    await tracer.flush();
    assert.equal(database.batches.flat().length, 3);
    assert.ok(broken.batches.length > 1, 'later spans are tried as well');
    assert.deepEqual(logger.lines, [
      'warn Traces do not get to collector: The endpoint cannot be reached. Runs are not affected.',
    ]);
  });

  it('gives up a sink that is silent when a flush has taken two seconds', async () => {
    const database = sinkOf('the database');
    const { tracer, clock } = tracerWith(database.sink);
    let stopped = false;
    const silent = sinkOf('silent', (signal) => {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped = true;
          reject(signal.reason);
        });
      });
    });
    tracer.configure({ sinks: [silent.sink], content: false });
    tracer.committed('one', [STARTED, ENDED], AT);
    const flushed = tracer.flush();
    await turn();
    await clock.advance(2_000);
    await flushed;
    assert.ok(stopped);
    assert.equal(database.batches.flat().length, 1);
  });

  it('holds a bounded number of spans for a sink that does not get on', async () => {
    const database = sinkOf('the database');
    const { tracer } = tracerWith(database.sink);
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = sinkOf('slow', () => gate);
    tracer.configure({ sinks: [slow.sink], content: false });
    for (let run = 0; run < 10_000; run++) tracer.committed(`run-${run}`, [STARTED, ENDED], AT);
    release();
    await tracer.flush();
    const sent = slow.batches.flat();
    assert.ok(sent.length < 9_000, String(sent.length));
    assert.equal(sent.at(-1)?.runId, 'run-9999');
  });

  it('lets no key out, however it came into a span', async () => {
    const database = sinkOf('the database');
    const key = 'sk-canary-0123456789abcdef';
    const { tracer } = tracerWith(database.sink, [key]);
    const started: EntryDraft = { ...STARTED, payload: { ...SNAPSHOT, workflow: `w-${key}` } } as EntryDraft;
    tracer.committed('one', [started, ENDED], AT);
    await tracer.flush();
    assert.equal(database.batches.flat().length, 1);
    const text = JSON.stringify(database.batches);
    assert.ok(!text.includes(key));
    assert.match(text, /redacted/);
    assert.doesNotMatch(text, /quotes the task/);
  });

  it('makes spans of messages: one that was sent, and one that was refused', async () => {
    const database = sinkOf('the database');
    const { tracer } = tracerWith(database.sink);
    const task = { instanceId: 'a', attempt: 1 };
    const spec = { id: 'a', agent: 'coder', description: '', dependencies: [], priority: 5 };
    const entries = [
      STARTED,
      { kind: 'graph-extended', payload: { by: null, tasks: [spec] }, instanceId: null, attempt: 0 },
      { kind: 'task-started', payload: {}, ...task },
      {
        kind: 'message-sent',
        payload: {
          key: 'm1',
          id: 1,
          to: 'tester',
          receivers: ['b'],
          type: 'data',
          content: 'private words',
          inReplyTo: null,
        },
        ...task,
      },
      { kind: 'message-refused', payload: { key: 'm2', to: 'nobody', reason: 'There is no agent "nobody".' }, ...task },
      { kind: 'task-completed', payload: { output: null, attempts: [], tokens: {}, costUSD: null }, ...task },
      ENDED,
    ] as unknown as EntryDraft[];
    tracer.committed('one', entries, AT);
    await tracer.flush();
    const spans = database.batches.flat();
    const [parent] = spans.filter(({ kind }) => kind === 'task');
    assert.deepEqual(
      spans.filter(({ kind }) => kind === 'message').map((span) => [span.agent, span.status, span.parentId]),
      [
        ['coder', 'ok', parent?.spanId],
        ['coder', 'error', parent?.spanId],
      ],
    );
    assert.doesNotMatch(JSON.stringify(spans), /private words|nobody/);
  });

  it('makes a span of a question to a person, also where the run waits for it', async () => {
    const database = sinkOf('the database');
    const { tracer } = tracerWith(database.sink);
    const task = { instanceId: 'a', attempt: 1 };
    const spec = { id: 'a', agent: 'coder', description: '', dependencies: [], priority: 5 };
    const entries = [
      STARTED,
      { kind: 'graph-extended', payload: { by: null, tasks: [spec] }, instanceId: null, attempt: 0 },
      { kind: 'task-started', payload: {}, ...task },
      { kind: 'approval-asked', payload: { key: 'q', actionHash: 'h', title: 'private words' }, ...task },
      { kind: 'run-suspended', payload: { error: { code: 'approval-needed' } }, instanceId: null, attempt: 0 },
    ] as unknown as EntryDraft[];
    tracer.committed('one', entries, AT);
    await tracer.flush();
    const later = '2026-01-02T00:01:00.000Z';
    const answered = { kind: 'approval-answered', payload: { key: 'q', actionHash: 'h', approved: false }, ...task };
    const past = entries.map((entry, index) => ({ ...entry, runId: 'one', seq: index + 1, epoch: 1, v: 3, at: AT }));
    tracer.resumed(past as never);
    tracer.committed('one', [answered as unknown as EntryDraft, ENDED], later);
    await tracer.flush();
    const questions = database.batches.flat().filter(({ kind }) => kind === 'approval');
    assert.equal(new Set(questions.map(({ spanId }) => spanId)).size, 1);
    assert.deepEqual(questions[0]?.status, 'unset');
    const last = questions.at(-1);
    assert.deepEqual([last?.status, last?.errorType, last?.durationMs], ['error', 'refused', 60_000]);
    assert.doesNotMatch(JSON.stringify(database.batches), /private words/);
  });

  it("makes spans of tools and handoffs: what follows an accepted one is the other agent's", async () => {
    const database = sinkOf('the database');
    const { tracer } = tracerWith(database.sink);
    const task = { instanceId: 'a', attempt: 1 };
    const spec = { id: 'a', agent: 'coder', description: '', dependencies: [], priority: 5 };
    const effect = (key: string, tool: string, result: object) => [
      {
        kind: 'effect-intent',
        payload: { key, detail: { tool, arguments: 'private words', argumentsHash: 'h' } },
        ...task,
      },
      { kind: 'effect-outcome', payload: { key, result }, ...task },
    ];
    const entries = [
      STARTED,
      { kind: 'graph-extended', payload: { by: null, tasks: [spec] }, instanceId: null, attempt: 0 },
      { kind: 'task-started', payload: {}, ...task },
      ...effect('tool-1-1', 'read-file', { ok: true, content: 'private words' }),
      ...effect('tool-1-2', 'read-file', { ok: false, content: 'private words' }),
      ...effect('tool-2-1', 'handoff', { ok: false, content: '', handoff: { to: 'private words', accepted: false } }),
      ...effect('tool-3-1', 'handoff', { ok: true, content: '', handoff: { to: 'tester', accepted: true } }),
      { kind: 'effect-intent', payload: { key: 'turn-1', detail: { requestHash: 'r' } }, ...task },
      { kind: 'effect-outcome', payload: { key: 'turn-1', result: { text: 'private words', attempts: [] } }, ...task },
      { kind: 'task-completed', payload: { output: null, attempts: [], tokens: {}, costUSD: null }, ...task },
      ENDED,
    ] as unknown as EntryDraft[];
    tracer.committed('one', entries, AT);
    await tracer.flush();
    const spans = database.batches.flat();
    assert.deepEqual(
      spans.slice(0, 5).map(({ kind, agent, status, errorType }) => [kind, agent, status, errorType]),
      [
        ['tool', 'coder', 'ok', null],
        ['tool', 'coder', 'error', 'tool-failed'],
        ['handoff', 'coder', 'error', 'refused'],
        ['handoff', 'coder', 'ok', null],
        ['turn', 'tester', 'ok', null],
      ],
    );
    assert.equal(spans[3]?.attributes['ensemble.handoff.to'], 'tester');
    assert.doesNotMatch(JSON.stringify(spans), /private words/);
  });

  it('holds content where that is allowed, without secrets and cut where it is long', async () => {
    const database = sinkOf('the database');
    const key = 'sk-canary-0123456789abcdef';
    const { tracer } = tracerWith(database.sink, [key]);
    tracer.configure({ sinks: [], content: true });
    const task = { instanceId: 'a', attempt: 1 };
    const spec = { id: 'a', agent: 'coder', description: '', dependencies: [], priority: 5 };
    const begin = [
      STARTED,
      { kind: 'graph-extended', payload: { by: null, tasks: [spec] }, instanceId: null, attempt: 0 },
      { kind: 'task-started', payload: {}, ...task },
      { kind: 'effect-intent', payload: { key: 'turn-1', detail: {} }, ...task },
    ] as unknown as EntryDraft[];
    tracer.committed('one', begin, AT);
    const attribution = { runId: 'one', instanceId: 'a', agent: 'coder', purpose: 'subtask' as const };
    const messages = [
      { role: 'system' as const, content: 'You write code.' },
      { role: 'user' as const, content: `Use ${key}. ${'x'.repeat(40_000)}` },
    ];
    tracer.asked({ attribution, messages } as unknown as ModelRequest);
    const usage = { input: 1, output: 1, cached: 0, reasoning: 0, estimated: false };
    const row = {
      ...{ account: 'one', model: 'xai/grok-4', outcome: 'completed' as const, tokens: usage, costUSD: 0 },
      latencyMs: 5,
    };
    tracer.called({ ...row, runId: 'one', instanceId: 'a', agent: 'coder', possiblyBilled: false, at: AT }, 'grok-4');
    const end = [
      {
        kind: 'effect-outcome',
        payload: { key: 'turn-1', result: { text: 'Done.', finishReason: 'stop', attempts: [] } },
        ...task,
      },
      ENDED,
    ] as unknown as EntryDraft[];
    tracer.committed('one', end, AT);
    await tracer.flush();
    const [call] = database.batches.flat().filter(({ kind }) => kind === 'call');
    const { attributes = {} } = call ?? {};
    assert.equal(attributes['gen_ai.system_instructions'], '[{"type":"text","content":"You write code."}]');
    assert.match(
      String(attributes['gen_ai.input.messages']),
      /^\[\{"role":"user","parts":\[\{"type":"text","content":"Use \[redacted/,
    );
    assert.match(String(attributes['gen_ai.input.messages']), /cut, 40\d{3} characters in all/);
    assert.match(String(attributes['gen_ai.output.messages']), /"content":"Done\."\}\],"finish_reason":"stop"/);
    assert.ok(!JSON.stringify(database.batches).includes(key));
  });
});
