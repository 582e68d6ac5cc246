import fs from 'node:fs';
import path from 'node:path';
import { UNDO_SUFFIX } from '../sqlite/real-files.ts';
import type { Sqlite } from '../sqlite/sqlite.ts';
import { type Backups, isGoodCopy, syncFile } from './backups.ts';

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
  const restoring = `${file}.restoring`;
  for (const backup of backups.list()) {
    fs.copyFileSync(backup, restoring);
    if (isGoodCopy(sqlite, restoring)) {
      syncFile(restoring);
      fs.renameSync(restoring, file);
      return { quarantined, restoredFrom: backup };
    }
    fs.rmSync(restoring);
  }
  return { quarantined, restoredFrom: null };
}
