import { EnsembleError } from '../errors.ts';
import type { Page, RunJournal, RunRecord } from '../ports.ts';
import type { JournalEntry } from './journal-entry.ts';

const NOTHING: readonly JournalEntry[] = [];

/**
 * A journal that keeps nothing, for graphs that need no resume: there is one writer, which numbers and folds its entries
 * itself. It is the default of `runGraph`, where a task costs microseconds; what should survive gets a real journal.
 */
export class TransientJournal implements RunJournal {
  async create(): Promise<readonly JournalEntry[]> {
    return NOTHING;
  }

  async append(): Promise<readonly JournalEntry[]> {
    return NOTHING;
  }

  claim(runId: string): Promise<never> {
    return Promise.reject(new EnsembleError('not-found', `Run ${runId} was not kept: it had no journal.`));
  }

  async release(): Promise<void> {}

  async read(): Promise<readonly JournalEntry[]> {
    return NOTHING;
  }

  async get(): Promise<RunRecord | null> {
    return null;
  }

  async list(): Promise<Page<RunRecord>> {
    return { items: [], total: 0 };
  }

  async tasks(): Promise<readonly never[]> {
    return [];
  }
}
