import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { eventsOf } from '../../../../src/core/engine/replay-events.ts';
import type { TaskExecutor, TaskOutcome } from '../../../../src/core/ports.ts';
import type { RunResult } from '../../../../src/core/results.ts';
import { behaviourOf, engineOn, finish, snapshot, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, ScriptedExecutor } from '../../../support/scripted-executor.ts';

/** Twelve tasks: a plan that adds ten workers, each with two effects, and a merge of what they found. */
const WORKERS = Array.from({ length: 10 }, (_, index) => `w${index}`);
const PLAN = { runId: 'R', snapshot: snapshot(4), tasks: [task('plan')] };

/** What really happened outside of the engine, over all its lives. */
class World {
  readonly performed = new Map<string, number>();
  readonly clock = new FakeClock();

  executor(): TaskExecutor {
    return new ScriptedExecutor(
      {
        plan: (): TaskOutcome => ({
          ...done('planned'),
          ...{ extend: WORKERS.map(workerSpec).concat(task('merge', WORKERS)) },
        }),
        merge: ({ inputs }) => done(inputs.map((one) => String(one.output)).join('|')),
      },
      async ({ task: { id } }, { effect, signal }) => {
        const turn = (key: string) =>
          effect(key, null, async () => {
            const name = `${id}/${key}`;
            this.performed.set(name, (this.performed.get(name) ?? 0) + 1);
            // Different for each, so that journal writes do not all fall together.
            await this.clock.sleep(3 + 7 * Number(id.slice(1)) + key.length, signal);
            return `<${name}>`;
          });
        return done((await turn('ask')) + (await turn('answer')));
      },
    );
  }
}

function workerSpec(id: string, index: number) {
  return task(id, index < 5 ? [] : [`w${index - 5}`]);
}

async function uninterrupted(): Promise<{ result: RunResult; appends: number }> {
  const world = new World();
  const counting = new FailingJournal(new MemoryJournal(), Number.POSITIVE_INFINITY, true);
  const handle = await engineOn(counting.journal, world.clock).start(PLAN, behaviourOf(world.executor()));
  return { result: await finish(world.clock, handle.result), appends: counting.appends };
}

/** Everything of a result that must not depend on crashes. */
function essence({ status, result, tasks, totals }: RunResult): unknown {
  const { durationMs: _, ...sums } = totals;
  return { status, result, sums, tasks: tasks.map(({ id, status: ended, output }) => ({ id, ended, output })) };
}

/** What the journal knows to be done: it must not be done again. */
async function knownToBeDone(journal: MemoryJournal): Promise<{ effects: string[]; tasks: string[] }> {
  const entries = await journal.read('R');
  const idOf = (instanceId: string | null) => instanceId?.split('/').at(-1) ?? '';
  return {
    effects: entries.flatMap((one) =>
      one.kind === 'effect-outcome' ? [`${idOf(one.instanceId)}/${one.payload.key}`] : [],
    ),
    tasks: entries.flatMap((one) => (one.kind === 'task-completed' ? [idOf(one.instanceId)] : [])),
  };
}

/** Lets an engine run or resume on a journal that dies at its append `limit`; the error it died of, or the result. */
async function live(world: World, inner: MemoryJournal, limit: number, keepLast: boolean, first: boolean) {
  const { journal } = new FailingJournal(inner, limit, keepLast);
  const behaviour = behaviourOf(world.executor());
  try {
    const engine = engineOn(journal, world.clock);
    const handle = await (first ? engine.start(PLAN, behaviour) : engine.resume('R', () => behaviour));
    return { result: await finish(world.clock, handle.result), executor: behaviour.executor as ScriptedExecutor };
  } catch (error) {
    return { error, executor: behaviour.executor as ScriptedExecutor };
  }
}

describe('a crash', () => {
  it('at any append, kept or lost, changes nothing of the result and repeats nothing that is known to be done', async () => {
    const { result: expected, appends } = await uninterrupted();
    assert.equal(expected.status, 'completed');
    assert.equal(expected.totals.tasks, 12);
    assert.ok(appends > 50, `only ${appends} places to crash at`);

    for (let limit = 1; limit <= appends; limit++) {
      for (const keepLast of [true, false]) {
        const where = `append ${limit}, ${keepLast ? 'kept' : 'lost'}`;
        const world = new World();
        const journal = new MemoryJournal();
        const crashed = await live(world, journal, limit, keepLast, true);
        assert.ok('error' in crashed, where);

        const known = await knownToBeDone(journal);
        const before = new Map(world.performed);
        const second = await live(world, journal, Number.POSITIVE_INFINITY, true, false);
        assert.ok('result' in second, where);
        assert.deepEqual(essence(second.result), essence(expected), where);
        assert.deepEqual(
          known.tasks.filter((id) => second.executor.executed.includes(id)),
          [],
          where,
        );
        for (const name of known.effects)
          assert.equal(world.performed.get(name), before.get(name), `${where}: ${name}`);
      }
    }
  });

  it('again and again comes to the same result', async () => {
    const { result: expected } = await uninterrupted();
    for (const every of [4, 5, 8, 13]) {
      const world = new World();
      const journal = new MemoryJournal();
      let ended = await live(world, journal, every, true, true);
      let lives = 1;
      for (; 'error' in ended; lives++) {
        assert.ok(lives < 60, `does not get on with ${every} appends in each life`);
        ended = await live(world, journal, every, true, false);
      }
      assert.ok('result' in ended && ended.result);
      assert.deepEqual(essence(ended.result), essence(expected));
      assert.ok(lives > 3);
      // A crash costs at most the effects that were under way, one in each slot.
      const performed = [...world.performed.values()].reduce((sum, times) => sum + times, 0);
      assert.ok(performed <= 20 + 4 * (lives - 1), `${performed} effects in ${lives} lives`);
    }
  });

  it('between the last task and the end of the run leaves only the conclusion to be made', async () => {
    const { appends } = await uninterrupted();
    const world = new World();
    const journal = new MemoryJournal();
    await live(world, journal, appends, false, true);
    const second = await live(world, journal, Number.POSITIVE_INFINITY, true, false);
    assert.deepEqual(second.executor.executed, []);
    assert.equal('result' in second && second.result?.status, 'completed');
  });

  it('does not turn back a cancellation that came before it', async () => {
    const world = new World();
    const journal = new MemoryJournal();
    const handle = await engineOn(journal, world.clock).start(PLAN, behaviourOf(world.executor()));
    await world.clock.advance(20);
    const { epoch } = await journal.claim('R', { host: 'test', pid: process.pid, startTime: '', nonce: 'one' });
    await assert.rejects(
      finish(
        world.clock,
        handle.cancel(true).then(() => handle.result),
      ),
      { code: 'run-lost' },
    );
    const reason = {
      kind: 'run-cancel-requested',
      payload: { reason: 'enough' },
      instanceId: null,
      attempt: 0,
    } as const;
    await journal.append('R', epoch, { entries: [reason], run: null, tasks: [] });
    const second = await live(world, journal, Number.POSITIVE_INFINITY, true, false);
    assert.equal('result' in second && second.result?.status, 'cancelled');
    assert.deepEqual(second.executor.executed, []);
  });

  it('leaves a journal whose events can be told again', async () => {
    const world = new World();
    const journal = new MemoryJournal();
    await live(world, journal, 20, true, true);
    await live(world, journal, Number.POSITIVE_INFINITY, true, false);
    const types = eventsOf(await journal.read('R')).map(({ type }) => type);
    assert.equal(types.filter((type) => type === 'workflow:start').length, 2);
    assert.equal(types.filter((type) => type === 'task:complete').length, 12);
    assert.equal(types.at(-1), 'workflow:results');
  });
});
