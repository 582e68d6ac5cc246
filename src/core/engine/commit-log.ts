import type { EnsembleEvent, EventBody, EventListener } from '../events.ts';
import type { Clock, RunJournal } from '../ports.ts';
import { type EntryDraft, JOURNAL_VERSION, type JournalEntry, type JournalWrite } from './journal-entry.ts';
import { projectRun, projectTask } from './projections.ts';
import { applyWithEvents } from './replay-events.ts';
import type { RunState, TaskState } from './state.ts';

/**
 * Writes a run's entries. The state advances at once, so that the next decision sees it; effects and events wait until the
 * entries are durable. There is one writer per run (the epoch sees to that), so the sequence numbers given here are the
 * journal's.
 */
export class CommitLog {
  readonly #state: RunState;
  readonly #journal: RunJournal;
  readonly #clock: Clock;
  readonly #listener: EventListener;
  /** Seq of the last entry whose events were shown. */
  #shownSeq = 0;

  constructor(state: RunState, journal: RunJournal, clock: Clock, listener: EventListener) {
    this.#state = state;
    this.#journal = journal;
    this.#clock = clock;
    this.#listener = listener;
    this.#shownSeq = state.seq;
  }

  /** Appends to the run; rejects `run-lost` when another owner took it over. */
  append(drafts: readonly EntryDraft[]): Promise<void> {
    const { write, events } = this.#advance(drafts);
    return this.#show(this.#journal.append(this.#state.runId, this.#state.epoch, write), events);
  }

  /** Creates the run with its first entries. */
  create(owner: Parameters<RunJournal['create']>[1], drafts: readonly EntryDraft[]): Promise<void> {
    const { write, events } = this.#advance(drafts);
    return this.#show(this.#journal.create(this.#state.runId, owner, write), events);
  }

  /** Shows an event that is not journaled, under the seq of the last entry shown. */
  show(body: EventBody): void {
    const at = new Date(this.#clock.now()).toISOString();
    this.#listener({ ...body, schema: 1, runId: this.#state.runId, seq: this.#shownSeq, at });
  }

  #advance(drafts: readonly EntryDraft[]): { write: JournalWrite; events: EnsembleEvent[] } {
    const at = new Date(this.#clock.now()).toISOString();
    const { runId, epoch } = this.#state;
    const events: EnsembleEvent[] = [];
    const touched = new Set<TaskState>();
    for (const draft of drafts) {
      const entry: JournalEntry = { ...draft, runId, seq: this.#state.seq + 1, epoch, v: JOURNAL_VERSION, at };
      events.push(...applyWithEvents(this.#state, entry));
      for (const task of touchedBy(this.#state, entry)) touched.add(task);
    }
    const write = { at, entries: drafts, run: projectRun(this.#state), tasks: Array.from(touched, projectTask) };
    return { write, events };
  }

  async #show(durable: Promise<unknown>, events: readonly EnsembleEvent[]): Promise<void> {
    await durable;
    for (const event of events) {
      this.#shownSeq = event.seq;
      this.#listener(event);
    }
  }
}

/** Tasks whose rows an entry changes. */
function touchedBy(state: RunState, entry: JournalEntry): Iterable<TaskState> {
  switch (entry.kind) {
    case 'effect-intent':
    case 'effect-outcome':
      return [];
    case 'graph-extended':
      return entry.payload.tasks.map((spec) => state.tasks.get(spec.id)).filter((task) => task !== undefined);
    case 'run-resumed':
    case 'run-interrupted':
      return [...state.tasks.values()].filter((task) => task.interrupted);
    default: {
      const task = entry.instanceId === null ? undefined : state.byInstance.get(entry.instanceId);
      return task ? [task, ...task.dependents] : [];
    }
  }
}
