import assert from 'node:assert/strict';
import { apply, markDue, markWaiting } from '../../../../src/core/engine/apply.ts';
import { endOf, nextReady } from '../../../../src/core/engine/decide.ts';
import { runEntry, taskEntry } from '../../../../src/core/engine/entries.ts';
import { type EntryDraft, JOURNAL_VERSION, type JournalBody } from '../../../../src/core/engine/journal-entry.ts';
import { initialState, type RunState, type TaskState } from '../../../../src/core/engine/state.ts';
import type { TaskSpec } from '../../../../src/core/graph/types.ts';
import { NO_USAGE } from '../../../../src/core/model.ts';
import { snapshot, task } from '../../../support/engine-fixture.ts';

/** A state that is told what happens, one second per entry. */
class Story {
  readonly state: RunState = initialState('R');

  constructor(...tasks: readonly TaskSpec[]) {
    this.run({ kind: 'run-started', payload: snapshot() });
    this.run({ kind: 'graph-extended', payload: { by: null, tasks } });
  }

  run(body: JournalBody): readonly TaskState[] {
    return this.#tell(runEntry(body));
  }

  task(id: string, body: JournalBody, attempt?: number): readonly TaskState[] {
    return this.#tell(taskEntry(this.get(id), body, attempt));
  }

  start(id: string, attempt = 1): void {
    this.task(id, { kind: 'task-started', payload: {} }, attempt);
  }

  complete(id: string): readonly TaskState[] {
    return this.task(id, {
      kind: 'task-completed',
      payload: { output: id, attempts: [], tokens: NO_USAGE, costUSD: 0 },
    });
  }

  fail(id: string): readonly TaskState[] {
    return this.task(id, {
      kind: 'task-failed',
      payload: { error: { code: 'task-failed', message: 'x', hint: null }, attempts: [] },
    });
  }

  get(id: string): TaskState {
    return this.state.tasks.get(id) ?? assert.fail(`no task ${id}`);
  }

  #tell(draft: EntryDraft): readonly TaskState[] {
    const seq = this.state.seq + 1;
    const at = new Date(seq * 1000).toISOString();
    return [...apply(this.state, { ...draft, runId: 'R', seq, epoch: 1, v: JOURNAL_VERSION, at })];
  }
}

const ids = (tasks: Iterable<TaskState>) => Array.from(tasks, ({ spec }) => spec.id);

/** What the state calls for. */
const decide = (state: RunState) => ({ skip: state.skips, start: nextReady(state), end: endOf(state) });

describe('the fold of a journal', () => {
  it('tells which tasks an entry changed, and no others', () => {
    const story = new Story(task('a'), task('b'), task('c', ['a', 'b']), task('d', ['a']));
    story.start('a');
    assert.deepEqual(ids(story.complete('a')), ['a', 'd']);
    story.start('b');
    assert.deepEqual(ids(story.complete('b')), ['b', 'c']);
  });

  it('names the task that failed as the reason of all that is skipped for it', () => {
    const story = new Story(task('a'), task('b', ['a']), task('c', ['b']));
    story.start('a');
    story.fail('a');
    assert.deepEqual(
      Array.from(decide(story.state).skip, ([one, { reason }]) => [one.spec.id, reason]),
      [['b', '"a" failed']],
    );
    story.task('b', { kind: 'task-skipped', payload: { reason: '"a" failed' } });
    assert.deepEqual(
      Array.from(decide(story.state).skip, ([one, { reason }]) => [one.spec.id, reason]),
      [['c', '"a" failed']],
    );
  });

  it('leaves a task skipped when what else it waited for completes later', () => {
    const story = new Story(task('a'), task('b'), task('c', ['a', 'b']));
    story.start('a');
    story.start('b');
    story.fail('a');
    story.task('c', { kind: 'task-skipped', payload: { reason: '"a" failed' } });
    assert.deepEqual(ids(story.complete('b')), ['b']);
    assert.deepEqual([story.get('c').status, decide(story.state).start], ['skipped', null]);
  });

  it('lets a task run whose skipped dependency says so', () => {
    const story = new Story(task('a'), task('b', ['a'], { onError: 'continue' }), task('c', ['b']));
    story.start('a');
    story.fail('a');
    story.task('b', { kind: 'task-skipped', payload: { reason: '"a" failed' } });
    assert.equal(decide(story.state).start?.spec.id, 'c');
  });

  it('skips what is added behind a failed task, and what is added to a run that a failure ended', () => {
    const story = new Story(task('plan'), task('bad'), task('worse', [], { onError: 'fail' }));
    for (const id of ['plan', 'bad', 'worse']) story.start(id);
    story.fail('bad');
    story.complete('plan');
    story.run({ kind: 'graph-extended', payload: { by: 'plan', tasks: [task('x', ['bad']), task('y')] } });
    assert.deepEqual(ids(decide(story.state).skip.keys()), ['x']);
    assert.equal(decide(story.state).start?.spec.id, 'y');
    story.fail('worse');
    story.run({ kind: 'graph-extended', payload: { by: 'plan', tasks: [task('z')] } });
    assert.deepEqual(ids(decide(story.state).skip.keys()), ['x', 'y', 'z']);
    assert.equal(decide(story.state).start, null);
  });

  it('moves a ready task forward when its path grows', () => {
    const story = new Story(task('plan', [], { priority: 9 }), task('a'), task('b'));
    story.start('plan');
    assert.equal(decide(story.state).start?.spec.id, 'a');
    story.complete('plan');
    story.run({ kind: 'graph-extended', payload: { by: 'plan', tasks: [task('after-b', ['b'])] } });
    assert.equal(decide(story.state).start?.spec.id, 'b');
    assert.equal(decide(story.state).start?.spec.id, 'b', 'looking must change nothing');
  });

  it('keeps a failed attempt pending until somebody says that its time has come', () => {
    const story = new Story(task('a'));
    story.start('a');
    const error = { code: 'task-failed' as const, message: 'x', hint: null };
    story.task('a', { kind: 'task-retry', payload: { error, resumeAt: 'later', attempts: [] } });
    assert.deepEqual([story.get('a').status, decide(story.state).start], ['pending', null]);
    markDue(story.state, story.get('a'));
    assert.equal(decide(story.state).start?.spec.id, 'a');
    story.start('a', 2);
    const { attempt, error: now, retryAt } = story.get('a');
    assert.deepEqual([attempt, now, retryAt, decide(story.state).start], [2, null, null, null]);
  });

  it('starts nothing once the run was cancelled, and ends when all has ended', () => {
    const story = new Story(task('a'), task('b'));
    story.start('a');
    story.run({ kind: 'run-cancel-requested', payload: { reason: 'enough' } });
    assert.deepEqual([decide(story.state).start, decide(story.state).end], [null, null]);
    for (const id of ['a', 'b']) story.task(id, { kind: 'task-cancelled', payload: {} });
    assert.equal(decide(story.state).end, 'cancelled');
  });

  it('skips an attempt that a crash cut off in a run that a failure ended', () => {
    const story = new Story(task('a'), task('bad', [], { onError: 'fail' }));
    story.start('a');
    story.start('bad');
    story.fail('bad');
    assert.deepEqual(ids(decide(story.state).skip.keys()), []);
    story.run({ kind: 'run-resumed', payload: { owner: 'one' } });
    assert.deepEqual(
      Array.from(decide(story.state).skip, ([one, { reason }]) => [one.spec.id, reason]),
      [['a', '"bad" failed and ends the run']],
    );
  });

  it('forgets outcomes with their attempt, but not when the attempt goes on', () => {
    const story = new Story(task('a'));
    story.start('a');
    story.task('a', { kind: 'effect-outcome', payload: { key: 'k', result: 1 } });
    story.run({ kind: 'run-interrupted', payload: { error: { code: 'cancelled', message: 'x', hint: null } } });
    assert.deepEqual(
      [story.state.status, story.get('a').status, story.get('a').interrupted],
      ['interrupted', 'ready', true],
    );
    story.run({ kind: 'run-resumed', payload: { owner: 'one' } });
    story.start('a', 1);
    assert.equal(story.get('a').outcomes?.get('k'), 1);
    story.start('a', 2);
    assert.equal(story.get('a').outcomes?.get('k'), undefined);
  });

  it('counts only the time in which the run went on', () => {
    const story = new Story(task('a'));
    story.start('a');
    // Entries 1 to 3 are a second apart; the process dies, and hours later the run is taken up.
    story.state.seq = 10_000;
    story.run({ kind: 'run-resumed', payload: { owner: 'one' } });
    story.run({ kind: 'run-interrupted', payload: { error: { code: 'cancelled', message: 'x', hint: null } } });
    assert.equal(story.state.activeMs, 2_000 + 1_000);
  });

  it('takes a wait as running, and shows it only where it was marked', () => {
    const story = new Story(task('a'));
    markWaiting(story.get('a'), true);
    assert.equal(story.get('a').status, 'ready');
    story.start('a');
    markWaiting(story.get('a'), true);
    assert.equal(story.get('a').status, 'waiting');
    story.run({ kind: 'run-resumed', payload: { owner: 'one' } });
    assert.equal(story.get('a').interrupted, true);
  });

  it('does not mind a dependency that is named twice', () => {
    const story = new Story(task('a'), task('b', ['a', 'a']));
    story.start('a');
    story.complete('a');
    assert.equal(decide(story.state).start?.spec.id, 'b');
    story.start('b');
    story.complete('b');
    assert.equal(decide(story.state).end, 'completed');
  });

  it('refuses a journal that names a task it does not have', () => {
    const story = new Story(task('a'));
    const stranger = { ...story.get('a'), instanceId: 'b' };
    const entry = {
      ...taskEntry(stranger, { kind: 'task-started', payload: {} }),
      runId: 'R',
      seq: 3,
      epoch: 1,
      v: 1,
      at: '',
    };
    assert.throws(() => apply(story.state, entry), /unknown task b/);
  });
});
