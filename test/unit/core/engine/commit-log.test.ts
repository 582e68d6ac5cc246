import assert from 'node:assert/strict';
import { MemoryJournal } from '../../../../src/adapters/storage/memory/memory-journal.ts';
import { CommitLog } from '../../../../src/core/engine/commit-log.ts';
import { runEntry, taskEntry } from '../../../../src/core/engine/entries.ts';
import type { EntryDraft, JournalWrite } from '../../../../src/core/engine/journal-entry.ts';
import { initialState, type RunState } from '../../../../src/core/engine/state.ts';
import { EnsembleError } from '../../../../src/core/errors.ts';
import type { EnsembleEvent } from '../../../../src/core/events.ts';
import { OWNER, snapshot, task } from '../../../support/engine-fixture.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

/** A journal whose appends end when the test says so. */
class ManualJournal extends MemoryJournal {
  readonly writes: JournalWrite[] = [];
  #pending: { resolve(): void; reject(error: unknown): void }[] = [];

  override append(...[, , write]: [string?, number?, JournalWrite?]): Promise<void> {
    if (write) this.writes.push(write);
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }));
  }

  async settle(error?: EnsembleError): Promise<void> {
    const first = this.#pending.shift() ?? assert.fail('nothing is being written');
    if (error) first.reject(error);
    else first.resolve();
    await turn();
  }

  kinds(): string[][] {
    return this.writes.map(({ entries }) => entries.map(({ kind }) => kind));
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('CommitLog', () => {
  let journal: ManualJournal;
  let state: RunState;
  let events: EnsembleEvent[];
  let log: CommitLog;

  beforeEach(async () => {
    journal = new ManualJournal();
    state = initialState('R');
    events = [];
    log = new CommitLog({ state, journal, clock: new FakeClock(), listener: (event) => events.push(event) });
    await log.create(OWNER, [
      runEntry({ kind: 'run-started', payload: snapshot() }),
      runEntry({ kind: 'graph-extended', payload: { by: null, tasks: [task('a'), task('b', ['a'])] } }),
    ]);
    events.length = 0;
  });

  const started = (): EntryDraft =>
    taskEntry(state.tasks.get('a') ?? assert.fail(), { kind: 'task-started', payload: {} }, 1);
  const completed = (): EntryDraft => {
    const payload = { output: 'A', attempts: [], tokens: state.tokens, costUSD: 0 };
    return taskEntry(state.tasks.get('a') ?? assert.fail(), { kind: 'task-completed', payload });
  };

  it('advances the state at once, and tells of it when it is durable', async () => {
    let durable = false;
    void log.append([started()]).then(() => {
      durable = true;
    });
    assert.equal(state.tasks.get('a')?.status, 'running');
    await turn();
    assert.deepEqual([durable, events.length], [false, 0]);
    await journal.settle();
    assert.equal(durable, true);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['wave:start', 'task:start'],
    );
  });

  it('writes the entries of one turn together, with one time and the rows as they then are', async () => {
    void log.append([started()]);
    void log.append([completed()]);
    await turn();
    assert.deepEqual(journal.kinds(), [['task-started', 'task-completed']]);
    assert.deepEqual(
      journal.writes[0]?.tasks.map(({ taskId, status }) => [taskId, status]),
      [
        ['a', 'completed'],
        ['b', 'ready'],
      ],
    );
    assert.equal(journal.writes[0]?.run?.succeeded, 1);
    assert.equal(journal.writes[0]?.at, '2026-01-01T00:00:00.000Z');
  });

  it('never has two writes under way', async () => {
    void log.append([started()]);
    await turn();
    void log.append([completed()]);
    await turn();
    assert.deepEqual(journal.kinds(), [['task-started']]);
    await journal.settle();
    assert.deepEqual(journal.kinds(), [['task-started'], ['task-completed']]);
  });

  it('writes nothing more after a refusal: what was gathered meanwhile is refused with it', async () => {
    const lost = new EnsembleError('run-lost', 'taken over');
    const first = log.append([started()]);
    await turn();
    const second = log.append([completed()]);
    await journal.settle(lost);
    await assert.rejects(first, lost);
    await assert.rejects(second, lost);
    await assert.rejects(log.append([started()]), lost);
    await assert.rejects(log.project(state.tasks.get('a') ?? assert.fail()), lost);
    assert.equal(await log.failed, lost);
    log.show({ type: 'notice', message: 'late' });
    assert.deepEqual([journal.writes.length, events], [1, []]);
  });

  it('writes a row without an entry', async () => {
    void log.project(state.tasks.get('b') ?? assert.fail());
    await turn();
    assert.deepEqual(journal.kinds(), [[]]);
    assert.deepEqual(
      journal.writes[0]?.tasks.map(({ taskId }) => taskId),
      ['b'],
    );
  });

  it('shows what is not journaled under the last seq that was shown', async () => {
    void log.append([started()]);
    log.show({ type: 'notice', message: 'before' });
    await turn();
    await journal.settle();
    log.show({ type: 'notice', message: 'after' });
    assert.deepEqual(
      events.map(({ seq, type }) => [seq, type]),
      [
        [2, 'notice'],
        [3, 'wave:start'],
        [3, 'task:start'],
        [3, 'notice'],
      ],
    );
  });
});
