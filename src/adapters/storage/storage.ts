import type { HistoryStore } from '../../core/history/history.ts';
import type { QuotaStore, RunJournal, Stores } from '../../core/ports.ts';

/** Everything that is kept: four ports on one database, or on none (in memory). */
export interface Storage {
  readonly journal: RunJournal;
  readonly quota: QuotaStore;
  readonly stores: Stores;
  readonly history: HistoryStore;
  /** What the person should know, such as that a backup was restored; grows while the storage is open. */
  readonly notices: readonly string[];
  /** Writes what is under way, then closes; later calls to a database reject with `storage-failed`. Safe to call twice. */
  close(): Promise<void>;
}
