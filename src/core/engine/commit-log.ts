import type { EnsembleEvent, EventBody, EventListener } from '../events.ts';
import type { Clock, RunJournal, RunOwner } from '../ports.ts';
import { advance, advanceTask, beginAttempt, completeTask, type TaskEntry, tick } from './apply.ts';
import type { EntryDraft, JournalWrite, TaskCompletion, TaskProjection } from './journal-entry.ts';
import { projectMessages, projectRun, projectTask } from './projections.ts';
import { advanceTaskWithEvents, advanceWithEvents } from './replay-events.ts';
import type { RunState, TaskState } from './state.ts';

/** Where a run's entries go and what is told of them. */
export interface CommitLogParts {
  readonly state: RunState;
  /** Null: the run is not kept, so its entries are applied and forgotten. */
  readonly journal: RunJournal | null;
  readonly clock: Clock;
  /** Must not throw; null: nobody listens, so no event is made. */
  readonly listener: EventListener | null;
  /** Hears of entries once they are durable. Must not throw. Default: nobody wants them. */
  readonly observer?: EntryObserver | null;
}

/** Hears of entries that have become durable, in order; `at` is their time (ISO-8601 UTC). */
export type EntryObserver = (entries: readonly EntryDraft[], at: string) => void;

/** Entries that become durable together. */
interface Batch {
  readonly at: string;
  /** What the journal is to keep; null: there is no journal. */
  readonly kept: Kept | null;
  readonly events: EnsembleEvent[];
  /** Who waits until they are durable, in the order of asking. */
  readonly waiting: Waiting[];
}

interface Kept {
  readonly drafts: EntryDraft[];
  readonly changed: Set<TaskState>;
  /** Ids of the messages that were sent or delivered; null: none was. */
  messages: Set<number> | null;
}

/** Hears that entries are durable, or why they never will be. */
export interface Waiting {
  durable(): void;
  refused(error: unknown): void;
}

/**
 * Writes a run's entries. The state advances at once, so that the next decision sees it; effects and events wait until the
 * entries are durable. Entries of one turn travel together, and the next batch leaves only when the one before it is
 * durable: what the journal keeps is always a prefix of what happened, also when a write fails. There is one writer per
 * run (the epoch sees to that), so the sequence numbers counted here are the journal's.
 */
export class CommitLog {
  /** Resolves with the reason when a write was refused: from then on nothing is written and nothing is shown. */
  readonly failed: Promise<unknown>;
  readonly #parts: CommitLogParts;
  /** True: nobody keeps the entries or hears of them, so the two of every task are not even made. */
  readonly #isQuiet: boolean;
  readonly #tellFailed: (error: unknown) => void;
  #batch: Batch | null = null;
  #writing = false;
  /** Seq of the last entry whose events were shown. */
  #shownSeq: number;
  #lastMs = Number.NaN;
  #lastAt = '';
  /** Refuses all appends after a failure. */
  #refusal: Promise<never> | null = null;

  constructor(parts: CommitLogParts) {
    this.#parts = parts;
    this.#isQuiet = parts.journal === null && parts.listener === null;
    this.#shownSeq = parts.state.seq;
    let tell: (error: unknown) => void = () => undefined;
    this.failed = new Promise((resolve) => {
      tell = resolve;
    });
    this.#tellFailed = tell;
  }

  /** Creates the run with its first entries. */
  async create(owner: RunOwner, drafts: readonly EntryDraft[]): Promise<void> {
    const batch = this.#newBatch();
    for (const draft of drafts) this.#add(batch, draft);
    const { journal, state } = this.#parts;
    if (journal !== null && batch.kept !== null)
      await journal.create(state.runId, owner, this.#writeOf(batch.at, batch.kept));
    this.#show(batch);
  }

  /**
   * Appends entries that belong together; resolves when they are durable and their events were shown. Rejects `run-lost`
   * when another owner took the run over; after that, and after any other failure, everything rejects. Who does not wait
   * need not care: a rejection that nobody looks at is no unhandled one, and {@link failed} tells of it.
   */
  append(drafts: readonly EntryDraft[]): Promise<void> {
    if (this.#refusal !== null) return this.#refusal;
    const batch = this.#open();
    for (const draft of drafts) this.#add(batch, draft);
    return durable(batch);
  }

  /**
   * As {@link append} with one entry that `waiting`, if somebody, hears of: a promise for each would cost more than all the rest
   * of a small task. After a failure nothing is heard here; {@link failed} tells of it.
   */
  write(draft: EntryDraft, waiting: Waiting | null): void {
    if (this.#refusal !== null) return;
    const batch = this.#open();
    this.#add(batch, draft);
    if (waiting !== null) batch.waiting.push(waiting);
  }

  /** {@link write}s that the attempt with this number begins, which `waiting` hears of. */
  started(task: TaskState, attempt: number, waiting: Waiting): void {
    if (!this.#isQuiet) {
      this.#writeOfTask(
        task,
        { kind: 'task-started', payload: NOTHING, instanceId: task.instanceId, attempt },
        waiting,
      );
      return;
    }
    const batch = this.#open();
    tick(this.#parts.state, batch.at);
    beginAttempt(this.#parts.state, task, attempt, batch.at);
    batch.waiting.push(waiting);
  }

  /** {@link write}s that a task is completed. */
  completed(task: TaskState, completion: TaskCompletion): void {
    if (!this.#isQuiet) {
      const { instanceId, attempt } = task;
      this.#writeOfTask(task, { kind: 'task-completed', payload: completion, instanceId, attempt }, null);
      return;
    }
    const at = this.#now();
    tick(this.#parts.state, at);
    completeTask(this.#parts.state, task, completion, at, null);
  }

  #writeOfTask(task: TaskState, draft: TaskEntry, waiting: Waiting | null): void {
    if (this.#refusal !== null) return;
    const { at, kept, events, waiting: all } = this.#open();
    const { state, listener } = this.#parts;
    const changed = kept === null ? null : kept.changed;
    if (listener === null) advanceTask(state, task, draft, at, changed);
    else advanceTaskWithEvents(state, task, draft, at, changed, events);
    kept?.drafts.push(draft);
    if (waiting !== null) all.push(waiting);
  }

  /** Writes the row of a task anew that changed without an entry (it waits). Rejects as {@link append} does. */
  project(task: TaskState): Promise<void> {
    if (this.#refusal !== null) return this.#refusal;
    const batch = this.#open();
    batch.kept?.changed.add(task);
    return durable(batch);
  }

  /** Shows an event that is not journaled, under the seq of the last entry shown. Nothing once the log has failed. */
  show(body: EventBody): void {
    const { listener } = this.#parts;
    if (this.#refusal !== null || listener === null) return;
    listener({ ...body, schema: 1, runId: this.#parts.state.runId, seq: this.#shownSeq, at: this.#now() });
  }

  /** The batch that gathers entries now. */
  #open(): Batch {
    this.#batch ??= this.#newBatch();
    if (!this.#writing) void this.#writeAll();
    return this.#batch;
  }

  #newBatch(): Batch {
    const kept = this.#parts.journal && { drafts: [], changed: new Set<TaskState>(), messages: null };
    return { at: this.#now(), kept, events: this.#parts.listener === null ? NO_EVENTS : [], waiting: [] };
  }

  #add({ at, kept, events }: Batch, draft: EntryDraft): void {
    const { state, listener } = this.#parts;
    const changed = kept === null ? null : kept.changed;
    if (listener === null) advance(state, draft, at, changed);
    else advanceWithEvents(state, draft, at, changed, events);
    if (kept === null) return;
    kept.drafts.push(draft);
    if (draft.kind === 'message-sent') tellMessages(kept, [draft.payload.id]);
    else if (draft.kind === 'message-delivered') tellMessages(kept, draft.payload.ids);
  }

  /** ISO time by the clock; the text is made once per millisecond. */
  #now(): string {
    const ms = this.#parts.clock.now();
    if (ms !== this.#lastMs) {
      this.#lastMs = ms;
      this.#lastAt = new Date(ms).toISOString();
    }
    return this.#lastAt;
  }

  /** Writes batch after batch until none is open. */
  async #writeAll(): Promise<void> {
    this.#writing = true;
    const { state, journal } = this.#parts;
    for (;;) {
      // Whatever else this turn has to say goes into the same batch.
      await null;
      const batch = this.#batch;
      if (batch === null) break;
      this.#batch = null;
      try {
        const { at, kept, waiting } = batch;
        if (journal !== null && kept !== null) await journal.append(state.runId, state.epoch, this.#writeOf(at, kept));
        this.#show(batch);
        for (const one of waiting) one.durable();
      } catch (error) {
        this.#fail(batch, error);
      }
    }
    this.#writing = false;
  }

  #fail(batch: Batch, error: unknown): void {
    this.#refusal = Promise.reject(error);
    this.#refusal.catch(() => undefined);
    for (const lost of [batch, this.#batch]) for (const one of lost?.waiting ?? []) one.refused(error);
    this.#batch = null;
    this.#tellFailed(error);
  }

  #writeOf(at: string, { drafts, changed, messages }: Kept): JournalWrite {
    const { state } = this.#parts;
    const tasks: TaskProjection[] = [];
    for (const task of changed) tasks.push(projectTask(task));
    const write = { at, entries: drafts, run: projectRun(state), tasks };
    return messages === null ? write : { ...write, messages: projectMessages(state, messages) };
  }

  #show({ at, kept, events }: Batch): void {
    if (kept !== null && kept.drafts.length > 0) this.#parts.observer?.(kept.drafts, at);
    for (const event of events) {
      this.#shownSeq = event.seq;
      this.#parts.listener?.(event);
    }
  }
}

const NOTHING = {};

/** Where nobody listens. */
const NO_EVENTS: EnsembleEvent[] = [];

function tellMessages(kept: Kept, ids: readonly number[]): void {
  kept.messages ??= new Set();
  for (const id of ids) kept.messages.add(id);
}

/** Settles with the batch; a rejection that nobody looks at is no unhandled one. */
function durable({ waiting }: Batch): Promise<void> {
  const promise = new Promise<void>((resolve, reject) => waiting.push({ durable: resolve, refused: reject }));
  promise.catch(() => undefined);
  return promise;
}
