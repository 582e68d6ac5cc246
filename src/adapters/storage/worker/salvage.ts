import type { Connection, Row } from '../sqlite/connection.ts';
import type { Sqlite } from '../sqlite/sqlite.ts';
import { GUARDED_TABLES, isIntact } from './checksums.ts';
import { showNewestVersions } from './newest-version.ts';
import { integerOrNull, text } from './row.ts';

/**
 * Tables whose rows are saved, parents first, with the column that numbers them. Pacing is left out: it is a minute old
 * at most.
 */
const TABLES: readonly { readonly name: string; readonly id: string }[] = [
  { name: 'runs', id: 'id' },
  { name: 'tasks', id: 'id' },
  { name: 'messages', id: 'id' },
  { name: 'agents', id: 'id' },
  { name: 'blobs', id: 'rowid' },
  { name: 'journal', id: 'id' },
  { name: 'approvals', id: 'id' },
  { name: 'findings', id: 'id' },
  { name: 'conversations', id: 'id' },
  { name: 'documents', id: 'id' },
  { name: 'document_versions', id: 'id' },
  { name: 'prompts', id: 'id' },
  { name: 'prompt_uses', id: 'id' },
  { name: 'prompt_outcomes', id: 'id' },
  { name: 'prompt_bases', id: 'id' },
  { name: 'prompt_versions', id: 'id' },
  { name: 'prompt_favourites', id: 'id' },
  { name: 'usage', id: 'id' },
  { name: 'reservations', id: 'id' },
  { name: 'budgets', id: 'rowid' },
  { name: 'audit', id: 'id' },
  { name: 'deletions', id: 'id' },
  { name: 'workspaces', id: 'id' },
];

/** Tables whose rows have no number: they are read in the order of their keys, as far as that goes. */
const KEYED_TABLES = ['finding_decisions', 'spans'];

/** Every table whose rows are saved; a test knows the others. */
export const SALVAGED_TABLES: readonly string[] = [...TABLES.map(({ name }) => name), ...KEYED_TABLES];

/** No table has more rows; what says so is damaged. */
const HIGHEST = 10_000_000;

/** Larger than the number of times a run can have been taken over since the backup was made. */
const EPOCH_LEAP = 1_000;

/**
 * Adds to a restored database, in one transaction, every row that it lacks and that the damaged file still gives away,
 * read one by one by its number; rows that the backup has stay as they are. Of each run's journal only the part without
 * gaps is kept. Every run loses its owner and gets a new epoch: an engine that is still at work on one has written
 * entries that may be gone, and must stop. Returns the number of rows added.
 */
export function salvage(sqlite: Sqlite, target: Connection, damagedFile: string): number {
  target.run('BEGIN IMMEDIATE');
  try {
    const saved = copyReadable(sqlite, target, damagedFile);
    target.run(`DELETE FROM journal WHERE id IN (
      SELECT id FROM (SELECT id, seq, row_number() OVER (PARTITION BY run_id ORDER BY seq) AS place FROM journal)
      WHERE seq <> place)`);
    forgetDeleted(target);
    disownRuns(target);
    target.run('COMMIT');
    return saved;
  } catch (error) {
    target.rollBack();
    throw error;
  }
}

/** Takes every run from its owner: an engine that is still at work on one has written entries that may be gone. */
export function disownRuns(target: Connection): void {
  target.run('UPDATE runs SET epoch = epoch + ?, owner = NULL', [EPOCH_LEAP]);
}

function isUndamaged(name: string, row: Row): boolean {
  const table = GUARDED_TABLES.find((each) => each === name);
  return table === undefined || isIntact(table, row);
}

/** What was deleted since the backup, and what had to stay for it. */
function forgetDeleted(target: Connection): void {
  const gone = '(SELECT run_id FROM deletions)';
  target.run(`DELETE FROM conversations WHERE run_id IN ${gone}`);
  const withoutDocuments = '(SELECT run_id FROM deletions WHERE documents_kept = 0)';
  const inside = (runs: string) => `task_id IN ${runs} OR substr(task_id, 1, instr(task_id, '/') - 1) IN ${runs}`;
  target.run(`DELETE FROM document_versions WHERE ${inside(withoutDocuments)}`);
  showNewestVersions(target);
  target.run(`DELETE FROM documents WHERE ${inside(withoutDocuments)}`);
  target.run(`DELETE FROM agents WHERE ${inside(gone)}`);
  target.run(`DELETE FROM runs WHERE run_id IN ${gone}`);
}

function copyReadable(sqlite: Sqlite, target: Connection, damagedFile: string): number {
  const source = sqlite.open(damagedFile, null);
  try {
    // Lets SQLite go on where only a part of the schema can be read.
    source.execute('PRAGMA writable_schema=ON');
    const numbered = TABLES.reduce((sum, table) => sum + copyTable(source, target, table), 0);
    return KEYED_TABLES.reduce((sum, name) => sum + copyKeyedTable(source, target, name), numbered);
  } catch {
    // Not even a header: nothing can be read.
    return 0;
  } finally {
    source.close();
  }
}

function copyTable(source: Connection, target: Connection, { name, id }: (typeof TABLES)[number]): number {
  const columns = columnsOf(target, name);
  // Compacting numbers rows without an id anew: of those, only their own key tells which are there.
  const present = new Set(id === 'rowid' ? [] : target.all(`SELECT ${id} AS id FROM ${name}`).map((row) => row.id));
  const select = `SELECT ${columns.join(', ')} FROM ${name} WHERE ${id} = ?`;
  const last = highest(source, name, id);
  let saved = 0;
  for (let number = 1; number <= last; number++) {
    const row = present.has(number) ? null : attempt(() => source.get(select, [number]));
    if (row === null || !isUndamaged(name, row)) continue;
    saved += addRow(target, name, columns, row);
  }
  return saved;
}

function copyKeyedTable(source: Connection, target: Connection, name: string): number {
  const columns = columnsOf(target, name);
  const rows = attempt(() => source.all(`SELECT ${columns.join(', ')} FROM ${name}`)) ?? [];
  return rows.reduce((sum, row) => sum + addRow(target, name, columns, row), 0);
}

function columnsOf(target: Connection, table: string): string[] {
  return target.all('SELECT name FROM pragma_table_info(?)', [table]).map((column) => text(column, 'name'));
}

/** 1 where the row was not there and could be added. */
function addRow(target: Connection, table: string, columns: readonly string[], row: Row): number {
  const places = columns.map(() => '?').join(', ');
  const insert = `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${places}) RETURNING 1`;
  const values = columns.map((column) => row[column] ?? null);
  return attempt(() => target.all(insert, values))?.length ?? 0;
}

/** The highest number used in a table: SQLite's own note of it, which is no row's number that a flipped bit has made huge. */
function highest(source: Connection, name: string, id: string): number {
  const read = (sql: string, values: readonly string[]) => attempt(() => number(source.get(sql, values)));
  const noted = read('SELECT seq AS number FROM sqlite_sequence WHERE name = ?', [name]);
  return Math.min(noted ?? read(`SELECT max(${id}) AS number FROM ${name}`, []) ?? 0, HIGHEST);
}

function number(row: Row | null): number | null {
  return row === null ? null : integerOrNull(row, 'number');
}

/** Null where a damaged page or a missing parent stands in the way. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
