import assert from 'node:assert/strict';
import { EnsembleError } from '../../../../src/core/errors.ts';
import type { TaskOutcome } from '../../../../src/core/ports.ts';
import {
  behaviourOf,
  engineOn,
  finish,
  OWNER,
  snapshot,
  statuses,
  TestRun,
  task,
} from '../../../support/engine-fixture.ts';
import { done, failed, ScriptedExecutor } from '../../../support/scripted-executor.ts';

const OTHER = { ...OWNER, pid: 1, nonce: 'two' };

/** A run of one task that sleeps, and of one that depends on it. */
function sleeper(): TestRun {
  const run: TestRun = new TestRun(
    new ScriptedExecutor({
      a: (_execution, { signal }) => run.clock.sleep(1_000_000, signal).then(() => done('slept')),
      b: () => done('B'),
    }),
  );
  return run;
}

describe('an interrupted run', () => {
  it('keeps the attempt open, is released, and goes on under the same attempt with its outcomes', async () => {
    const seen: [attempt: number, value: unknown][] = [];
    let asked = 0;
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        a: async ({ attempt }, { signal, effect }) => {
          seen.push([attempt, await effect('ask', null, async () => ++asked)]);
          if (seen.length === 1) await run.clock.sleep(1_000_000, signal);
          return done('finished');
        },
      }),
    );
    const stop = new AbortController();
    const handle = await run.start([task('a')], snapshot(), stop.signal);
    await run.clock.advance(10);
    stop.abort();
    const interrupted = await finish(run.clock, handle.result);
    assert.equal(interrupted.status, 'interrupted');
    assert.equal(interrupted.error?.code, 'cancelled');
    const record = await run.journal.get('R');
    assert.deepEqual([record?.status, record?.owner], ['interrupted', null]);
    assert.deepEqual(
      run.events.slice(-2).map(({ type }) => type),
      ['workflow:error', 'run:suspended'],
    );

    const resumed = await run.resume();
    assert.equal(resumed.status, 'completed');
    assert.deepEqual(seen, [
      [1, 1],
      [1, 1],
    ]);
  });

  it('is not concluded, so that nothing of it is stored twice', async () => {
    const run = sleeper();
    let conclusions = 0;
    const conclude = async () => {
      conclusions++;
      return { result: 'concluded', llm: false, documentId: 1 };
    };
    const behaviour = { ...run.behaviour, conclude };
    const handle = await run.engine.start({ runId: 'R', snapshot: snapshot(), tasks: [task('a')] }, behaviour);
    await run.clock.advance(5);
    await finish(run.clock, handle.cancel(false));
    const { result, documentId } = await handle.result;
    assert.deepEqual([result, documentId, conclusions], ['', null, 0]);
  });

  it('keeps what an effect brought before the stop took hold', async () => {
    let asked = 0;
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        a: async (_execution, { effect }) =>
          done(`answer ${await effect('ask', null, () => run.clock.sleep(500).then(() => ++asked))}`),
      }),
    );
    const handle = await run.start([task('a')]);
    await run.clock.advance(5);
    await finish(run.clock, handle.cancel(false));
    assert.equal((await handle.result).status, 'interrupted');
    assert.equal((await run.resume()).tasks[0]?.output, 'answer 1');
  });

  it('counts the time in which it went on, not the time between', async () => {
    const run: TestRun = new TestRun(
      new ScriptedExecutor({ a: (_execution, { signal }) => run.clock.sleep(700, signal).then(() => done()) }),
    );
    const handle = await run.start([task('a')]);
    await run.clock.advance(300);
    await finish(run.clock, handle.cancel(false));
    assert.equal((await handle.result).totals.durationMs, 300);
    await run.clock.advance(86_400_000);
    const result = await run.resume();
    assert.equal(result.totals.durationMs, 1_000);
    assert.equal(result.tasks[0]?.durationMs, 700);
  });

  it('takes a retry that was due up again, at its time', async () => {
    const retry = { maxAttempts: 2, initialDelayMs: 1_000, maxDelayMs: 1_000 };
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        a: ({ attempt }) => (attempt === 1 ? failed('busy', { retryable: true }) : done('second')),
      }),
    );
    const handle = await run.start([task('a', [], { retry })]);
    await run.clock.advance(100);
    await finish(run.clock, handle.cancel(false));
    assert.equal((await handle.result).status, 'interrupted');
    const result = await run.resume();
    assert.deepEqual([result.status, result.tasks[0]?.output], ['completed', 'second']);
    assert.equal(run.clock.monotonic(), 750);
  });
});

describe('a task that stops the run', () => {
  it('interrupts it with its error and goes on under its number when the cause is gone', async () => {
    let refuse = true;
    const attempts: number[] = [];
    const call = {
      account: 'one',
      model: 'xai/m',
      outcome: 'auth' as const,
      tokens: { input: 0, output: 0, cached: 0, reasoning: 0, estimated: false },
      costUSD: 0,
      latencyMs: 3,
    };
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        a: ({ attempt }): TaskOutcome => {
          attempts.push(attempt);
          return refuse ? { ...failed('no account', { stopsRun: true }), attempts: [call] } : done('A');
        },
        b: () => done('B'),
      }),
    );
    const first = await run.run([task('a'), task('b')], snapshot(1));
    assert.deepEqual([first.status, first.error?.message], ['interrupted', 'no account']);
    // Shells look there for the account whose key was refused.
    assert.deepEqual(
      first.tasks[0]?.attempts.map(({ outcome }) => outcome),
      ['auth'],
    );
    assert.equal((await run.journal.tasks('R'))[0]?.error?.message, 'no account');
    refuse = false;
    const second = await run.resume();
    assert.deepEqual(statuses(second), { a: 'completed', b: 'completed' });
    assert.deepEqual(attempts, [1, 1]);
    assert.deepEqual([second.error, second.tasks[0]?.error, second.tasks[0]?.attempts], [null, null, []]);
  });
});

describe('a cancelled run', () => {
  it('ends for good, with every open task cancelled, and cannot be resumed', async () => {
    const run = sleeper();
    const handle = await run.start([task('a'), task('b', ['a'])]);
    await run.clock.advance(5);
    await finish(run.clock, handle.cancel(true));
    const result = await handle.result;
    assert.equal(result.status, 'cancelled');
    assert.deepEqual(statuses(result), { a: 'cancelled', b: 'cancelled' });
    assert.deepEqual(await run.kinds(), [
      'run-started',
      'graph-extended',
      'task-started',
      'run-cancel-requested',
      'task-cancelled',
      'task-cancelled',
      'run-ended',
    ]);
    assert.deepEqual(await run.resume(), JSON.parse(JSON.stringify(result)));
  });

  it('may have been interrupted before, by anybody', async () => {
    const run = sleeper();
    const handle = await run.start([task('a')]);
    await run.clock.advance(5);
    void handle.cancel(false);
    await finish(run.clock, handle.cancel(true));
    assert.equal((await run.journal.get('R'))?.status, 'cancelled');
    assert.equal((await run.journal.get('R'))?.owner, null);
  });

  it('may be on the point of being interrupted', async () => {
    const run = sleeper();
    const handle = await run.start([task('a')]);
    const append = run.journal.append.bind(run.journal);
    let cancelled: Promise<void> | null = null;
    run.journal.append = (runId, epoch, write) => {
      if (write.entries.some(({ kind }) => kind === 'run-interrupted')) cancelled ??= handle.cancel(true);
      return append(runId, epoch, write);
    };
    await run.clock.advance(5);
    await finish(run.clock, handle.cancel(false));
    assert.equal((await handle.result).status, 'interrupted');
    await finish(run.clock, cancelled ?? assert.fail('never interrupted'));
    assert.equal((await run.journal.get('R'))?.status, 'cancelled');
  });

  it('may be one that nobody runs', async () => {
    const run = sleeper();
    const handle = await run.start([task('a')]);
    await run.clock.advance(5);
    await finish(run.clock, handle.cancel(false));
    await run.engine.cancelStored('R');
    assert.equal((await run.journal.get('R'))?.status, 'cancelled');
    assert.deepEqual(
      (await run.journal.tasks('R')).map((one) => one.status),
      ['cancelled'],
    );
    const length = (await run.kinds()).length;
    await run.engine.cancelStored('R');
    assert.equal((await run.kinds()).length, length);
    assert.equal((await run.journal.get('R'))?.owner, null);
    await assert.rejects(run.engine.cancelStored('nowhere'), { code: 'not-found' });
  });

  it('may not be one that another process runs', async () => {
    const run = sleeper();
    await run.start([task('a')]);
    const other = engineOn(run.journal, run.clock);
    await run.journal.claim('R', OWNER);
    await run.journal.release('R', 2);
    await run.journal.claim('R', { ...OWNER, nonce: 'two' });
    await assert.rejects(other.cancelStored('R'), { code: 'run-owned-elsewhere' });
  });
});

describe('stopping', () => {
  it('does not wait longer than a second for an executor that ignores the abort', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => new Promise<TaskOutcome>(() => undefined) }));
    const handle = await run.start([task('a')]);
    await run.clock.advance(5);
    await finish(run.clock, handle.cancel(false));
    assert.equal((await handle.result).status, 'interrupted');
    assert.equal(run.clock.monotonic(), 1_005);
  });

  it('leaves no timer behind', async () => {
    const run = sleeper();
    const retry = { maxAttempts: 2, initialDelayMs: 60_000, maxDelayMs: 60_000 };
    const handle = await run.start([task('a'), task('b', ['a']), task('c', [], { retry })]);
    await run.clock.advance(5);
    await finish(run.clock, handle.cancel(false));
    assert.equal(run.clock.sleeping, 0);
  });

  it('while a start is being journaled executes nothing', async () => {
    const executor = new ScriptedExecutor({ a: () => done() });
    const run = new TestRun(executor);
    const handle = await run.start([task('a')]);
    await finish(run.clock, handle.cancel(false));
    assert.deepEqual(executor.executed, []);
    assert.deepEqual((await run.kinds()).slice(-2), ['task-started', 'run-interrupted']);
    assert.equal((await run.resume()).status, 'completed');
  });

  it('before anything began starts nothing', async () => {
    const run = new TestRun(new ScriptedExecutor({}));
    const stop = new AbortController();
    stop.abort();
    const handle = await run.start([task('a')], snapshot(), stop.signal);
    assert.equal((await handle.result).status, 'interrupted');
  });

  it('of the engine interrupts all its runs, and it starts none any more', async () => {
    const run = sleeper();
    const handles = [await run.start([task('a')])];
    const ignoring = new ScriptedExecutor({ a: () => new Promise<TaskOutcome>(() => undefined) });
    const plan = { runId: 'S', snapshot: snapshot(), tasks: [task('a')] };
    handles.push(await run.engine.start(plan, behaviourOf(ignoring)));
    await run.clock.advance(5);
    await finish(run.clock, run.engine.close());
    for (const handle of handles) assert.equal((await handle.result).status, 'interrupted');
    assert.ok(run.clock.monotonic() <= 2_005);
    await assert.rejects(run.start([task('a')]), { code: 'cancelled' });
  });

  it('of the engine ends within two seconds also when the journal hangs', async () => {
    const run = sleeper();
    const handle = await run.start([task('a')]);
    await run.clock.advance(5);
    run.journal.append = () => new Promise(() => undefined);
    await finish(run.clock, run.engine.close());
    assert.equal(run.clock.monotonic(), 2_005);
    void handle;
  });
});

describe('a lost run', () => {
  /** Another process takes the run over. */
  async function takeOver(run: TestRun): Promise<number> {
    await run.journal.release('R', 1);
    await run.journal.claim('R', OTHER);
    return (await run.journal.read('R')).length;
  }

  it('aborts everything, writes nothing more, tells nothing more and rejects', async () => {
    let effects = 0;
    let reason: unknown;
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        a: async (_execution, { effect, signal, delta }) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
          await run.clock.sleep(10);
          delta('never shown', false);
          await effect('late', null, async () => ++effects);
          return done();
        },
        b: (_execution, { signal, notify }) =>
          run.clock.sleep(50, signal).finally(() => notify({ type: 'notice', message: 'late' })) as Promise<never>,
      }),
    );
    const handle = await run.start([task('a'), task('b')]);
    await run.clock.advance(1);
    const before = await takeOver(run);
    const events = run.events.length;
    await assert.rejects(finish(run.clock, handle.result), { code: 'run-lost' });
    await run.clock.advance(5_000);
    assert.equal((await run.journal.read('R')).length, before);
    assert.equal(run.events.length, events);
    assert.equal(effects, 0);
    assert.equal((reason as EnsembleError).code, 'run-lost');
    assert.equal((await run.journal.get('R'))?.owner?.nonce, 'two');
    assert.equal(run.clock.sleeping, 0);
  });

  it('is told to nobody as an unhandled rejection', async () => {
    const run = sleeper();
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const handle = await run.start([task('a')]);
      await run.clock.advance(1);
      await takeOver(run);
      void handle.cancel(true);
      await run.clock.advance(2_000);
    } finally {
      process.off('unhandledRejection', note);
    }
    assert.deepEqual(unhandled, []);
  });
});

describe('resume', () => {
  it('refuses a journal of a newer version and leaves it to others', async () => {
    const run = sleeper();
    const handle = await run.start([task('a')]);
    await finish(run.clock, handle.cancel(false));
    const claim = run.journal.claim.bind(run.journal);
    run.journal.claim = async (...args) => {
      const { epoch, entries } = await claim(...args);
      return { epoch, entries: entries.map((entry) => ({ ...entry, v: 999 })) };
    };
    await assert.rejects(run.resume(), { code: 'storage-newer-version' });
    assert.equal((await run.journal.get('R'))?.owner, null);
  });

  it('refuses unknown runs, runs of others, and runs that go on here', async () => {
    const run = sleeper();
    await assert.rejects(run.resume(), { code: 'not-found' });
    await run.start([task('a')]);
    await assert.rejects(run.resume(), { code: 'run-owned-elsewhere' });
    const other = engineOn(run.journal, run.clock);
    await run.journal.release('R', 1);
    await run.journal.claim('R', { ...OWNER, nonce: 'two' });
    await assert.rejects(
      other.resume('R', () => assert.fail('must not run')),
      { code: 'run-owned-elsewhere' },
    );
  });

  it('gives the run back when its behaviour cannot be made', async () => {
    const run = sleeper();
    const handle = await run.start([task('a')]);
    await finish(run.clock, handle.cancel(false));
    const broken = () => {
      throw new EnsembleError('invalid-config', 'no such kind');
    };
    await assert.rejects(run.engine.resume('R', broken), { code: 'invalid-config' });
    assert.equal((await run.journal.get('R'))?.owner, null);
  });
});

describe('a conclusion', () => {
  it('that throws fails the run, with its error', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => done('A') }));
    const conclude = () => Promise.reject(new EnsembleError('storage-failed', 'no room'));
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a')] };
    const handle = await run.engine.start(plan, { ...run.behaviour, conclude });
    const result = await finish(run.clock, handle.result);
    assert.deepEqual([result.status, result.error?.message], ['failed', 'no room']);
    assert.equal((await run.journal.get('R'))?.status, 'failed');
  });

  it('that throws leaves a cancelled run cancelled', async () => {
    const run = sleeper();
    const conclude = () => Promise.reject(new EnsembleError('storage-failed', 'no room'));
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a')] };
    const handle = await run.engine.start(plan, { ...run.behaviour, conclude });
    await run.clock.advance(5);
    await finish(run.clock, handle.cancel(true));
    const { status, error } = await handle.result;
    assert.deepEqual([status, error?.code], ['cancelled', 'storage-failed']);
  });

  it('that is incomplete makes a completed run partial', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => done('A') }));
    const conclude = async () => ({ result: 'half', llm: true, documentId: 7, partial: true });
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a')] };
    const handle = await run.engine.start(plan, { ...run.behaviour, conclude });
    const { status, result, llm, documentId } = await finish(run.clock, handle.result);
    assert.deepEqual([status, result, llm, documentId], ['partial', 'half', true, 7]);
  });

  it('sees the ended tasks with what they were told to do', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: () => done('A') }));
    let seen: unknown;
    const conclude = async ({
      tasks,
      specs,
      status,
    }: {
      tasks: readonly { output: unknown }[];
      specs: readonly { payload: unknown }[];
      status: string;
    }) => {
      seen = [status, tasks.map(({ output }) => output), specs.map(({ payload }) => payload)];
      return { result: '', llm: false, documentId: null };
    };
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a', [], { payload: { do: 'it' } })] };
    await finish(run.clock, (await run.engine.start(plan, { ...run.behaviour, conclude })).result);
    assert.deepEqual(seen, ['completed', ['A'], [{ do: 'it' }]]);
  });
});
