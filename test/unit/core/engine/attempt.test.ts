import assert from 'node:assert/strict';
import type { TaskOutcome } from '../../../../src/core/ports.ts';
import { finish, snapshot, TestRun, task } from '../../../support/engine-fixture.ts';
import { done, failed, ScriptedExecutor, untilAborted } from '../../../support/scripted-executor.ts';

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
    const outcomes = (await run.journal.read('R')).filter((one) => one.kind === 'effect-outcome');
    assert.deepEqual(
      outcomes.map(({ attempt }) => attempt),
      [2],
    );
  });

  it('drop it also when it ends after the executor was left behind, while the next attempt works', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: async ({ attempt }, { effect }) => {
        const value = await effect('slow', null, async () => {
          await run.clock.sleep(attempt === 1 ? 1_600 : 300);
          return attempt;
        });
        return done(`from ${value}`);
      },
    });
    const run = new TestRun(executor);
    const result = await run.run([task('a', [], { timeoutMs: 500, retry })]);
    assert.equal(result.tasks[0]?.output, 'from 2');
    const outcomes = (await run.journal.read('R')).flatMap((one) =>
      one.kind === 'effect-outcome' ? [one.payload.result] : [],
    );
    assert.deepEqual(outcomes, [2]);
  });

  it('drop a result that an executor makes up after the abort', async () => {
    const executor = new ScriptedExecutor({
      a: (_execution, context) => untilAborted(context).catch(() => done('late')),
    });
    const result = await new TestRun(executor).run([task('a', [], { timeoutMs: 50 })]);
    assert.deepEqual([result.tasks[0]?.error?.code, result.tasks[0]?.output], ['task-timeout', null]);
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

  it('that outlives its attempt does not hold the time of the run', async () => {
    const executor = new ScriptedExecutor({
      forgetful: (_execution, { waiting }) => {
        void waiting(() => new Promise(() => undefined));
        return done();
      },
      hangs: (_execution, context) => untilAborted(context),
    });
    const run = new TestRun(executor);
    const result = await run.run([task('forgetful'), task('hangs', ['forgetful'])], snapshot(1, { runTimeoutMs: 500 }));
    assert.equal(result.error?.code, 'run-timeout');
    assert.equal(run.clock.monotonic(), 500);
  });

  it('that nobody awaits leaves no slot taken', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      careless: async (_execution, { waiting }) => {
        void waiting(() => run.clock.sleep(10));
        await run.clock.sleep(50);
        return done();
      },
      busy: () => run.clock.sleep(100).then(() => done()),
      last: () => done(),
    });
    const run = new TestRun(executor);
    const tasks = [
      task('careless', [], { priority: 9 }),
      task('busy', [], { priority: 8 }),
      task('last', ['careless', 'busy']),
    ];
    const result = await run.run(tasks, snapshot(1));
    assert.equal(result.status, 'completed');
  });

  it('that begins while a slot is asked for gives that slot away again', async () => {
    const child = gate();
    const executor: ScriptedExecutor = new ScriptedExecutor({
      parent: async (_execution, { waiting }) => {
        await Promise.all([
          waiting(() => run.clock.sleep(10)),
          run.clock.sleep(20).then(() => waiting(() => child.opened)),
        ]);
        return done('both');
      },
      busy: () => run.clock.sleep(30).then(() => done()),
      child: () => {
        child.open();
        return done();
      },
    });
    const run = new TestRun(executor);
    const tasks = [task('parent', [], { priority: 9 }), task('busy', [], { priority: 8 }), task('child')];
    const result = await run.run(tasks, snapshot(1));
    assert.equal(result.tasks[0]?.output, 'both');
  });

  it('that ends twice while slots are rare takes one slot, not two', async () => {
    let working = 0;
    let peak = 0;
    const executor: ScriptedExecutor = new ScriptedExecutor(
      {
        parent: async (_execution, { waiting }) => {
          await Promise.all([
            waiting(() => run.clock.sleep(10)),
            run.clock.sleep(12).then(() => waiting(() => run.clock.sleep(3))),
          ]);
          return done();
        },
      },
      async ({ task: { id } }) => {
        working++;
        if (id.startsWith('late')) peak = Math.max(peak, working);
        await run.clock.sleep(30);
        working--;
        return done();
      },
    );
    const run = new TestRun(executor);
    const busy = ['b1', 'b2'].map((id) => task(id, [], { priority: 8 }));
    const late = ['late1', 'late2'].map((id) => task(id, ['parent']));
    await run.run([task('parent', [], { priority: 9 }), ...busy, ...late], snapshot(2));
    assert.equal(peak, 2);
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
