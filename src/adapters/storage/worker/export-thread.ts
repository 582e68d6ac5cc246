import fs from 'node:fs';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { cancelledError, EnsembleError, type ErrorInfo, toErrorInfo } from '../../../core/errors.ts';
import type { ExportProgress, ExportReport } from '../../../core/maintenance.ts';
import type { ArchiveTarget } from '../../archive/archive-target.ts';
import type { Connection } from '../sqlite/connection.ts';
import { FileMutex } from '../sqlite/file-mutex.ts';
import { realPath } from '../sqlite/real-files.ts';
import { loadSqlite, type Sqlite } from '../sqlite/sqlite.ts';
import { isCorruption, SQLITE, SqliteError } from '../sqlite/sqlite-error.ts';
import { Backups } from './backups.ts';
import { ExportSource } from './export-source.ts';
import { inPieces } from './pieces.ts';
import { toStorageError } from './storage-errors.ts';
import type { WorkerOptions } from './worker-options.ts';

/** Between two messages about how far it is, ms. */
const TELL_EVERY_MS = 100;

/** What the thread is started with. */
export interface ExportThreadOptions extends Pick<WorkerOptions, 'file' | 'owner' | 'wasmFile' | 'busyMs'> {
  readonly task: 'export';
  readonly target: ArchiveTarget;
}

/** What the thread says; after `done` or `failed` it ends, and the part is complete or gone. Any message to it stops it. */
export type FromExport =
  | { readonly type: 'progress'; readonly progress: ExportProgress }
  | { readonly type: 'done'; readonly report: ExportReport }
  | { readonly type: 'failed'; readonly error: ErrorInfo };

/**
 * The body of a thread that writes everything into an archive. It reads a copy of the database, so that all of it is of one moment
 * and nobody waits for it longer than for a piece of the copy.
 */
export async function exportEverything(port: MessagePort, options: ExportThreadOptions): Promise<void> {
  const post = (message: FromExport) => port.postMessage(message);
  try {
    post({ type: 'done', report: await exportInto(port, options) });
  } catch (error) {
    post({ type: 'failed', error: toErrorInfo(error) });
  }
  port.close();
}

async function exportInto(port: MessagePort, options: ExportThreadOptions): Promise<ExportReport> {
  const stop = new AbortController();
  const onProgress = seldom((progress) => port.postMessage({ type: 'progress', progress } satisfies FromExport));
  const { exportArchive } = await import('../../archive/export-archive.ts');
  const sqlite = await loadSqlite(options.wasmFile, options.busyMs);
  let close = () => {};
  const open = () => {
    const copy = copyOf(sqlite, options, (progress) => {
      onProgress({ step: 'copying', ...progress });
      // The event loop does not turn while it is copied.
      if (receiveMessageOnPort(port) !== undefined) throw cancelledError();
    });
    port.once('message', () => stop.abort(cancelledError()));
    close = () => fs.rmSync(copy, { force: true });
    const connection = openAlone(sqlite, copy);
    close = () => {
      connection.close();
      fs.rmSync(copy, { force: true });
    };
    return new ExportSource(connection, options);
  };
  try {
    return await exportArchive(open, options.target, {
      signal: stop.signal,
      onProgress: (progress) => onProgress({ step: 'writing', ...progress }),
    });
  } catch (error) {
    throw isCorruption(error) ? damaged(options.file, error) : toStorageError(error, options.file, null);
  } finally {
    close();
  }
}

type Progress = { readonly done: number; readonly total: number };

/** Copies the database under its lock, in pieces. */
function copyOf(sqlite: Sqlite, { file, owner }: ExportThreadOptions, onPiece: (progress: Progress) => void): string {
  const real = realPath(file);
  const mutex = new FileMutex(`${real}.lock`, owner);
  try {
    const source = sqlite.open(real, mutex);
    try {
      return new Backups(sqlite, real).copyAside(source, Date.now(), inPieces(onPiece));
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof SqliteError && error.code === SQLITE.FULL) throw noRoom(file, error);
    throw toStorageError(error, file, mutex.holder());
  } finally {
    mutex.close();
  }
}

function openAlone(sqlite: Sqlite, copy: string): Connection {
  const connection = sqlite.open(copy, null);
  connection.execute(
    'PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON; PRAGMA query_only=ON',
  );
  // Open files outlive their names (not everywhere): then nothing is left even of a process that is killed.
  try {
    connection.get('SELECT count(*) FROM sqlite_schema');
    fs.rmSync(copy);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
  }
  return connection;
}

function seldom(tell: (progress: ExportProgress) => void): (progress: ExportProgress) => void {
  let told = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const isLast = progress.done >= progress.total;
    if (!isLast && performance.now() - told < TELL_EVERY_MS) return;
    told = performance.now();
    tell(progress);
  };
}

function noRoom(file: string, cause: Error): EnsembleError {
  const megabytes = Math.ceil(fs.statSync(file).size / 1_000_000);
  return new EnsembleError('storage-failed', `There is no room for a copy of ${file}, which an export reads.`, {
    hint: `Free ${megabytes} MB on that disk and try again.`,
    cause,
  });
}

function damaged(file: string, cause: unknown): EnsembleError {
  return new EnsembleError('storage-corrupt', `The database ${file} is damaged: ${(cause as Error).message}.`, {
    hint: 'Check the database first: "ensemble database check", or "Ensemble: Check Database" in the editor.',
    cause,
  });
}
