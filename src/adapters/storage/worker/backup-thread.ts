import type { MessagePort } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';
import { FileMutex } from '../sqlite/file-mutex.ts';
import { realPath } from '../sqlite/real-files.ts';
import { loadSqlite } from '../sqlite/sqlite.ts';
import { isCorruption } from '../sqlite/sqlite-error.ts';
import { Backups } from './backups.ts';
import type { BackupFailure } from './daily-backup.ts';
import { inPieces } from './pieces.ts';
import { threadOwner } from './thread-owner.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What the thread of {@link backUpAside} is started with. */
export interface BackupOptions extends WorkerOptions {
  readonly task: 'backup';
}

/** Makes the backup of the day in a thread of its own, which shares the file like another process. Resolves with what went wrong. */
export function backUpAside(options: WorkerOptions): Promise<BackupFailure | null> {
  return new Promise((resolve) => {
    const workerData: BackupOptions = { ...options, task: 'backup' };
    const worker = new Worker(new URL(options.workerUrl), { workerData, name: 'ensemble-backup' });
    worker.once('message', (failure: BackupFailure | null) => resolve(failure));
    worker.once('error', (error) => resolve({ problem: error.message, isDamage: false }));
    worker.once('exit', () => resolve({ problem: 'the thread ended', isDamage: false }));
  });
}

/** The body of that thread. */
export async function backUp(port: MessagePort, { file, owner, wasmFile, busyMs }: BackupOptions): Promise<void> {
  let failure: BackupFailure | null = null;
  try {
    const sqlite = await loadSqlite(wasmFile, busyMs);
    const real = realPath(file);
    const mutex = new FileMutex(`${real}.lock`, threadOwner(owner, 'backup'));
    try {
      const source = sqlite.open(real, mutex);
      try {
        new Backups(sqlite, real).create(source, Date.now(), 'daily', inPieces());
      } finally {
        source.close();
      }
    } finally {
      mutex.close();
    }
  } catch (error) {
    failure = { problem: (error as Error).message, isDamage: isCorruption(error) };
  }
  port.postMessage(failure);
}
