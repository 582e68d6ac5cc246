import fs from 'node:fs';
import path from 'node:path';
import type { Connection } from '../sqlite/connection.ts';
import { UNDO_SUFFIX } from '../sqlite/real-files.ts';
import type { Sqlite } from '../sqlite/sqlite.ts';
import { type Backups, isGoodCopy, isWhole, syncFile } from './backups.ts';
import { integrityProblems } from './inspection.ts';

/** What became of a damaged database. */
export interface Recovery {
  /** The damaged file in its own folder, kept for the person and for {@link file://./salvage.ts}; nothing is deleted. */
  readonly quarantined: string;
  /** The backup that took its place; null: there was no good one, the database starts empty. */
  readonly restoredFrom: string | null;
}

/**
 * Moves a damaged database and its undo file into `<file>.damaged-<time>` and puts the newest good backup in its place.
 * The caller holds the mutex and has closed its connection.
 */
export function quarantine(sqlite: Sqlite, file: string, backups: Backups, now: number): Recovery {
  const folder = `${file}.damaged-${new Date(now).toISOString().replaceAll(/[-:.]/g, '')}`;
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const quarantined = path.join(folder, path.basename(file));
  for (const suffix of ['', UNDO_SUFFIX]) {
    if (fs.existsSync(file + suffix)) fs.renameSync(file + suffix, quarantined + suffix);
  }
  // A copy of what was damaged already may pass the quick check, which does not compare tables with their indexes.
  for (const isGood of [isWhole, isGoodCopy]) {
    for (const backup of backups.list())
      if (putInPlace(sqlite, backup, file, isGood)) return { quarantined, restoredFrom: backup };
  }
  return { quarantined, restoredFrom: null };
}

function putInPlace(sqlite: Sqlite, backup: string, file: string, isGood: typeof isGoodCopy): boolean {
  const restoring = `${file}.restoring`;
  fs.copyFileSync(backup, restoring);
  if (!isGood(sqlite, restoring)) {
    fs.rmSync(restoring);
    return false;
  }
  syncFile(restoring);
  fs.renameSync(restoring, file);
  return true;
}

/** Builds the indexes of a restored database again where they do not fit its tables. */
export function fitIndexes(connection: Connection): void {
  if (integrityProblems(connection).length === 0) return;
  try {
    connection.execute('REINDEX');
  } catch {
    // Two rows that may not be alike: the tables can be read all the same.
  }
}
