import { sha256Hex } from '../../../core/hash.ts';
import type { DatabaseCheck } from '../../../core/maintenance.ts';
import type { Connection } from '../sqlite/connection.ts';
import { findDamage, GUARDED_TABLES, type GuardedTable } from './checksums.ts';
import { text } from './row.ts';

const MOST_PROBLEMS = 20;

const NAMES: Readonly<Record<GuardedTable, string>> = {
  conversations: 'conversation',
  documents: 'document',
  document_versions: 'version of a document, row',
  prompt_versions: 'version of a prompt, row',
  journal: 'journal entry, row',
};

/** What SQLite itself has to say against the file and its search indexes; empty: nothing. */
export function integrityProblems(connection: Connection): string[] {
  const rows = connection.all(`PRAGMA integrity_check(${MOST_PROBLEMS})`);
  return rows.map((row) => text(row, 'integrity_check')).filter((line) => line !== 'ok');
}

/**
 * Looks at what SQLite cannot see: rows whose content is not what was written. `heal` may write such a row anew and
 * says where it took it from; null: from nowhere. Within a write transaction.
 */
export function inspect(
  connection: Connection,
  heal: (table: GuardedTable, id: number) => string | null,
): DatabaseCheck {
  const problems: string[] = [];
  let mended = 0;
  let rows = 0;
  for (const table of GUARDED_TABLES) {
    const found = findDamage(connection, table);
    rows += found.rows;
    for (const id of found.damaged) {
      const from = heal(table, id);
      if (from !== null) mended++;
      const outcome = from === null ? 'no backup has it whole' : `it was taken from ${from}`;
      problems.push(`The text of ${NAMES[table]} ${id} was damaged; ${outcome}.`);
    }
  }
  const blobs = damagedBlobs(connection);
  rows += blobs.rows;
  for (const hash of blobs.damaged) problems.push(`A large journal entry was damaged (${hash.slice(0, 12)}).`);
  return { rows, problems, mended };
}

/** Blobs are named by the hash of their content, which is a checksum already. */
function damagedBlobs(connection: Connection): { rows: number; damaged: string[] } {
  const hashes = connection.all('SELECT hash FROM blobs').map((row) => text(row, 'hash'));
  const damaged = hashes.filter((hash) => {
    const row = connection.get('SELECT content FROM blobs WHERE hash = ?', [hash]);
    return row !== null && sha256Hex(text(row, 'content')) !== hash;
  });
  return { rows: hashes.length, damaged };
}
