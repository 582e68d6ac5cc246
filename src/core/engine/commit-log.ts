import type { EnsembleEvent, EventBody, EventListener } from '../events.ts';
import type { Clock, RunJournal, RunOwner } from '../ports.ts';
import { apply } from './apply.ts';
import { type EntryDraft, JOURNAL_VERSION, type JournalEntry, type JournalWrite } from './journal-entry.ts';
import { projectMessages, projectRun, projectTask } from './projections.ts';
import { applyWithEvents } from './replay-events.ts';
import type { RunState, TaskState } from './state.ts';

/** What waits for nothing. */
const DURABLE: Promise<void> = Promise.resolve();

/** Where a run's entries go and what is told of them. */
export interface CommitLogParts {
  readonly state: RunState;
  /** Null: the run is not kept, so its entries are applied and forgotten. */
  readonly journal: RunJournal | null;
  readonly clock: Clock;
  /** Must not throw; null: nobody listens, so no event is made. */
  readonly listener: EventListener | null;
}

/** Entries that become durable together. */
interface Batch {
  readonly at: string;
  readonly drafts: EntryDraft[];
  readonly events: EnsembleEvent[];
  readonly changed: Set<TaskState>;
  /** Ids of the messages that were sent or delivered. */
  readonly messages: Set<number>;
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
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
  readonly #tellFailed: (error: unknown) => void;
  #batch: Batch | null = null;
  #writing = false;
  /** Seq of the last entry whose events were shown. */
  #shownSeq: number;
  /** Nothing to write, nobody to tell. */
  readonly #silent: boolean;
  #lastMs = Number.NaN;
  #lastAt = '';
  /** Refuses all appends after a failure. */
  #refusal: Promise<never> | null = null;

  constructor(parts: CommitLogParts) {
    this.#parts = parts;
    this.#silent = parts.journal === null && parts.listener === null;
    this.#shownSeq = parts.state.seq;
    const { promise, resolve } = withResolvers<unknown>();
    this.failed = promise;
    this.#tellFailed = resolve;
  }

  /** Creates the run with its first entries. */
  async create(owner: RunOwner, drafts: readonly EntryDraft[]): Promise<void> {
    const batch = this.#newBatch();
    this.#take(batch, drafts);
    await this.#parts.journal?.create(this.#parts.state.runId, owner, this.#writeOf(batch));
    this.#show(batch.events);
  }

  /**
   * Appends entries that belong together; resolves when they are durable and their events were shown. Rejects `run-lost`
   * when another owner took the run over; after that, and after any other failure, everything rejects. Who does not wait
   * need not care: a rejection that nobody looks at is no unhandled one, and {@link failed} tells of it.
   */
  append(drafts: readonly EntryDraft[]): Promise<void> {
    if (this.#refusal !== null) return this.#refusal;
    if (this.#silent) {
      for (const draft of drafts) apply(this.#parts.state, this.#entryOf(draft, this.#now()));
      return DURABLE;
    }
    const batch = this.#open();
    this.#take(batch, drafts);
    return batch.durable;
  }

  /** Writes the row of a task anew that changed without an entry (it waits). Rejects as {@link append} does. */
  project(task: TaskState): Promise<void> {
    if (this.#refusal !== null) return this.#refusal;
    if (this.#parts.journal === null) return DURABLE;
    const batch = this.#open();
    batch.changed.add(task);
    return batch.durable;
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
    const { promise: durable, resolve, reject } = withResolvers<void>();
    durable.catch(() => undefined);
    return {
      at: this.#now(),
      drafts: [],
      events: [],
      changed: new Set(),
      messages: new Set(),
      durable,
      resolve,
      reject,
    };
  }

  #take({ at, drafts: gathered, events, changed, messages }: Batch, drafts: readonly EntryDraft[]): void {
    const { state, journal, listener } = this.#parts;
    for (const draft of drafts) {
      const entry = this.#entryOf(draft, at);
      const touched = listener === null ? apply(state, entry) : applyWithEvents(state, entry, events);
      if (journal === null) continue;
      gathered.push(draft);
      for (const task of touched) changed.add(task);
      if (draft.kind === 'message-sent') messages.add(draft.payload.id);
      if (draft.kind === 'message-delivered') for (const id of draft.payload.ids) messages.add(id);
    }
  }

  #entryOf({ kind, payload, instanceId, attempt }: EntryDraft, at: string): JournalEntry {
    const { runId, seq, epoch } = this.#parts.state;
    return { kind, payload, instanceId, attempt, runId, seq: seq + 1, epoch, v: JOURNAL_VERSION, at } as JournalEntry;
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
    // Whatever else this turn has to say goes into the same batch.
    await null;
    const { state, journal } = this.#parts;
    for (let batch = this.#batch; batch !== null; batch = this.#batch) {
      this.#batch = null;
      try {
        if (journal !== null) await journal.append(state.runId, state.epoch, this.#writeOf(batch));
        this.#show(batch.events);
        batch.resolve();
      } catch (error) {
        this.#fail(batch, error);
      }
    }
    this.#writing = false;
  }

  #fail(batch: Batch, error: unknown): void {
    this.#refusal = Promise.reject(error);
    this.#refusal.catch(() => undefined);
    for (const lost of [batch, this.#batch]) lost?.reject(error);
    this.#batch = null;
    this.#tellFailed(error);
  }

  #writeOf({ at, drafts, changed, messages }: Batch): JournalWrite {
    const { state } = this.#parts;
    const write = { at, entries: drafts, run: projectRun(state), tasks: Array.from(changed, projectTask) };
    return messages.size === 0 ? write : { ...write, messages: projectMessages(state, messages) };
  }

  #show(events: readonly EnsembleEvent[]): void {
    for (const event of events) {
      this.#shownSeq = event.seq;
      this.#parts.listener?.(event);
    }
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
