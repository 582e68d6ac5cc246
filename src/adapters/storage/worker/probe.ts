import fs from 'node:fs';
import { UNDO_SUFFIX } from '../sqlite/real-files.ts';
import type { Sqlite } from '../sqlite/sqlite.ts';

const MARK = 'ensemble-probe';

/**
 * Proves that SQLite really works on the disk before any data is trusted to it: writes a small database beside `file` and
 * reads its bytes with Node. Throws when a page is not where it belongs, or when the undo file has a name that other
 * programs' SQLite would act on. Leaves nothing behind.
 */
export function probe(sqlite: Sqlite, file: string): void {
  const undoAsOthersNameIt = `${file}-journal`;
  const created = [file, file + UNDO_SUFFIX, undoAsOthersNameIt];
  try {
    const connection = sqlite.open(file, null);
    try {
      connection.execute('PRAGMA synchronous=OFF; CREATE TABLE probe (mark TEXT)');
      connection.execute(`BEGIN IMMEDIATE; INSERT INTO probe VALUES ('${MARK}')`);
      if (!fs.existsSync(file + UNDO_SUFFIX) || fs.existsSync(undoAsOthersNameIt)) {
        throw new Error('the undo file has an unexpected name');
      }
      connection.execute('COMMIT');
    } finally {
      connection.close();
    }
    const bytes = fs.readFileSync(file);
    if (!bytes.toString('latin1', 0, 15).startsWith('SQLite format 3') || !bytes.includes(MARK)) {
      throw new Error('the bytes on the disk are not those of the database');
    }
  } finally {
    for (const leftover of created) fs.rmSync(leftover, { force: true });
  }
}
