import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { type GraphTask, type RunGraphOptions, runGraph } from '../../../../src/core/engine/run-graph.ts';
import { EnsembleError } from '../../../../src/core/errors.ts';
import { finish } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

describe('runGraph', () => {
  let clock: FakeClock;
  const run = <T extends GraphTask>(options: RunGraphOptions<T>) =>
    finish(clock, runGraph(options, { clock, random: () => 0.5 }));

  beforeEach(() => {
    clock = new FakeClock();
  });

  it('runs functions in the order of their dependencies and gives them the outputs', async () => {
    const result = await run({
      tasks: [{ id: 'a' }, { id: 'b' }, { id: 'c', dependencies: ['a', 'b'] }],
      execute: ({ id }, { inputs }) => `${id}(${Object.entries(inputs).join(';')})`,
      concurrency: Number.POSITIVE_INFINITY,
    });
    assert.deepEqual([result.status, result.error], ['completed', null]);
    assert.deepEqual(result.outputs, { a: 'a()', b: 'b()', c: 'c(a,a();b,b())' });
  });

  it('hands each task over as it was given, whatever else it has', async () => {
    const result = await run({ tasks: [{ id: 'a', work: 6 }], execute: ({ work }) => work * 7 });
    assert.equal(result.outputs.a, 42);
  });

  it('takes undefined for null', async () => {
    const result = await run({ tasks: [{ id: 'a' }], execute: () => undefined });
    assert.deepEqual(result.outputs, { a: null });
  });

  it('runs three tasks at once unless told otherwise', async () => {
    const most = async (concurrency?: number) => {
      let working = 0;
      let peak = 0;
      const execute = async () => {
        peak = Math.max(peak, ++working);
        await clock.sleep(5);
        working--;
        return null;
      };
      const tasks = Array.from({ length: 9 }, (_, at) => ({ id: `t${at}` }));
      await run(concurrency === undefined ? { tasks, execute } : { tasks, execute, concurrency });
      return peak;
    };
    assert.deepEqual([await most(), await most(1), await most(Number.POSITIVE_INFINITY)], [3, 1, 9]);
  });

  it('refuses a broken graph or an impossible concurrency before anything starts', async () => {
    const execute = () => assert.fail('must not start');
    await assert.rejects(run({ tasks: [{ id: 'a', dependencies: ['b'] }], execute }), { code: 'invalid-graph' });
    for (const concurrency of [0, 1.5, Number.NaN]) {
      await assert.rejects(run({ tasks: [{ id: 'a' }], execute, concurrency }), { code: 'invalid-input' });
    }
  });

  it('reports failures as data, with the code of an error of ours', async () => {
    const failing = await run({
      tasks: [{ id: 'a' }, { id: 'b', dependencies: ['a'] }, { id: 'c' }],
      execute: ({ id }) => {
        if (id === 'a') throw new Error('no luck');
        throw new EnsembleError('budget-refused', 'too dear');
      },
    });
    assert.deepEqual(
      failing.tasks.map(({ id, status, error }) => [id, status, error?.code ?? null]),
      [
        ['a', 'failed', 'task-failed'],
        ['b', 'skipped', null],
        ['c', 'failed', 'budget-refused'],
      ],
    );
    assert.equal(failing.error?.message, 'no luck');
  });

  it('repeats and times out where a task asks for it', async () => {
    const attempts: string[] = [];
    const retry = { maxAttempts: 2, initialDelayMs: 10, maxDelayMs: 10 };
    const result = await run({
      tasks: [
        { id: 'flaky', retry },
        { id: 'slow', timeoutMs: 50 },
      ],
      execute: async ({ id }, { signal }) => {
        attempts.push(id);
        if (id === 'slow') await clock.sleep(1_000, signal);
        if (attempts.length < 3) throw new Error('again');
        return 'done';
      },
    });
    assert.deepEqual(attempts, ['flaky', 'slow', 'flaky']);
    assert.deepEqual(
      result.tasks.map(({ status, error }) => [status, error?.code ?? null]),
      [
        ['completed', null],
        ['failed', 'task-timeout'],
      ],
    );
  });

  it('says why a task was aborted, also when its function hides that behind another error', async () => {
    const result = await run({
      tasks: [{ id: 'slow', timeoutMs: 50 }],
      execute: (_task, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('socket closed')));
        }),
    });
    assert.equal(result.tasks[0]?.error?.code, 'task-timeout');
  });

  it('does the copies of a task by its function, each with its item', async () => {
    const result = await run({
      tasks: [{ id: 'plan' }, { id: 'each', dependencies: ['plan'], fanOut: { over: 'plan.files' } }],
      execute: ({ id }, { copy }) => (id === 'plan' ? { files: ['a', 'b'] } : `${id} ${copy?.index} ${copy?.item}`),
    });
    assert.deepEqual(result.outputs.each, ['each 0 a', 'each 1 b']);
  });

  it('has a result that survives JSON, made when somebody looks', async () => {
    const result = await run({ tasks: [{ id: 'a' }], execute: () => 'A' });
    assert.deepEqual(JSON.parse(JSON.stringify(result)), {
      status: 'completed',
      error: null,
      outputs: { a: 'A' },
      tasks: [{ id: 'a', status: 'completed', error: null }],
    });
    assert.equal(result.outputs, result.outputs);
  });

  it('stops on a signal: running tasks are aborted, the rest is not started', async () => {
    const controller = new AbortController();
    const started: string[] = [];
    const result = await run({
      tasks: [{ id: 'a' }, { id: 'b', dependencies: ['a'] }],
      execute: async ({ id }, { signal }) => {
        started.push(id);
        controller.abort();
        await clock.sleep(1_000, signal);
        return null;
      },
      signal: controller.signal,
    });
    assert.deepEqual([result.status, started], ['interrupted', ['a']]);
    assert.equal(clock.monotonic(), 0);
  });

  it('tells its events, and keeps the run in a journal where it is given one', async () => {
    const journal = new MemoryJournal();
    const types: string[] = [];
    await run({ tasks: [{ id: 'a' }], execute: () => 'A', journal, onEvent: ({ type }) => types.push(type) });
    assert.ok(types.includes('task:complete'));
    const { items } = await journal.list({ limit: 10 });
    assert.deepEqual([items[0]?.kind, items[0]?.status, items[0]?.owner], ['graph', 'completed', null]);
    const limits = (await journal.read(items[0]?.runId ?? '')).flatMap((one) =>
      one.kind === 'run-started' ? [one.payload.limits] : [],
    );
    assert.ok(Object.values(limits[0] ?? {}).every(Number.isSafeInteger), 'limits survive JSON');
  });
});
