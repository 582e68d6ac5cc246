import assert from 'node:assert/strict';
import { runGraph } from '../../../../src/core/engine/run-graph.ts';
import type { TaskOutcome } from '../../../../src/core/ports.ts';
import { snapshot, statuses, TestRun, task } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor, untilAborted } from '../../../support/scripted-executor.ts';

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
      late: () => done(),
      c: ({ inputs, others }) => {
        seen = { inputs: inputs.map((one) => [one.taskId, one.output]), others: others.map((one) => one.taskId) };
        return done();
      },
    });
    const tasks = [task('a'), task('b'), task('late', [], { priority: 1 }), task('c', ['b'], { priority: 2 })];
    await new TestRun(executor).run(tasks, snapshot(1));
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

  it('that end the run start nothing more, also not a retry whose time comes while a task winds down', async () => {
    const executor: ScriptedExecutor = new ScriptedExecutor({
      a: () => run.clock.sleep(5).then(() => failed('broken')),
      deaf: () => new Promise<TaskOutcome>(() => undefined),
      later: () => failed('not yet', { retryable: true }),
    });
    const run = new TestRun(executor);
    const retry = { maxAttempts: 2, initialDelayMs: 400, maxDelayMs: 400 };
    const result = await run.run([task('a', [], { onError: 'fail' }), task('deaf'), task('later', [], { retry })]);
    assert.deepEqual(statuses(result), { a: 'failed', deaf: 'cancelled', later: 'skipped' });
    assert.deepEqual(executor.executed, ['a', 'deaf', 'later']);
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
