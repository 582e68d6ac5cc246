import type { DatabaseOptions } from './database.ts';

/** What the storage worker is started with. */
export interface WorkerOptions extends DatabaseOptions {
  /** Absolute path of sql.js's debug module. */
  readonly wasmFile: string;
  /** The worker itself, which makes the backup of the day in a second thread. */
  readonly workerUrl: string;
  /** Time without a request after which the backup of the day begins, ms. */
  readonly backupAfterMs: number;
  /** Whether closing makes it where it is still missing and something was written. */
  readonly backupOnClose: boolean;
}
