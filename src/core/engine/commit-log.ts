import { EnsembleError } from '../errors.ts';
import type { EnsembleEvent, EventBody, EventListener } from '../events.ts';
import type { Clock, RunJournal, RunOwner } from '../ports.ts';
import { type EntryDraft, JOURNAL_VERSION, type JournalWrite } from './journal-entry.ts';
import { projectRun, projectTask } from './projections.ts';
import { applyWithEvents } from './replay-events.ts';
import type { RunState, TaskState } from './state.ts';

/** Where a run's entries go and what is told of them. */
export interface CommitLogParts {
  readonly state: RunState;
  readonly journal: RunJournal;
  readonly clock: Clock;
  /** Must not throw. */
  readonly listener: EventListener;
}

/** Entries that become durable together. */
interface Batch {
  readonly at: string;
  readonly drafts: EntryDraft[];
  readonly events: EnsembleEvent[];
  readonly changed: Set<TaskState>;
  readonly durable: Promise<void>;
  readonly settle: { resolve(): void; reject(error: unknown): void };
}

/**
 * Writes a run's entries. The state advances at once, so that the next decision sees it; effects and events wait until the
 * entries are durable. Entries of one turn travel together, and the next batch leaves only when the one before it is
 * durable: what the journal keeps is always a prefix of what happened, also when a write fails. There is one writer per
 * run (the epoch sees to that), so the sequence numbers counted here are the journal's.
 */
export class CommitLog {
  readonly #parts: CommitLogParts;
  #batch: Batch | null = null;
  #writing = false;
  /** Seq of the last entry whose events were shown. */
  #shownSeq: number;
  /** Why nothing is written any more. */
  #failure: unknown = null;

  constructor(parts: CommitLogParts) {
    this.#parts = parts;
    this.#shownSeq = parts.state.seq;
  }

  /** Creates the run with its first entries. */
  async create(owner: RunOwner, drafts: readonly EntryDraft[]): Promise<void> {
    const batch = this.#newBatch();
    this.#take(batch, drafts);
    await this.#parts.journal.create(this.#parts.state.runId, owner, this.#writeOf(batch));
    this.#show(batch.events);
  }

  /**
   * Appends entries that belong together; resolves when they are durable and their events were shown. Rejects `run-lost`
   * when another owner took the run over; after that, and after any other failure, everything rejects.
   */
  append(drafts: readonly EntryDraft[]): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const batch = this.#open();
    this.#take(batch, drafts);
    return batch.durable;
  }

  /** Writes the row of a task anew that changed without an entry (it waits). Rejects as {@link append} does. */
  project(task: TaskState): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const batch = this.#open();
    batch.changed.add(task);
    return batch.durable;
  }

  /** Shows an event that is not journaled, under the seq of the last entry shown. Nothing once the log has failed. */
  show(body: EventBody): void {
    if (this.#failure !== null) return;
    const at = new Date(this.#parts.clock.now()).toISOString();
    this.#parts.listener({ ...body, schema: 1, runId: this.#parts.state.runId, seq: this.#shownSeq, at });
  }

  /** The batch that gathers entries now. */
  #open(): Batch {
    this.#batch ??= this.#newBatch();
    if (!this.#writing) void this.#writeAll();
    return this.#batch;
  }

  #newBatch(): Batch {
    const { promise: durable, ...settle } = withResolvers();
    // Not everybody who appends waits; whoever does hears the rejection.
    durable.catch(() => undefined);
    const at = new Date(this.#parts.clock.now()).toISOString();
    return { at, drafts: [], events: [], changed: new Set(), durable, settle };
  }

  #take({ at, drafts: gathered, events, changed }: Batch, drafts: readonly EntryDraft[]): void {
    const { state } = this.#parts;
    for (const draft of drafts) {
      gathered.push(draft);
      const entry = { ...draft, runId: state.runId, seq: state.seq + 1, epoch: state.epoch, v: JOURNAL_VERSION, at };
      for (const task of applyWithEvents(state, entry, events)) changed.add(task);
    }
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
        await journal.append(state.runId, state.epoch, this.#writeOf(batch));
        this.#show(batch.events);
        batch.settle.resolve();
      } catch (error) {
        this.#fail(batch, error);
      }
    }
    this.#writing = false;
  }

  #fail(batch: Batch, error: unknown): void {
    this.#failure = error ?? new EnsembleError('storage-failed', 'The journal does not take entries.');
    batch.settle.reject(this.#failure);
    const next: Batch | null = this.#batch;
    this.#batch = null;
    next?.settle.reject(this.#failure);
  }

  #writeOf({ at, drafts, changed }: Batch): JournalWrite {
    return { at, entries: drafts, run: projectRun(this.#parts.state), tasks: Array.from(changed, projectTask) };
  }

  #show(events: readonly EnsembleEvent[]): void {
    for (const event of events) {
      this.#shownSeq = event.seq;
      this.#parts.listener(event);
    }
  }
}

function withResolvers(): { promise: Promise<void>; resolve(): void; reject(error: unknown): void } {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
