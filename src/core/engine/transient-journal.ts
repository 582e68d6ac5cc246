import { EnsembleError } from '../errors.ts';
import type { RunJournal, RunRecord } from '../ports.ts';
import { JOURNAL_VERSION, type JournalEntry, type JournalWrite } from './journal-entry.ts';

/**
 * A journal for graphs that need no resume: orders entries and keeps none. It is the default of `runGraph`, where a task
 * costs microseconds; anything that should survive gets a real journal.
 */
export class TransientJournal implements RunJournal {
  readonly #lastSeq = new Map<string, number>();

  create(runId: string, _owner: unknown, write: JournalWrite): Promise<readonly JournalEntry[]> {
    this.#lastSeq.set(runId, 0);
    return this.append(runId, 1, write);
  }

  async append(runId: string, epoch: number, write: JournalWrite): Promise<readonly JournalEntry[]> {
    const first = (this.#lastSeq.get(runId) ?? 0) + 1;
    this.#lastSeq.set(runId, first + write.entries.length - 1);
    const at = write.at ?? '';
    return write.entries.map((draft, index) => ({
      ...draft,
      runId,
      seq: first + index,
      epoch,
      v: JOURNAL_VERSION,
      at,
    }));
  }

  claim(runId: string): Promise<never> {
    return Promise.reject(new EnsembleError('not-found', `Run ${runId} was not kept: it had no journal.`));
  }

  async release(runId: string): Promise<void> {
    this.#lastSeq.delete(runId);
  }

  async read(): Promise<readonly JournalEntry[]> {
    return [];
  }

  async get(): Promise<RunRecord | null> {
    return null;
  }

  async list(): Promise<{ items: readonly RunRecord[]; total: number }> {
    return { items: [], total: 0 };
  }

  async tasks(): Promise<readonly never[]> {
    return [];
  }
}
