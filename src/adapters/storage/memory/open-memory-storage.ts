import type { Storage } from '../storage.ts';
import { MemoryHistory } from './memory-history.ts';
import { MemoryJournal } from './memory-journal.ts';
import { MemoryQuota } from './memory-quota.ts';
import { MemoryStores } from './memory-stores.ts';

/** A storage without a file: for tests, and for runs that must leave nothing behind. Its data goes with the object. */
export function openMemoryStorage(): Storage {
  const journal = new MemoryJournal();
  const stores = new MemoryStores(journal);
  const history = new MemoryHistory(journal, stores);
  return { journal, quota: new MemoryQuota(), stores, history, notices: [], close: () => stores.close() };
}
