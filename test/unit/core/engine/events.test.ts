import assert from 'node:assert/strict';
import { eventsOf } from '../../../../src/core/engine/replay-events.ts';
import type { EnsembleEvent } from '../../../../src/core/events.ts';
import type { ExecutionContext, TaskOutcome } from '../../../../src/core/ports.ts';
import { finish, snapshot, TestRun, task } from '../../../support/engine-fixture.ts';
import { done, failed, ScriptedExecutor } from '../../../support/scripted-executor.ts';

/** What was streamed and replaced, as short lines. */
function streamed(events: readonly EnsembleEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === 'task:delta') return [`${event.attempt} "${event.text}"`];
    if (event.type === 'task:retry') return [`${event.attempt} retry at ${event.account}`];
    return [];
  });
}

/** Runs one task that streams as `stream` says. */
async function streaming(stream: (context: ExecutionContext, run: TestRun) => Promise<void>): Promise<TestRun> {
  const run: TestRun = new TestRun(
    new ScriptedExecutor({ a: (_execution, context) => stream(context, run).then(() => done()) }),
  );
  await run.run([task('a')]);
  return run;
}

describe('events', () => {
  it('tell a run from its start to its result, numbered by the journal', async () => {
    const executor = new ScriptedExecutor({
      plan: () => ({ ...done(), extend: [task('x')] }) as TaskOutcome,
      x: () => failed('broken'),
    });
    const run = new TestRun(executor);
    await run.run([task('plan')]);
    assert.deepEqual(
      run.events.map(({ seq, type }) => `${seq} ${type}`),
      [
        '2 workflow:start',
        '2 task:added',
        '3 wave:start',
        '3 task:start',
        '4 task:complete',
        '4 wave:complete',
        '5 task:added',
        '6 wave:start',
        '6 task:start',
        '7 task:error',
        '7 wave:complete',
        '8 workflow:error',
        '8 workflow:complete',
        '8 workflow:results',
      ],
    );
    const start = run.events[0];
    assert.deepEqual(start, {
      schema: 1,
      runId: 'R',
      seq: 2,
      at: '2026-01-01T00:00:00.000Z',
      type: 'workflow:start',
      workflowId: null,
      workflowName: 'a test run',
      taskCount: 1,
    });
    const complete = run.events.at(-2);
    assert.deepEqual(complete?.type === 'workflow:complete' && complete.summary, {
      totalTasks: 2,
      successfulTasks: 1,
      failedTasks: 1,
      skippedTasks: 0,
      totalTokens: 0,
      totalDuration: 0,
      totalCostUSD: 0,
    });
  });

  it('tell of no wave of which nothing ever started', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => failed('broken') }));
    await run.run([task('a'), task('b', ['a'])]);
    assert.deepEqual(
      run.events.flatMap((event) =>
        event.type === 'wave:start' || event.type === 'wave:complete' ? [[event.type, event.wave]] : [],
      ),
      [
        ['wave:start', 1],
        ['wave:complete', 1],
      ],
    );
  });

  it('come only after what they tell is durable', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => done() }));
    const kept: number[] = [];
    const append = run.journal.append.bind(run.journal);
    run.journal.append = async (...args) => {
      const before = await run.journal.read('R');
      await append(...args);
      kept.push(...(await run.journal.read('R', before.length)).map(({ seq }) => seq));
    };
    const early: string[] = [];
    const onEvent = ({ seq, type }: EnsembleEvent) => {
      if (seq > 2 && !kept.includes(seq)) early.push(type);
    };
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a')] };
    await finish(run.clock, (await run.engine.start(plan, { ...run.behaviour, onEvent })).result);
    assert.deepEqual(early, []);
    assert.ok(kept.length > 0);
  });

  it('tell what guardrails had to say, from the journal, and so does the result', async () => {
    const guardNotices = ['too long', 'too loud'];
    const executor = new ScriptedExecutor({
      a: (_execution, context) =>
        context.effect('guard-answer-1', {}, async () => ({ guardNotices })).then(() => done()),
    });
    const run = new TestRun(executor);
    const result = await run.run([task('a')]);
    const noticesOf = (events: readonly EnsembleEvent[]) =>
      events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
    assert.deepEqual(noticesOf(run.events), guardNotices);
    assert.deepEqual(noticesOf(eventsOf(await run.journal.read('R'))), guardNotices);
    assert.deepEqual(result.tasks[0]?.notices, guardNotices);
  });

  it('begin again with workflow:start when a run is resumed', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => done() }));
    const stop = new AbortController();
    stop.abort();
    await finish(run.clock, (await run.start([task('a')], snapshot(), stop.signal)).result);
    run.behaviour.events.length = 0;
    await run.resume();
    assert.deepEqual(
      run.events.slice(0, 2).map(({ type }) => type),
      ['workflow:start', 'wave:start'],
    );
  });

  it('are none for a journal without entries', () => {
    assert.deepEqual(eventsOf([]), []);
  });

  it('that a listener cannot take do not hurt the run', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => done() }));
    const onEvent = () => {
      throw new Error('a listener bug');
    };
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a')] };
    const handle = await run.engine.start(plan, { ...run.behaviour, onEvent });
    assert.equal((await finish(run.clock, handle.result)).status, 'completed');
    assert.ok(run.logger.lines.includes('error An event listener failed'));
  });

  it('need nobody to listen', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => done('A') }));
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a')] };
    const handle = await run.engine.start(plan, { ...run.behaviour, onEvent: null });
    assert.equal((await finish(run.clock, handle.result)).status, 'completed');
  });
});

describe('streamed text', () => {
  it('comes at most ten times a second, whole, and before the task ends', async () => {
    const run = await streaming(async ({ delta }, { clock }) => {
      for (let at = 0; at < 50; at++) {
        delta(`${at % 10}`, false);
        await clock.sleep(10);
      }
      delta('end', false);
    });
    const deltas = run.events.filter((event) => event.type === 'task:delta');
    assert.equal(
      deltas.map((event) => event.type === 'task:delta' && event.text).join(''),
      `${'0123456789'.repeat(5)}end`,
    );
    assert.ok(deltas.length <= 6, `${deltas.length} deltas in half a second`);
    const types = run.events.map(({ type }) => type);
    assert.ok(types.lastIndexOf('task:delta') < types.indexOf('task:complete'));
  });

  it('that is replaced is taken back once, by the retry that the pool tells of', async () => {
    const run = await streaming(async ({ delta, notify }, { clock }) => {
      delta('half an ans', false);
      await clock.sleep(200);
      notify({ type: 'retry', account: 'two', reason: 'cut' });
      delta('', true);
      delta('an answer', false);
    });
    assert.deepEqual(streamed(run.events), ['1 "half an ans"', '1 retry at two', '1 "an answer"']);
    assert.equal(run.clock.sleeping, 0);
  });

  it('that starts anew without a retry of the pool is taken back too', async () => {
    const run = await streaming(async ({ delta }, { clock }) => {
      delta('not JSON', false);
      await clock.sleep(200);
      delta('{}', true);
    });
    assert.deepEqual(streamed(run.events), ['1 "not JSON"', '1 retry at null', '1 "{}"']);
  });

  it('that was replaced before it was shown is never shown', async () => {
    const run = await streaming(async ({ delta }) => {
      delta('first', false);
      delta('second', true);
    });
    assert.deepEqual(streamed(run.events), ['1 "second"']);
  });

  it('of an attempt that is over is dropped', async () => {
    let late: ExecutionContext | null = null;
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        a: (_execution, context) => {
          late = context;
          return done();
        },
        b: async () => {
          late?.delta('too late', false);
          late?.notify({ type: 'retry', account: 'two', reason: 'late' });
          await run.clock.sleep(500);
          return done();
        },
      }),
    );
    await run.run([task('a'), task('b', ['a'])]);
    assert.deepEqual(streamed(run.events), []);
  });
});

describe('notes of the pool', () => {
  it('become events of their task, under the last shown seq', async () => {
    const run = await streaming(async ({ notify }) => {
      notify({ type: 'invoke', account: 'one', model: 'xai/m', maxTokens: 9 });
      notify({ type: 'cooldown', account: 'one', cause: 'rate-limited', until: 'later' });
      notify({ type: 'budget-refused', scope: 'day', reason: 'spent' });
      notify({ type: 'notice', message: 'hear' });
    });
    const live = run.events.filter(({ type }) => /invoke|cooldown|refused|notice/.test(type));
    assert.deepEqual(
      live.map(({ schema: _s, runId: _r, at: _a, ...rest }) => rest),
      [
        {
          seq: 3,
          type: 'agent:invoke',
          taskId: 'a',
          agentName: 'worker',
          model: 'xai/m',
          maxTokens: 9,
          account: 'one',
        },
        { seq: 3, type: 'account:cooldown', account: 'one', cause: 'rate-limited', until: 'later' },
        { seq: 3, type: 'budget:refused', scope: 'day', reason: 'spent' },
        { seq: 3, type: 'notice', message: 'hear' },
      ],
    );
  });
});
