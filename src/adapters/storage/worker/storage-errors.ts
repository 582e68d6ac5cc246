import { EnsembleError } from '../../../core/errors.ts';
import type { RunOwner } from '../../../core/ports.ts';
import { SQLITE, SqliteError } from '../sqlite/sqlite-error.ts';

const FULL_DISK = new Set(['ENOSPC', 'EDQUOT']);
const NO_PERMISSION = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Errors of SQLite and the file system as the typed errors that leave the worker; others pass unchanged. */
export function toStorageError(error: unknown, file: string, holder: RunOwner | null): unknown {
  if (error instanceof SqliteError) return fromSqlite(error, file, holder);
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  return fromSystem(error, String(error.code), file);
}

function fromSqlite(error: SqliteError, file: string, holder: RunOwner | null): EnsembleError {
  const { code, systemCode } = error;
  if (code === SQLITE.BUSY) return lockedError(file, holder);
  if (code === SQLITE.FULL) return fromSystem(error, 'ENOSPC', file);
  if (code === SQLITE.READONLY) return fromSystem(error, 'EACCES', file);
  if (code === SQLITE.CORRUPT || code === SQLITE.NOTADB) {
    return new EnsembleError('storage-corrupt', `The database ${file} is damaged: ${error.message}.`, {
      hint: 'Start Ensemble again: it restores the newest good backup and keeps the damaged file.',
      cause: error,
    });
  }
  if (systemCode !== null && (code === SQLITE.IOERR || code === SQLITE.CANTOPEN))
    return fromSystem(error, systemCode, file);
  return new EnsembleError('storage-failed', `The database ${file} failed: ${error.message}.`, { cause: error });
}

function fromSystem(cause: Error, code: string, file: string): EnsembleError {
  const fail = (problem: string, hint: string) =>
    new EnsembleError('storage-failed', `The database ${file} cannot be written: ${problem} (${code}).`, {
      hint,
      cause,
    });
  if (FULL_DISK.has(code))
    return fail('the disk is full', 'Free some space and try again; nothing that was saved is lost.');
  if (NO_PERMISSION.has(code)) {
    return fail('permission denied', 'Make the file and its folder writable, or choose another database file.');
  }
  return fail('the file system reports an error', 'Check the disk and the folder, or choose another database file.');
}

/** The lock could not be had in time. */
export function lockedError(file: string, holder: RunOwner | null): EnsembleError {
  const owner = holder === null ? 'another process' : `process ${holder.pid} on ${machineOf(holder)}`;
  return new EnsembleError('storage-locked', `The database ${file} is locked by ${owner}.`, {
    hint: `Try again in a moment. If that program certainly no longer runs, delete ${file}.lock.`,
  });
}

/** A row's content is not what was written. */
export function damagedRow(what: string): EnsembleError {
  return new EnsembleError('storage-corrupt', `The text of ${what} is damaged in the database.`, {
    hint: 'Check the database: "ensemble database check", or "Ensemble: Check Database" in the editor. It is taken from a backup.',
  });
}

function machineOf(owner: RunOwner): string {
  return owner.host.split('.')[0] || 'this machine';
}
