import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import type { TaskOutcome } from '../../../../src/core/ports.ts';
import type { RunResult } from '../../../../src/core/results.ts';
import { behaviourOf, engineOn, snapshot, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor } from '../../../support/scripted-executor.ts';

/** Twelve tasks: a plan that adds ten, each with two effects, and a merge. */
const WORKERS = Array.from({ length: 10 }, (_, index) => `w${index}`);

class World {
  readonly effects = new Map<string, number>();
  readonly completed = new Map<string, number>();

  executor(): ScriptedExecutor {
    const worker = async (id: string, effect: (key: string) => Promise<string>): Promise<TaskOutcome> => {
      const first = await effect('turn-1');
      const second = await effect('turn-2');
      return done(`${id}:${first}+${second}`);
    };
    return new ScriptedExecutor(
      {
        plan: async () => {
          const extend = [
            ...WORKERS.map((id, index) => task(id, index < 5 ? [] : [`w${index - 5}`])),
            task('merge', WORKERS),
          ];
          return { ...done('planned'), extend } as TaskOutcome;
        },
        merge: ({ inputs }) => done(inputs.map((one) => String(one.output)).join('|')),
      },
      ({ task: spec }, context) =>
        worker(spec.id, (key) =>
          context.effect(key, null, async () => {
            const name = `${spec.id}/${key}`;
            this.effects.set(name, (this.effects.get(name) ?? 0) + 1);
            return `${name}`;
          }),
        ),
    );
  }
}

async function finish(clock: FakeClock, result: Promise<RunResult>): Promise<RunResult | Error> {
  let settled: RunResult | Error | null = null;
  result.then(
    (value) => {
      settled = value;
    },
    (error: Error) => {
      settled = error;
    },
  );
  await clock.runUntil(() => settled !== null);
  return settled ?? assert.fail('not settled');
}

function outputs(result: RunResult): unknown[] {
  return result.tasks.map(({ id, status, output }) => ({ id, status, output }));
}

describe('resume', () => {
  it('gives the same result after a crash at every append, and repeats no effect whose outcome was kept', async () => {
    const clock = new FakeClock();
    const whole = new World();
    const plan = { runId: 'R', snapshot: snapshot(4), tasks: [task('plan')] };
    const counting = new FailingJournal(new MemoryJournal(), Number.POSITIVE_INFINITY, true);
    const handle = await engineOn(counting.journal, clock).start(plan, behaviourOf(whole.executor()));
    const expected = await finish(clock, handle.result);
    assert.ok(!(expected instanceof Error));
    assert.equal(expected.status, 'completed');
    assert.ok(counting.appends > 60, `only ${counting.appends} appends`);

    for (let limit = 1; limit <= counting.appends; limit++) {
      for (const keepLast of [true, false]) {
        const world = new World();
        const inner = new MemoryJournal();
        const dying = new FailingJournal(inner, limit, keepLast);
        const first = await engineOn(dying.journal, clock).start(plan, behaviourOf(world.executor()));
        const end = await finish(clock, first.result);
        assert.ok(end instanceof Error, `limit ${limit}: the dying run settled normally`);
        const keptOutcomes = (await inner.read('R')).flatMap((entry) =>
          entry.kind === 'effect-outcome' ? [`${entry.instanceId?.split('/').at(-1)}/${entry.payload.key}`] : [],
        );
        const before = new Map(world.effects);

        const behaviour = behaviourOf(world.executor());
        const second = await engineOn(inner, clock).resume('R', () => behaviour);
        const result = await finish(clock, second.result);
        assert.ok(!(result instanceof Error));
        assert.deepEqual(outputs(result), outputs(expected), `limit ${limit}, last ${keepLast ? 'kept' : 'lost'}`);
        for (const name of keptOutcomes) {
          assert.equal(world.effects.get(name), before.get(name), `limit ${limit}: ${name} was repeated`);
        }
      }
    }
  });

  it('interrupts on a signal, keeps the attempt open and goes on under its number', async () => {
    const clock = new FakeClock();
    const journal = new MemoryJournal();
    const controller = new AbortController();
    const attempts: number[] = [];
    const executor = new ScriptedExecutor({
      a: async ({ attempt }, { signal, effect }) => {
        attempts.push(attempt);
        await effect('first', null, async () => 'once');
        if (attempts.length === 1) await clock.sleep(1_000_000, signal);
        return done('finished');
      },
    });
    const behaviour = behaviourOf(executor);
    const engine = engineOn(journal, clock);
    const handle = await engine.start(
      { runId: 'R', snapshot: snapshot(), tasks: [task('a')] },
      behaviour,
      controller.signal,
    );
    await clock.advance(10);
    controller.abort();
    const interrupted = await finish(clock, handle.result);
    assert.ok(!(interrupted instanceof Error));
    assert.equal(interrupted.status, 'interrupted');
    assert.equal((await journal.get('R'))?.status, 'interrupted');
    assert.equal((await journal.get('R'))?.owner, null);

    const resumed = await finish(clock, (await engine.resume('R', () => behaviour)).result);
    assert.ok(!(resumed instanceof Error));
    assert.equal(resumed.status, 'completed');
    assert.deepEqual(attempts, [1, 1]);
  });

  it('stops the run, resumable, when a task says that no other can succeed', async () => {
    const clock = new FakeClock();
    let refuse = true;
    const executor = new ScriptedExecutor({
      a: () => (refuse ? failed('no account', { stopsRun: true }) : done('A')),
      b: () => done('B'),
    });
    const engine = engineOn(new MemoryJournal(), clock);
    const plan = { runId: 'R', snapshot: snapshot(1), tasks: [task('a'), task('b')] };
    const first = await finish(clock, (await engine.start(plan, behaviourOf(executor))).result);
    assert.ok(!(first instanceof Error));
    assert.deepEqual([first.status, first.error?.message], ['interrupted', 'no account']);
    refuse = false;
    const second = await finish(clock, (await engine.resume('R', () => behaviourOf(executor))).result);
    assert.ok(!(second instanceof Error));
    assert.equal(second.status, 'completed');
  });

  it('ends a cancelled run for good, with every open task cancelled', async () => {
    const clock = new FakeClock();
    const journal = new MemoryJournal();
    const executor = new ScriptedExecutor({
      a: (_execution, { signal }) => clock.sleep(1_000_000, signal).then(() => done()),
    });
    const engine = engineOn(journal, clock);
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a'), task('b', ['a'])] };
    const handle = await engine.start(plan, behaviourOf(executor));
    await clock.advance(5);
    void handle.cancel(true);
    const result = await finish(clock, handle.result);
    assert.ok(!(result instanceof Error));
    assert.equal(result.status, 'cancelled');
    assert.deepEqual(
      result.tasks.map((one) => one.status),
      ['cancelled', 'cancelled'],
    );
    const again = await engine.resume('R', () => behaviourOf(executor));
    assert.equal((await again.result).status, 'cancelled');
    assert.deepEqual(executor.executed, ['a']);
  });

  it('does not wait longer than a second for an executor that ignores the abort', async () => {
    const clock = new FakeClock();
    const executor = new ScriptedExecutor({ a: () => new Promise<TaskOutcome>(() => undefined) });
    const handle = await engineOn(new MemoryJournal(), clock).start(
      { runId: 'R', snapshot: snapshot(), tasks: [task('a')] },
      behaviourOf(executor),
    );
    await clock.advance(5);
    void handle.cancel(false);
    await clock.advance(1_000);
    assert.equal((await handle.result).status, 'interrupted');
  });

  it('times the whole run out as interrupted', async () => {
    const clock = new FakeClock();
    const executor = new ScriptedExecutor({
      a: (_execution, { signal }) => clock.sleep(1_000_000, signal).then(() => done()),
    });
    const plan = { runId: 'R', snapshot: snapshot(1, { runTimeoutMs: 500 }), tasks: [task('a')] };
    const handle = await engineOn(new MemoryJournal(), clock).start(plan, behaviourOf(executor));
    await clock.advance(501);
    const result = await handle.result;
    assert.deepEqual([result.status, result.error?.code], ['interrupted', 'run-timeout']);
  });

  it('writes nothing more once another owner has taken the run', async () => {
    const clock = new FakeClock();
    const journal = new MemoryJournal();
    const executor = new ScriptedExecutor({
      a: (_execution, { effect }) =>
        clock
          .sleep(10)
          .then(() => effect('late', null, async () => 1))
          .then(() => done()),
    });
    const behaviour = behaviourOf(executor);
    const handle = await engineOn(journal, clock).start(
      { runId: 'R', snapshot: snapshot(), tasks: [task('a')] },
      behaviour,
    );
    await clock.advance(1);
    await journal.release('R', 1);
    await journal.claim('R', { host: 'other', pid: 1, startTime: '', nonce: 'two' });
    const before = (await journal.read('R')).length;
    const events = behaviour.events.length;
    await clock.advance(2_000);
    await assert.rejects(handle.result, { code: 'run-lost' });
    assert.equal((await journal.read('R')).length, before);
    assert.equal(behaviour.events.length, events);
  });

  it('refuses a journal of a newer version', async () => {
    const clock = new FakeClock();
    const journal = new MemoryJournal();
    const engine = engineOn(journal, clock);
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a')] };
    const stop = new AbortController();
    stop.abort();
    await finish(clock, (await engine.start(plan, behaviourOf(new ScriptedExecutor({})), stop.signal)).result);
    const claim = journal.claim.bind(journal);
    journal.claim = async (...args) => {
      const { epoch, entries } = await claim(...args);
      return { epoch, entries: entries.map((entry) => ({ ...entry, v: 999 })) };
    };
    await assert.rejects(
      engine.resume('R', () => assert.fail('must not run')),
      { code: 'storage-newer-version' },
    );
  });

  it('ends a run that nobody owns', async () => {
    const clock = new FakeClock();
    const journal = new MemoryJournal();
    const engine = engineOn(journal, clock);
    const stop = new AbortController();
    stop.abort();
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a')] };
    await finish(clock, (await engine.start(plan, behaviourOf(new ScriptedExecutor({})), stop.signal)).result);
    await engine.cancelStored('R');
    assert.equal((await journal.get('R'))?.status, 'cancelled');
    assert.deepEqual(
      (await journal.tasks('R')).map((one) => one.status),
      ['cancelled'],
    );
    await assert.rejects(engine.cancelStored('nowhere'), { code: 'not-found' });
  });
});
