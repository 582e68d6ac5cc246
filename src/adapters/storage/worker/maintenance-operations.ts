import fs from 'node:fs';
import { EnsembleError } from '../../../core/errors.ts';
import type { Backup, Compaction, DatabaseCheck } from '../../../core/maintenance.ts';
import type { RunOwner } from '../../../core/ports.ts';
import { isAlive } from '../process-identity.ts';
import { isCorruption, SQLITE, SqliteError } from '../sqlite/sqlite-error.ts';
import { recordAudit } from './audit-operations.ts';
import { CHECKED } from './database-facts.ts';
import type { FileContext } from './operation.ts';
import { jsonOrNull, text } from './row.ts';
import { toStorageError } from './storage-errors.ts';

export function listBackups({ database }: FileContext): Backup[] {
  return database.backups();
}

export function backUp({ database }: FileContext): Backup {
  return database.backUp();
}

export function restoreBackup(context: FileContext, file: string): void {
  const { database } = context;
  const rows = database.transaction('read', () =>
    database.all('SELECT title, owner FROM runs WHERE owner IS NOT NULL ORDER BY id'),
  );
  const running = rows.find((row) => {
    const owner = jsonOrNull<RunOwner>(row, 'owner');
    return owner !== null && isAlive(owner) !== false;
  });
  if (running) {
    throw new EnsembleError('invalid-input', `The run "${text(running, 'title')}" is going on.`, {
      hint: 'Wait for it or cancel it, then restore the backup.',
    });
  }
  database.restore(file);
  database.transaction('write', () => recordAudit(context, 'database-restored', database.file, { backup: file }));
}

/** Leaves a line in the audit log, from which the status knows when the last check was. */
export function checkDatabase(context: FileContext): DatabaseCheck {
  const { database } = context;
  const found = database.check();
  const outcome = { rows: found.rows, problems: found.problems.length, mended: found.mended };
  database.transaction('write', () => recordAudit(context, CHECKED, database.file, outcome));
  return found;
}

export function compactDatabase({ database }: FileContext): Compaction {
  const beforeBytes = database.size();
  database.compact();
  return { beforeBytes, afterBytes: database.size() };
}

/** Writes a consistent copy to `target`, an absolute path; a file that exists is never replaced. */
export function copyTo({ database }: FileContext, target: string): void {
  occupy(target);
  try {
    database.copyTo(target);
  } catch (error) {
    fs.rmSync(target, { force: true });
    const concernsSource = error instanceof SqliteError && (isCorruption(error) || error.code === SQLITE.BUSY);
    throw concernsSource ? error : toStorageError(error, target, null);
  }
}

/** Creates `target` empty, so that nobody else can put a file there while the copy is made. */
function occupy(target: string): void {
  try {
    fs.closeSync(fs.openSync(target, 'wx', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST')
      throw new EnsembleError('invalid-input', `${target} exists already.`, { hint: 'Name a new file.' });
    if (code !== 'ENOENT') throw toStorageError(error, target, null);
    throw new EnsembleError('invalid-input', `The folder of ${target} does not exist.`, {
      hint: 'Make the folder first.',
    });
  }
}
