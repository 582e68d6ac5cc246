import assert from 'node:assert/strict';
import type { TaskOutcome } from '../../../../src/core/ports.ts';
import { behaviourOf, engineOn, finish, OWNER, snapshot, TestRun, task } from '../../../support/engine-fixture.ts';
import { FailingJournal } from '../../../support/failing-journal.ts';
import { done, ScriptedExecutor, untilAborted } from '../../../support/scripted-executor.ts';

const WATCHED = snapshot(3, { silenceMs: 1_000 });
const TWICE = { retry: { maxAttempts: 2, initialDelayMs: 0, maxDelayMs: 0 } };

describe('a task that gives no sign of life', () => {
  it('is aborted, told, and repeated as its policy says', async () => {
    const run = new TestRun(
      new ScriptedExecutor({
        t: (execution, context) => (execution.attempt === 1 ? untilAborted(context) : done('late')),
      }),
    );
    const result = await run.run([task('t', [], TWICE)], WATCHED);
    assert.equal(result.result, 't=late');
    const errors = run.events.flatMap((event) => (event.type === 'task:error' ? [event] : []));
    assert.deepEqual(
      errors.map(({ error, willRetry }) => [error.code, error.message, willRetry]),
      [['task-silent', 'Task "t" has given no sign of life for 1 s.', true]],
    );
  });

  it('fails when its attempts are used up', async () => {
    const run = new TestRun(new ScriptedExecutor({ t: (_, context) => untilAborted(context) }));
    const result = await run.run([task('t')], WATCHED);
    assert.deepEqual([result.status, result.tasks[0]?.error?.code], ['failed', 'task-silent']);
  });

  it('is left alone while it writes, calls, notes or waits, however long', async () => {
    const run: TestRun = new TestRun(
      new ScriptedExecutor({
        t: async (_, { delta, notify, effect, waiting }): Promise<TaskOutcome> => {
          for (let turn = 0; turn < 5; turn++) {
            await run.clock.sleep(900);
            delta('text', false);
            await run.clock.sleep(900);
            notify({ type: 'notice', message: 'still here' });
            await run.clock.sleep(900);
            await effect(`turn-${turn}`, null, () => run.clock.sleep(900).then(() => null));
            await waiting(() => run.clock.sleep(60_000));
          }
          return done('long');
        },
      }),
    );
    assert.equal((await run.run([task('t')], WATCHED)).result, 't=long');
  });
});

describe('a run whose process has ended without a word', () => {
  /** Dies at the given append of each process. */
  async function dying(run: TestRun, appends: number, resume: boolean, force = false) {
    const failing = new FailingJournal(run.journal, appends, true);
    const engine = engineOn(failing.journal, run.clock);
    const behaviour = behaviourOf(new ScriptedExecutor({}, () => done()));
    const plan = { runId: 'R', snapshot: snapshot(), tasks: [task('a'), task('b', ['a'])] };
    const begun = resume ? engine.resume('R', () => behaviour, { force }) : engine.start(plan, behaviour);
    await assert.rejects(
      finish(
        run.clock,
        begun.then(({ result }) => result),
      ),
      { message: 'The process died here.' },
    );
  }

  it('is marked as interrupted, without time passing, and goes on', async () => {
    const run = new TestRun(new ScriptedExecutor({}, () => done('x')));
    await dying(run, 2, false);
    assert.equal((await run.journal.get('R'))?.status, 'running');
    const before = await run.journal.read('R');
    await run.clock.advance(3_600_000);
    await run.engine.markInterrupted('R');
    const record = await run.journal.get('R');
    assert.deepEqual([record?.status, record?.owner], ['interrupted', null]);
    assert.match(record?.error?.message ?? '', /process that ran it has ended/);
    const [entry] = (await run.journal.read('R')).slice(before.length);
    assert.deepEqual([entry?.kind, entry?.at], ['run-interrupted', before.at(-1)?.at]);
    await run.engine.markInterrupted('R');
    assert.equal((await run.journal.read('R')).length, before.length + 1, 'once is enough');
    assert.equal((await run.resume()).status, 'completed');
  });

  it('is not marked while its owner lives', async () => {
    const run = new TestRun(new ScriptedExecutor({ a: (_, context) => untilAborted(context) }));
    const handle = await run.start([task('a')]);
    const other = { ...OWNER, nonce: 'two' };
    await assert.rejects(run.journal.claim('R', other), { code: 'run-owned-elsewhere' });
    await assert.rejects(run.engine.markInterrupted('R'), { code: 'run-owned-elsewhere' });
    await handle.cancel(true);
  });

  it('is not taken up a fourth time when it gets no further, unless by force', async () => {
    const run = new TestRun(new ScriptedExecutor({}, () => done('x')));
    await dying(run, 1, false);
    for (let time = 0; time < 3; time++) {
      await dying(run, 1, true);
      await run.engine.markInterrupted('R');
    }
    await assert.rejects(
      run.engine.resume('R', () => run.behaviour),
      { code: 'crash-loop' },
    );
    assert.equal((await run.journal.get('R'))?.owner, null, 'it is left to others');
    const handle = await run.engine.resume('R', () => run.behaviour, { force: true });
    assert.equal((await finish(run.clock, handle.result)).status, 'completed');
  });

  it('may end any number of processes as long as it gets further', async () => {
    const run = new TestRun(new ScriptedExecutor({}, () => done('x')));
    await dying(run, 1, false);
    await dying(run, 1, true);
    await dying(run, 1, true);
    await dying(run, 4, true);
    await dying(run, 1, true);
    await dying(run, 1, true);
    assert.equal((await run.resume()).status, 'completed');
  });
});
