import { crc32 } from '../crc32.ts';
import type { Connection, Row, SqlValue } from '../sqlite/connection.ts';
import { integer, integerOrNull } from './row.ts';

/** Tables whose rows carry a checksum, and the columns that it is made of. */
const GUARDED = {
  conversations: ['messages', 'response'],
  documents: ['title', 'content'],
  document_versions: ['content'],
  prompt_versions: ['template', 'variables', 'description'],
  journal: ['kind', 'payload', 'blob_hash'],
} as const;

export type GuardedTable = keyof typeof GUARDED;

export const GUARDED_TABLES = Object.keys(GUARDED) as readonly GuardedTable[];

/** Rows that are read at once. */
const PAGE = 500;

/** Ends each column, so that moving text from one to the next changes the sum. */
const END = '\0';

const UTF_8 = new TextEncoder();

/** CRC-32 over the guarded columns of a row, in their order: finds a torn or flipped row, defends against nobody. */
export function checksumOf(values: readonly SqlValue[]): number {
  return values.reduce<number>(
    (sum, value) => crc32(UTF_8.encode((value === null ? '' : String(value)) + END), sum),
    0,
  );
}

/** True for rows that are as they were written, and for those that are older than checksums. */
export function isIntact(table: GuardedTable, row: Row): boolean {
  const checksum = integerOrNull(row, 'checksum');
  return checksum === null || checksum === checksumOf(contentOf(table, row));
}

/** Compares every row of a table with its checksum. */
export function findDamage(connection: Connection, table: GuardedTable): { rows: number; damaged: number[] } {
  const select = `SELECT id, checksum, ${GUARDED[table].join(', ')} FROM ${table} WHERE id > ? ORDER BY id LIMIT ${PAGE}`;
  const damaged: number[] = [];
  let rows = 0;
  for (let last = 0; ; ) {
    const page = connection.all(select, [last]);
    for (const row of page) if (!isIntact(table, row)) damaged.push(integer(row, 'id'));
    rows += page.length;
    const end = page.at(-1);
    if (end === undefined) return { rows, damaged };
    last = integer(end, 'id');
  }
}

/** Writes the content that `source` has for a row into `target`; false where that is missing or damaged as well. */
export function healRow(source: Connection, target: Connection, table: GuardedTable, id: number): boolean {
  const columns = GUARDED[table];
  const wanted = target.get(`SELECT checksum FROM ${table} WHERE id = ?`, [id]);
  const row = source.get(`SELECT checksum, ${columns.join(', ')} FROM ${table} WHERE id = ?`, [id]);
  if (row === null || row.checksum !== wanted?.checksum || !isIntact(table, row)) return false;
  target.run(`UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`, [
    ...contentOf(table, row),
    id,
  ]);
  return true;
}

function contentOf(table: GuardedTable, row: Row): SqlValue[] {
  return GUARDED[table].map((column) => row[column] ?? null);
}
