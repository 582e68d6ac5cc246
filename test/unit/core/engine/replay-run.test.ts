import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import type { JournalEntry } from '../../../../src/core/engine/journal-entry.ts';
import { replayRun } from '../../../../src/core/engine/replay-run.ts';
import { behaviourOf, engineOn, finish, snapshot, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { done, failed, ScriptedExecutor } from '../../../support/scripted-executor.ts';

const TASKS = [
  task('plan'),
  task('flaky', ['plan'], { retry: { maxAttempts: 2, initialDelayMs: 1, maxDelayMs: 1 } }),
  task('broken', ['plan'], { onError: 'continue' }),
  task('alone'),
  task('never', ['plan'], { when: 'plan == "other"' }),
];

/** Tasks whose effects are asked for with all that they see; `performed` counts what really happened. */
class World {
  readonly clock = new FakeClock();
  readonly performed: string[] = [];
  /** Comes into every prompt. */
  style = 'plain';

  executor(): ScriptedExecutor {
    return new ScriptedExecutor({}, async ({ task: { id }, inputs, others, attempt }, { effect }) => {
      const seen = [...inputs, ...others].map((one) => `${one.taskId}:${String(one.output)}`);
      const turn = (key: string) =>
        effect(key, { prompt: [this.style, id, ...seen].join(' ') }, async () => {
          this.performed.push(`${id}/${key}`);
          await this.clock.sleep(id === 'alone' ? 7 : 2);
          if (id === 'broken') throw new Error('no answer');
          return `${id} ${attempt}`;
        });
      const text = await turn('turn-1').catch(() => null);
      if (text === null || (id === 'flaky' && attempt === 1)) return failed('no', { retryable: id === 'flaky' });
      const extend = id === 'plan' ? [task('added', ['flaky', 'broken'])] : [];
      return { ...done(`${text}, ${await turn('turn-2')}`), ...(id === 'plan' ? { extend } : {}) };
    });
  }

  async live(journal = new MemoryJournal()): Promise<readonly JournalEntry[]> {
    const engine = engineOn(journal, this.clock);
    const plan = { runId: 'R', snapshot: snapshot(), tasks: TASKS };
    await finish(this.clock, (await engine.start(plan, behaviourOf(this.executor()))).result);
    return journal.read('R');
  }
}

const signal = new AbortController().signal;

describe('the replay of a run', () => {
  it('executes every attempt again, performs nothing, and agrees', async () => {
    const world = new World();
    const entries = await world.live();
    const { length } = world.performed;
    const report = await replayRun(entries, world.executor(), signal);
    assert.equal(world.performed.length, length);
    // plan, alone, added: two turns each; flaky: one and two; broken: one.
    assert.deepEqual(report, { runId: 'R', attempts: 6, effects: 10 });
  });

  it('agrees also after a crash at every append', async () => {
    for (let limit = 1; limit <= 25; limit++) {
      for (const keepLast of [true, false]) {
        const world = new World();
        const journal = new MemoryJournal();
        await world.live(new FailingJournal(journal, limit, keepLast).journal as MemoryJournal).catch(() => undefined);
        const handle = await engineOn(journal, world.clock).resume('R', () => behaviourOf(world.executor()));
        await finish(world.clock, handle.result);
        const entries = await journal.read('R');
        await assert.doesNotReject(replayRun(entries, world.executor(), signal), `append ${limit}, kept: ${keepLast}`);
      }
    }
  });

  const differs = async (change: (world: World) => ScriptedExecutor, message: RegExp) => {
    const world = new World();
    const entries = await world.live();
    await assert.rejects(replayRun(entries, change(world), signal), { code: 'replay-diverged', message });
  };

  it('tells of a prompt that is another one', () =>
    differs((world) => {
      world.style = 'ornate';
      return world.executor();
    }, /at "plan": "turn-1" is asked for with other content/));

  it('tells of a prompt that is another one also where the executor hides it', () =>
    differs(
      () =>
        new ScriptedExecutor({}, async (_execution, { effect }) => {
          await effect('turn-1', 'another', async () => 'never').catch(() => undefined);
          return done('plan 1, plan 1');
        }),
      /at "plan": "turn-1" is asked for with other content/,
    ));

  it('tells of what is asked for more or less than then', async () => {
    const asking = (keys: readonly string[]) => (): ScriptedExecutor =>
      new ScriptedExecutor({}, async (_execution, { effect }) => {
        for (const key of keys) await effect(key, { prompt: 'plain plan' }, async () => 'never');
        return done('plan 1, plan 1');
      });
    await differs(asking(['turn-1']), /does not ask for "turn-2" any more/);
    await differs(asking(['turn-1', 'turn-2', 'turn-3']), /asks for "turn-3"/);
    await differs(asking(['turn-1', 'turn-2']), /adds other tasks/);
  });

  it('tells of another output', () =>
    differs(
      () =>
        new ScriptedExecutor({}, async (_execution, { effect }) => {
          for (const key of ['turn-1', 'turn-2']) await effect(key, { prompt: 'plain plan' }, async () => 'never');
          return done('something else');
        }),
      /its output is another one/,
    ));

  it('is refused for a run that has not ended or that a newer version wrote', async () => {
    const world = new World();
    const entries = await world.live();
    await assert.rejects(replayRun(entries.slice(0, -1), world.executor(), signal), { code: 'invalid-input' });
    const newer = entries.map((entry) => ({ ...entry, v: 999 }));
    await assert.rejects(replayRun(newer, world.executor(), signal), { code: 'storage-newer-version' });
  });
});
