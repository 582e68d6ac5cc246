import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { apply } from '../../../../src/core/engine/apply.ts';
import { projectRun, projectTask } from '../../../../src/core/engine/projections.ts';
import { eventsOf } from '../../../../src/core/engine/replay-events.ts';
import { runGraph } from '../../../../src/core/engine/run-graph.ts';
import { initialState } from '../../../../src/core/engine/state.ts';
import type { TaskOutcome } from '../../../../src/core/ports.ts';
import { behaviourOf, engineOn, snapshot, task } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor } from '../../../support/scripted-executor.ts';

/** Runs tasks to their end on a fake clock. */
async function run(
  tasks: Parameters<typeof task>[0] extends string ? ReturnType<typeof task>[] : never,
  executor: ScriptedExecutor,
  maxParallel = 3,
) {
  const clock = new FakeClock();
  const journal = new MemoryJournal();
  const behaviour = behaviourOf(executor);
  const handle = await engineOn(journal, clock).start(
    { runId: 'R', snapshot: snapshot(maxParallel), tasks },
    behaviour,
  );
  let settled = false;
  handle.result.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  await clock.runUntil(() => settled);
  return { result: await handle.result, events: behaviour.events, journal, clock };
}

describe('scheduling', () => {
  it('starts a task the moment its dependencies are done, without waiting for the rest of a wave', async () => {
    const clock = new FakeClock();
    const slow = async (ms: number) => {
      await clock.sleep(ms);
      return done();
    };
    const executor = new ScriptedExecutor({ short: () => slow(10), long: () => slow(1000), next: () => done() });
    const behaviour = behaviourOf(executor);
    const plan = { runId: 'R', snapshot: snapshot(3), tasks: [task('short'), task('long'), task('next', ['short'])] };
    const handle = await engineOn(new MemoryJournal(), clock).start(plan, behaviour);
    await clock.advance(11);
    assert.deepEqual(executor.executed, ['short', 'long', 'next']);
    assert.ok(behaviour.events.some((event) => event.type === 'task:complete' && event.taskId === 'next'));
    await clock.advance(1000);
    assert.equal((await handle.result).status, 'completed');
  });

  it('gives dependents the outputs of what they declared, and an index of the rest', async () => {
    let seen: { inputs: string[]; others: string[] } | null = null;
    const executor = new ScriptedExecutor({
      a: () => done('A'),
      b: () => done('B'),
      c: ({ inputs, others }) => {
        seen = { inputs: inputs.map((one) => String(one.output)), others: others.map((one) => one.taskId) };
        return done();
      },
    });
    await run([task('a'), task('b'), task('c', ['b'], { priority: 1 })], executor, 1);
    assert.deepEqual(seen, { inputs: ['B'], others: ['a'] });
  });

  it('skips what depends on a failed task and says why; the run is partial', async () => {
    const executor = new ScriptedExecutor({ a: () => failed('broken'), d: () => done() });
    const { result, events } = await run([task('a'), task('b', ['a']), task('c', ['b']), task('d')], executor);
    assert.deepEqual(
      result.tasks.map((one) => one.status),
      ['failed', 'skipped', 'skipped', 'completed'],
    );
    assert.equal(result.status, 'partial');
    const reasons = events.flatMap((event) => (event.type === 'task:skipped' ? [event.reason] : []));
    assert.deepEqual(reasons, ['"a" failed', '"b" was skipped']);
  });

  it('lets dependents of a task with onError "continue" run and tells them of the failure', async () => {
    let status = '';
    const executor = new ScriptedExecutor({
      a: () => failed('broken'),
      b: ({ inputs }) => {
        status = inputs[0]?.status ?? '';
        return done();
      },
    });
    const { result } = await run([task('a', [], { onError: 'continue' }), task('b', ['a'])], executor);
    assert.equal(status, 'failed');
    assert.equal(result.status, 'partial');
  });

  it('stops the run when a task with onError "fail" fails: running ones are cancelled, the rest is skipped', async () => {
    const executor = new ScriptedExecutor({
      a: () => failed('broken'),
      b: (_execution, { signal }) =>
        new Promise<TaskOutcome>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const { result } = await run([task('a', [], { onError: 'fail' }), task('b'), task('c', ['b'])], executor);
    assert.deepEqual(
      result.tasks.map((one) => one.status),
      ['failed', 'cancelled', 'skipped'],
    );
    assert.equal(result.status, 'failed');
    assert.equal(result.error?.message, 'broken');
  });

  it('retries a retryable failure with growing delays, then gives up', async () => {
    const executor = new ScriptedExecutor({ a: () => failed('busy', { retryable: true }) });
    const retry = { maxAttempts: 3, initialDelayMs: 100, maxDelayMs: 1000 };
    const { result, clock, events } = await run([task('a', [], { retry })], executor);
    assert.equal(executor.executed.length, 3);
    assert.equal(result.status, 'failed');
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'task:error' ? [event.willRetry] : [])),
      [true, true, false],
    );
    // Half of each delay is jitter, which the fixture sets to its middle: 75 + 150.
    assert.equal(clock.monotonic(), 225);
  });

  it('times an attempt out, refuses its late writes and runs the next attempt', async () => {
    let late: Promise<unknown> = Promise.resolve();
    const executor = new ScriptedExecutor({
      a: ({ attempt }, context) => {
        if (attempt === 2) return done('second');
        late = new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()))
          .then(() => context.effect('late', null, async () => 'never'))
          .then(
            () => 'written',
            () => 'refused',
          );
        return new Promise<TaskOutcome>(() => undefined);
      },
    });
    const retry = { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 };
    const { result } = await run([task('a', [], { timeoutMs: 50, retry })], executor);
    assert.equal(await late, 'refused');
    assert.equal(result.tasks[0]?.output, 'second');
  });

  it('treats an executor that throws as a failed task', async () => {
    const executor = new ScriptedExecutor({
      a: () => {
        throw new TypeError('a bug');
      },
    });
    const { result } = await run([task('a')], executor);
    assert.equal(result.tasks[0]?.error?.code, 'internal');
    assert.equal(result.tasks[0]?.error?.message, 'a bug');
  });

  it('gives the slot back while a task waits, pauses its time-out, and never deadlocks', async () => {
    const clock = new FakeClock();
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const executor = new ScriptedExecutor({
      parent: async (_execution, { waiting }) => {
        await waiting(() => gate);
        return done('after the child');
      },
      child: () => {
        open();
        return done();
      },
    });
    const tasks = [task('parent', [], { timeoutMs: 20, priority: 9 }), task('child')];
    const handle = await engineOn(new MemoryJournal(), clock).start(
      { runId: 'R', snapshot: snapshot(1), tasks },
      behaviourOf(executor),
    );
    await clock.advance(0);
    const result = await handle.result;
    assert.deepEqual(
      result.tasks.map((one) => one.output),
      ['after the child', null],
    );
  });

  it('does not count waiting against the time-outs of task and run', async () => {
    const clock = new FakeClock();
    const executor = new ScriptedExecutor({
      a: async (_execution, { waiting }) => {
        await waiting(() => clock.sleep(10_000));
        return done('patient');
      },
    });
    const plan = { runId: 'R', snapshot: snapshot(1, { runTimeoutMs: 100, taskTimeoutMs: 100 }), tasks: [task('a')] };
    const handle = await engineOn(new MemoryJournal(), clock).start(plan, behaviourOf(executor));
    await clock.advance(10_001);
    assert.equal((await handle.result).status, 'completed');
  });

  it('adds the tasks of a completion in the same commit, as children of their maker', async () => {
    const executor = new ScriptedExecutor({
      plan: () => ({ ...done(), extend: [task('x'), task('sum', ['x'])] }) as TaskOutcome,
      x: () => done('X'),
      sum: ({ inputs }) => done(`sum of ${String(inputs[0]?.output)}`),
    });
    const { result, journal, events } = await run([task('plan')], executor);
    assert.deepEqual(
      result.tasks.map((one) => one.instanceId),
      ['plan', 'plan/x', 'plan/sum'],
    );
    assert.equal(result.tasks[2]?.output, 'sum of X');
    const kinds = (await journal.read('R')).map((entry) => entry.kind);
    assert.equal(kinds.indexOf('graph-extended', 2), kinds.indexOf('task-completed') + 1);
    assert.deepEqual(
      events.flatMap((event) => (event.type === 'wave:start' ? [event.wave] : [])),
      [1, 2, 3],
    );
  });

  it('fails a task whose extension is no valid graph', async () => {
    const executor = new ScriptedExecutor({
      plan: () => ({ ...done(), extend: [task('x', ['nowhere'])] }) as TaskOutcome,
    });
    const { result } = await run([task('plan')], executor);
    assert.equal(result.tasks[0]?.error?.code, 'invalid-graph');
  });
});

describe('any graph with any outcomes', () => {
  const graphs = fc.array(
    fc.record({
      dependencies: fc.array(fc.nat(11), { maxLength: 3 }),
      priority: fc.integer({ min: 1, max: 10 }),
      onError: fc.constantFrom('skip-dependents' as const, 'continue' as const, 'fail' as const),
      fails: fc.boolean(),
      ms: fc.nat(30),
      retries: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it('ends every task, respects order and limit, and folds to the same state and events', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.integer({ min: 1, max: 4 }), async (nodes, maxParallel) => {
        const clock = new FakeClock();
        let active = 0;
        const ended = new Set<string>();
        const tasks = nodes.map((node, index) =>
          task(`t${index}`, [...new Set(node.dependencies.filter((at) => at < index).map((at) => `t${at}`))], {
            priority: node.priority,
            onError: node.onError,
            retry: { maxAttempts: node.retries ? 2 : 1, initialDelayMs: 5, maxDelayMs: 5 },
          }),
        );
        const executor = new ScriptedExecutor({}, async ({ task: spec, inputs }, { signal, effect }) => {
          assert.ok(++active <= maxParallel, 'too many at once');
          assert.equal(inputs.length, spec.dependencies.length, 'started before its dependencies ended');
          const node = nodes[Number(spec.id.slice(1))];
          try {
            await effect('work', null, async () => 'worked');
            await clock.sleep(node?.ms ?? 0, signal);
          } finally {
            active--;
          }
          ended.add(spec.id);
          return node?.fails ? failed('as told', { retryable: true }) : done(spec.id);
        });
        const journal = new MemoryJournal();
        const behaviour = behaviourOf(executor);
        const handle = await engineOn(journal, clock).start(
          { runId: 'R', snapshot: snapshot(maxParallel), tasks },
          behaviour,
        );
        let over = false;
        handle.result.finally(() => {
          over = true;
        });
        await clock.runUntil(() => over);
        const result = await handle.result;
        assert.ok(result.tasks.every((one) => ['completed', 'failed', 'skipped', 'cancelled'].includes(one.status)));

        const entries = await journal.read('R');
        const folded = initialState('R');
        for (const entry of entries) apply(folded, entry);
        assert.deepEqual(folded.status, result.status);
        assert.deepEqual([...folded.tasks.values()].map(projectTask), await journal.tasks('R'));
        const {
          runId: _id,
          epoch: _epoch,
          owner: _owner,
          createdAt: _created,
          updatedAt: _updated,
          ...stored
        } = (await journal.get('R')) ?? assert.fail();
        assert.deepEqual(stored, projectRun(folded));
        const live = behaviour.events.filter((event) => event.type !== 'task:delta');
        assert.deepEqual(eventsOf(entries), live);
      }),
      { numRuns: 60 },
    );
  });
});

describe('runGraph', () => {
  it('runs plain functions on the same scheduler', async () => {
    const result = await runGraph({
      tasks: [{ id: 'a' }, { id: 'b' }, { id: 'c', dependencies: ['a', 'b'] }],
      execute: (one, { inputs }) => `${one.id}(${Object.values(inputs).join(',')})`,
      concurrency: Number.POSITIVE_INFINITY,
    });
    assert.equal(result.status, 'completed');
    assert.equal(result.outputs.c, 'c(a(),b())');
  });

  it('refuses a broken graph before anything starts, and reports failures as data', async () => {
    await assert.rejects(
      runGraph({ tasks: [{ id: 'a', dependencies: ['b'] }], execute: () => assert.fail('must not start') }),
      { code: 'invalid-graph' },
    );
    const failing = await runGraph({
      tasks: [{ id: 'a' }, { id: 'b', dependencies: ['a'] }],
      execute: () => {
        throw new Error('no luck');
      },
    });
    assert.deepEqual(
      failing.tasks.map((one) => one.status),
      ['failed', 'skipped'],
    );
    assert.equal(failing.tasks[0]?.error?.message, 'no luck');
  });
});
