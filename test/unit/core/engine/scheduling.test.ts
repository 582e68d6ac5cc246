import assert from 'node:assert/strict';
import { runGraph } from '../../../../src/core/engine/run-graph.ts';
import type { TaskOutcome } from '../../../../src/core/ports.ts';
import { finish, snapshot, statuses, TestRun, task } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor } from '../../../support/scripted-executor.ts';

/** Waits for the abort and then rejects with its reason, as a well-behaved executor does. */
function untilAborted({ signal }: { readonly signal: AbortSignal }): Promise<TaskOutcome> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

describe('scheduling', () => {
  it('starts a task the moment its dependencies are done, without waiting for the rest of a wave', async () => {
    const slow = async (ms: number) => {
      await run.clock.sleep(ms);
      return done();
    };
    const executor: ScriptedExecutor = new ScriptedExecutor({
      short: () => slow(10),
      long: () => slow(1000),
      next: () => done(),
    });
    const run = new TestRun(executor);
    const handle = await run.start([task('short'), task('long'), task('next', ['short'])]);
    await run.clock.advance(11);
    assert.deepEqual(executor.executed, ['short', 'long', 'next']);
    assert.ok(run.events.some((event) => event.type === 'task:complete' && event.taskId === 'next'));
    await run.clock.advance(1000);
    assert.equal((await handle.result).status, 'completed');
  });

  it('starts by priority, then by the longest remaining path, then in the order given', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({}, () => done());
    const run = new TestRun(executor);
    const tasks = [
      task('plain'),
      task('also-plain'),
      task('root', [], { estimateMs: 5 }),
      task('end', ['root'], { estimateMs: 60_000 }),
      task('urgent', [], { priority: 9 }),
    ];
    await run.run(tasks, snapshot(1));
    assert.deepEqual(executor.executed, ['urgent', 'root', 'end', 'plain', 'also-plain']);
  });

  it('decides which task is next only when a slot is free', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      plan: () => ({ ...done(), extend: [task('urgent', [], { priority: 10 })] }) as TaskOutcome,
      low: () => done(),
      urgent: () => done(),
    });
    await new TestRun(executor).run([task('plan', [], { priority: 6 }), task('low')], snapshot(1));
    assert.deepEqual(executor.executed, ['plan', 'urgent', 'low']);
  });

  it('gives dependents the outputs of what they declared, and an index of the rest', async () => {
    let seen: unknown = null;
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: () => done('A'),
      b: () => done('B'),
      c: ({ inputs, others }) => {
        seen = { inputs: inputs.map((one) => [one.taskId, one.output]), others: others.map((one) => one.taskId) };
        return done();
      },
    });
    await new TestRun(executor).run([task('a'), task('b'), task('c', ['b'], { priority: 1 })], snapshot(1));
    assert.deepEqual(seen, { inputs: [['b', 'B']], others: ['a'] });
  });

  it('adds the tasks of a completion in the same commit, as children of their maker', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      plan: () => ({ ...done(), extend: [task('sum', ['x']), task('x', ['plan'])] }) as TaskOutcome,
      x: () => done('X'),
      sum: ({ inputs }) => done(`sum of ${String(inputs[0]?.output)}`),
    });
    const run = new TestRun(executor);
    const result = await run.run([task('plan')]);
    assert.deepEqual(
      result.tasks.map((one) => one.instanceId),
      ['plan', 'plan/sum', 'plan/x'],
    );
    assert.equal(result.tasks[1]?.output, 'sum of X');
    const kinds = await run.kinds();
    assert.equal(kinds.indexOf('graph-extended', 2), kinds.indexOf('task-completed') + 1);
    assert.deepEqual(
      run.events.flatMap((event) => (event.type === 'wave:start' ? [event.taskIds] : [])),
      [['plan'], ['x'], ['sum']],
    );
  });

  it('fails a task whose extension is no valid graph, and adds nothing', async () => {
    for (const extension of [[task('x', ['nowhere'])], [task('plan')], [task('a'), task('a')]]) {
      const plan = () => ({ ...done(), extend: extension }) as TaskOutcome;
      const result = await new TestRun(new ScriptedExecutor({ plan })).run([task('plan')]);
      assert.deepEqual(statuses(result), { plan: 'failed' });
      assert.equal(result.tasks[0]?.error?.code, 'invalid-graph');
    }
  });

  it('refuses an invalid graph and impossible limits before anything is kept', async () => {
    const run = new TestRun(new ScriptedExecutor({}));
    await assert.rejects(run.start([task('a', ['b'])]), { code: 'invalid-graph' });
    await assert.rejects(run.start([task('a')], snapshot(0)), { code: 'invalid-input' });
    await assert.rejects(run.start([task('a')], snapshot(1, { runTimeoutMs: 0 })), { code: 'invalid-input' });
    assert.equal(await run.journal.get('R'), null);
  });

  it('completes a run without tasks', async () => {
    assert.equal((await new TestRun(new ScriptedExecutor({})).run([])).status, 'completed');
  });
});

describe('failures', () => {
  it('skip all that depends on the failed task, with a reason that names it; the run is partial', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({ a: () => failed('broken'), d: () => done() });
    const run = new TestRun(executor);
    const result = await run.run([task('a'), task('b', ['a']), task('c', ['b']), task('d')]);
    assert.deepEqual(statuses(result), { a: 'failed', b: 'skipped', c: 'skipped', d: 'completed' });
    assert.equal(result.status, 'partial');
    assert.equal(result.error?.message, '3 of 4 tasks did not complete. "a": broken');
    assert.deepEqual(
      run.events.flatMap((event) => (event.type === 'task:skipped' ? [`${event.taskId}: ${event.reason}`] : [])),
      ['b: "a" failed', 'c: "a" failed'],
    );
  });

  it('of a task with onError "continue" let its dependents run and are told to them', async () => {
    let status = '';
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: () => failed('broken'),
      b: ({ inputs }) => {
        status = inputs[0]?.status ?? '';
        return done();
      },
    });
    const result = await new TestRun(executor).run([task('a', [], { onError: 'continue' }), task('b', ['a'])]);
    assert.equal(status, 'failed');
    assert.equal(result.status, 'partial');
  });

  it('of a task with onError "fail" end the run: running tasks are cancelled, the rest is skipped', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: () => run.clock.sleep(5).then(() => failed('broken')),
      b: (_execution, context) => untilAborted(context),
      later: () => failed('not yet', { retryable: true }),
    });
    const run = new TestRun(executor);
    const retry = { maxAttempts: 2, initialDelayMs: 60_000, maxDelayMs: 60_000 };
    const tasks = [task('a', [], { onError: 'fail' }), task('b'), task('c', ['b']), task('later', [], { retry })];
    const result = await run.run(tasks);
    assert.deepEqual(statuses(result), { a: 'failed', b: 'cancelled', c: 'skipped', later: 'skipped' });
    assert.equal(result.status, 'failed');
    assert.equal(result.error?.message, 'broken');
    assert.equal(run.clock.sleeping, 0);
  });

  it('make the run failed when nothing completed', async () => {
    const result = await new TestRun(new ScriptedExecutor({ a: () => failed('broken') })).run([task('a')]);
    assert.deepEqual([result.status, result.error?.message], ['failed', 'broken']);
  });

  it('that are retryable are repeated with growing delays, then final', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({ a: () => failed('busy', { retryable: true }) });
    const run = new TestRun(executor);
    const result = await run.run([task('a', [], { retry: { maxAttempts: 4, initialDelayMs: 100, maxDelayMs: 250 } })]);
    assert.equal(executor.executed.length, 4);
    assert.equal(result.status, 'failed');
    assert.deepEqual(
      run.events.flatMap((event) => (event.type === 'task:error' ? [event.willRetry] : [])),
      [true, true, true, false],
    );
    // Half of each delay is jitter, which the fixture puts in its middle: 3/4 of 100, 200 and 250.
    assert.equal(run.clock.monotonic(), 75 + 150 + 188);
  });

  it('are repeated once where the task says nothing', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({ a: () => failed('busy', { retryable: true }) });
    await new TestRun(executor).run([task('a', [], { retry: null })]);
    assert.equal(executor.executed.length, 2);
  });

  it('count the calls and costs of every attempt, also of repeated ones', async () => {
    const call = (outcome: 'completed' | 'cut-stream', costUSD: number) => ({
      account: 'one',
      model: 'xai/m',
      outcome,
      tokens: { input: 10, output: 1, cached: 0, reasoning: 0, estimated: false },
      costUSD,
      latencyMs: 1,
    });
    const retry = { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 };
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: ({ attempt }) =>
        attempt === 1
          ? { ...failed('cut', { retryable: true }), attempts: [call('cut-stream', 0.1)] }
          : { ...done(), attempts: [call('completed', 0.2)] },
    });
    const run = new TestRun(executor);
    const result = await run.run([task('a', [], { retry })]);
    assert.deepEqual(
      result.tasks[0]?.attempts.map(({ outcome }) => outcome),
      ['cut-stream', 'completed'],
    );
    assert.deepEqual([result.totals.costUSD, result.totals.tokens.input, result.tasks[0]?.costUSD], [0.3, 20, 0.3]);
    const complete = run.events.find((event) => event.type === 'task:complete');
    assert.equal(complete?.type === 'task:complete' && complete.tokensUsed, 22);
  });

  it('of the executor itself are failed tasks and logged, never unhandled', async () => {
    const bugs = {
      rejects: () => Promise.reject(new TypeError('a bug')),
      throws: () => {
        throw new TypeError('a bug');
      },
    };
    for (const bug of Object.values(bugs)) {
      const run = new TestRun({ execute: bug });
      const result = await run.run([task('a')]);
      assert.deepEqual(result.tasks[0]?.error, { code: 'internal', message: 'a bug', hint: null });
      assert.deepEqual(run.logger.lines, ['error An executor failed']);
    }
  });
});

describe('time limits', () => {
  const retry = { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 };

  it('end an attempt, refuse its late writes and start the next', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: ({ attempt }, context) => {
        if (attempt === 2) return done('second');
        late = untilAborted(context)
          .catch(() => context.effect('late', null, async () => 'never'))
          .then(
            () => 'written',
            (error) => error.code,
          );
        return new Promise<TaskOutcome>(() => undefined);
      },
    });
    const run = new TestRun(executor);
    const result = await run.run([task('a', [], { timeoutMs: 50, retry })]);
    assert.equal(await late, 'task-timeout');
    assert.equal(result.tasks[0]?.output, 'second');
    assert.deepEqual(await run.kinds('a'), ['task-started', 'task-retry', 'task-started', 'task-completed']);
    // The time limit, the grace for an executor that does not listen, and the delay.
    assert.equal(run.clock.monotonic(), 50 + 1000 + 1);
  });

  it('drop the outcome of an effect that ends too late', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: async ({ attempt }, { effect }) => {
        const value = await effect('slow', null, async () => {
          await run.clock.sleep(attempt === 1 ? 100 : 1);
          return attempt;
        });
        return done(`from ${value}`);
      },
    });
    const run = new TestRun(executor);
    const result = await run.run([task('a', [], { timeoutMs: 50, retry })]);
    assert.equal(result.tasks[0]?.output, 'from 2');
  });

  it('of the run interrupt it', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: (_execution, context) => untilAborted(context) }));
    const result = await run.run([task('a')], snapshot(1, { runTimeoutMs: 500 }));
    assert.deepEqual([result.status, result.error?.code], ['interrupted', 'run-timeout']);
    assert.equal(run.clock.monotonic(), 500);
  });

  it('do not count time spent waiting, neither for the task nor, when all wait, for the run', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: async (_execution, { waiting }) => {
        await run.clock.sleep(60);
        await waiting(() => run.clock.sleep(10_000));
        await run.clock.sleep(30);
        return done('patient');
      },
    });
    const run = new TestRun(executor);
    const result = await run.run([task('a')], snapshot(1, { runTimeoutMs: 100, taskTimeoutMs: 100 }));
    assert.equal(result.status, 'completed');
  });

  it('of the run go on while one task waits and another works', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      waits: (_execution, { waiting, signal }) => waiting(() => run.clock.sleep(10_000, signal)).then(() => done()),
      works: () => run.clock.sleep(60).then(() => done()),
      next: (_execution, { signal }) => run.clock.sleep(10_000, signal).then(() => done()),
    });
    const run = new TestRun(executor);
    const tasks = [task('waits'), task('works'), task('next', ['works'])];
    const result = await run.run(tasks, snapshot(2, { runTimeoutMs: 100 }));
    assert.equal(result.error?.code, 'run-timeout');
    assert.equal(run.clock.monotonic(), 100);
  });

  it('of the run stop counting when the only working task ends and the others wait', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      waits: (_execution, { waiting }) => waiting(() => run.clock.sleep(5_000)).then(() => done()),
      works: () => run.clock.sleep(60).then(() => done()),
    });
    const run = new TestRun(executor);
    const result = await run.run([task('waits'), task('works')], snapshot(2, { runTimeoutMs: 100 }));
    assert.equal(result.status, 'completed');
  });
});

describe('waiting', () => {
  /** A gate that is opened from outside. */
  function gate(): { readonly opened: Promise<void>; open(): void } {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { opened, open: () => open() };
  }

  it('gives the slot back, so that what is waited for can run', async () => {
    const child = gate();
    const executor: ScriptedExecutor = new ScriptedExecutor({
      parent: (_execution, { waiting }) => waiting(() => child.opened).then(() => done('after the child')),
      child: () => {
        child.open();
        return done();
      },
    });
    const result = await new TestRun(executor).run([task('parent', [], { priority: 9 }), task('child')], snapshot(1));
    assert.equal(result.tasks[0]?.output, 'after the child');
  });

  it('never deadlocks, however waits nest and overlap', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const gates = new Map(names.map((name) => [name, gate()]));
    const openedBy = (at: number) => gates.get(names[at] ?? '')?.opened ?? Promise.resolve();
    const executor: ScriptedExecutor = new ScriptedExecutor({}, async ({ task: { id } }, { waiting }) => {
      const at = names.indexOf(id);
      // Each waits for both that come after it, twice over.
      await Promise.all([
        waiting(() => openedBy(at + 1)),
        waiting(() => waiting(() => openedBy(at + 2)).then(() => openedBy(at + 1))),
      ]);
      gates.get(id)?.open();
      return done(id);
    });
    const result = await new TestRun(executor).run(
      names.map((name) => task(name)),
      snapshot(1),
    );
    assert.equal(result.status, 'completed');
  });

  it('lets tasks that come back go before new ones, and keeps the limit', async () => {
    const quota = gate();
    const order: string[] = [];
    let working = 0;
    const work = async (name: string, ms: number) => {
      order.push(name);
      assert.equal(++working, 1, 'two tasks work in one slot');
      await run.clock.sleep(ms);
      working--;
    };
    const executor: ScriptedExecutor = new ScriptedExecutor(
      {
        first: async (_execution, { waiting }) => {
          await waiting(() => quota.opened);
          await work('first again', 1);
          return done();
        },
      },
      async ({ task: { id } }) => {
        await work(id, 10);
        if (id === 'second') quota.open();
        return done();
      },
    );
    const run = new TestRun(executor);
    const tasks = [task('first', [], { priority: 9 }), task('second'), task('third')];
    const result = await run.run(tasks, snapshot(1));
    assert.equal(result.status, 'completed');
    assert.deepEqual(order, ['second', 'first again', 'third']);
  });

  it("is the task's stored status once it has lasted a second, and no longer than it lasts", async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: async (_execution, { waiting }) => {
        await waiting(() => run.clock.sleep(500));
        await waiting(() => run.clock.sleep(3_000));
        await run.clock.sleep(100);
        return done();
      },
    });
    const run = new TestRun(executor);
    const status = async () => (await run.journal.tasks('R'))[0]?.status;
    const handle = await run.start([task('a')]);
    const seen: unknown[] = [];
    for (const ms of [400, 900, 300, 1_950]) {
      await run.clock.advance(ms);
      seen.push(await status());
    }
    assert.deepEqual(seen, ['running', 'running', 'waiting', 'running']);
    await finish(run.clock, handle.result);
    assert.equal(await status(), 'completed');
  });
});

describe('effects', () => {
  it('are durable before they are performed, and their outcome before it is used', async () => {
    const seen: string[][] = [];
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: async (_execution, { effect }) => {
        const value = await effect('call', { of: 'model' }, async () => {
          seen.push(await run.kinds('a'));
          return 'answer';
        });
        seen.push(await run.kinds('a'));
        return done(value);
      },
    });
    const run = new TestRun(executor);
    await run.run([task('a')]);
    assert.deepEqual(seen, [
      ['task-started', 'effect-intent'],
      ['task-started', 'effect-intent', 'effect-outcome'],
    ]);
  });

  it('that fail leave no outcome', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: async (_execution, { effect }) => {
        await effect('call', null, () => Promise.reject(new Error('no answer'))).catch(() => undefined);
        return done();
      },
    });
    const run = new TestRun(executor);
    await run.run([task('a')]);
    assert.deepEqual(await run.kinds('a'), ['task-started', 'effect-intent', 'task-completed']);
  });

  it('may not share a key within an attempt', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: async (_execution, { effect }) => {
        await effect('call', null, async () => 1);
        await effect('call', null, async () => 2);
        return done();
      },
    });
    const result = await new TestRun(executor).run([task('a')]);
    assert.equal(result.tasks[0]?.error?.code, 'internal');
  });

  it('may use the same key in the next attempt', async () => {
    const retry = { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 };
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: async ({ attempt }, { effect }) => {
        const value = await effect('call', null, async () => attempt);
        return attempt === 1 ? failed('again', { retryable: true }) : done(`answer ${value}`);
      },
    });
    const result = await new TestRun(executor).run([task('a', [], { retry })]);
    assert.equal(result.tasks[0]?.output, 'answer 2');
  });
});

describe('large graphs', () => {
  const SIZE = 10_000;
  const shapes = {
    'a chain': (at: number) => (at === 0 ? [] : [`t${at - 1}`]),
    'one task that all others wait for': (at: number) => (at === 0 ? [] : ['t0']),
    'one task that waits for all others': (at: number) =>
      at < SIZE - 1 ? [] : Array.from({ length: SIZE - 1 }, (_, index) => `t${index}`),
  };
  for (const [name, dependenciesOf] of Object.entries(shapes)) {
    it(`of 10,000 tasks run: ${name}`, async () => {
      const tasks = Array.from({ length: SIZE }, (_, at) => ({ id: `t${at}`, dependencies: dependenciesOf(at) }));
      const result = await runGraph(
        { tasks, execute: ({ id }) => id, concurrency: 50 },
        { clock: new FakeClock(), random: Math.random },
      );
      assert.equal(result.status, 'completed');
      assert.equal(Object.keys(result.outputs).length, SIZE);
    });
  }

  it('are skipped as a whole when their first task fails', async () => {
    const tasks = Array.from({ length: SIZE }, (_, at) => ({
      id: `t${at}`,
      dependencies: at === 0 ? [] : [`t${at - 1}`],
    }));
    const execute = () => Promise.reject(new Error('broken'));
    const result = await runGraph({ tasks, execute }, { clock: new FakeClock(), random: Math.random });
    assert.equal(result.tasks.filter(({ status }) => status === 'skipped').length, SIZE - 1);
  });
});
