import type { Connection, Row, SqlValue } from '../sqlite/connection.ts';
import { GUARDED_TABLES, isIntact } from './checksums.ts';
import type { OperationContext } from './operation.ts';
import { integer, text } from './row.ts';

/** What is not exported: it says how fast to send in this minute, and what calls under way have reserved. */
const LEFT_OUT = ['quota', 'reservations'];

/** A page ends behind the row that fills it. */
const PAGE_ROWS = 250;
const PAGE_CHARACTERS = 1_000_000;

/** A table as it is when an export begins. */
export interface ExportTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Columns of the primary key: the order of the rows. */
  readonly key: readonly string[];
  /** Highest number of a row; rows that come later are not exported. Null: rows are not numbered. */
  readonly last: number | null;
}

/** Some rows of a table in the order of its key. */
export interface ExportPage {
  readonly rows: readonly Row[];
  /** Key of the last row; null: there are no more. */
  readonly next: readonly SqlValue[] | null;
  /** Positions in `rows` of those whose text is not what was written. */
  readonly damaged: readonly number[];
}

/** The tables that hold what people would miss, with their present size. */
export function exportTables({ database }: OperationContext): ExportTable[] {
  const names = database
    .all("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name")
    .map((row) => text(row, 'name'))
    .filter((name) => !name.startsWith('sqlite_') && !LEFT_OUT.includes(name));
  return names.map((name) => tableOf(database, name));
}

/** The rows behind `after` (null: from the first), as many as make a page. */
export function exportRows(
  { database }: OperationContext,
  table: ExportTable,
  after: readonly SqlValue[] | null,
): ExportPage {
  const guarded = GUARDED_TABLES.find((name) => name === table.name);
  const rows: Row[] = [];
  const damaged: number[] = [];
  let characters = 0;
  for (let last = after; ; ) {
    // One by one, because one row may hold a document of any size.
    const row = nextRow(database, table, last);
    if (row === null) return { rows, damaged, next: null };
    if (guarded !== undefined && !isIntact(guarded, row)) damaged.push(rows.length);
    rows.push(row);
    last = table.key.map((column) => row[column] ?? null);
    for (const value of Object.values(row)) characters += typeof value === 'string' ? value.length : 8;
    if (rows.length >= PAGE_ROWS || characters >= PAGE_CHARACTERS) return { rows, damaged, next: last };
  }
}

type Reader = Pick<Connection, 'all' | 'get'>;

function tableOf(database: Reader, name: string): ExportTable {
  const info = database.all('SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid', [name]);
  const key = info
    .filter((column) => integer(column, 'pk') > 0)
    .sort((a, b) => integer(a, 'pk') - integer(b, 'pk'))
    .map((column) => text(column, 'name'));
  const isNumbered = key.length === 1 && info.some((column) => column.pk === 1 && column.type === 'INTEGER');
  const sizes = database.get(
    `SELECT count(*) AS total, ${isNumbered ? `max(${key[0]})` : 'NULL'} AS last FROM ${name}`,
  );
  return {
    name,
    rows: integer(sizes ?? {}, 'total'),
    columns: info.map((column) => ({ name: text(column, 'name'), type: text(column, 'type') })),
    key,
    last: isNumbered ? Number(sizes?.last ?? 0) : null,
  };
}

function nextRow(database: Reader, { name, key, last }: ExportTable, after: readonly SqlValue[] | null): Row | null {
  const columns = key.join(', ');
  const behind = after === null ? [] : [`(${columns}) > (${key.map(() => '?').join(', ')})`];
  const upTo = last === null ? [] : [`${columns} <= ?`];
  const where = ['1', ...behind, ...upTo].join(' AND ');
  return database.get(`SELECT * FROM ${name} WHERE ${where} ORDER BY ${columns} LIMIT 1`, [
    ...(after ?? []),
    ...(last === null ? [] : [last]),
  ]);
}
