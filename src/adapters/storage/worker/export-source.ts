import type { TaskProjection } from '../../../core/engine/journal-entry.ts';
import type { Json } from '../../../core/json.ts';
import type { RunOwner, UsagePeriod } from '../../../core/ports.ts';
import type { ArchiveSource, ExportTable, ReadRow } from '../../archive/archive-source.ts';
import type { Connection, Row, SqlValue } from '../sqlite/connection.ts';
import { GUARDED_TABLES, isIntact } from './checksums.ts';
import { readTasks } from './journal-operations.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, text } from './row.ts';
import { readFindings, readUsagePeriods } from './store-operations.ts';

/** What is not exported: it says how fast to send in this minute, and what calls under way have reserved. */
const LEFT_OUT = ['quota', 'reservations'];

/** A copy of the database that nobody else knows, as an archive reads it. */
export class ExportSource implements ArchiveSource {
  readonly tables: readonly ExportTable[];
  readonly #copy: Connection;
  readonly #context: OperationContext;

  /** `of`: the database that was copied, and who asks. */
  constructor(copy: Connection, of: { readonly file: string; readonly owner: RunOwner }) {
    this.#copy = copy;
    this.#context = { database: readOnly(copy, of.file), owner: of.owner };
    this.tables = copy
      .all("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' ORDER BY name")
      .map((row) => text(row, 'name'))
      .filter((name) => !name.startsWith('sqlite_') && !LEFT_OUT.includes(name))
      .map((name) => tableOf(copy, name));
  }

  *rows({ name, key }: ExportTable): Generator<ReadRow> {
    yield* this.#read(name, `SELECT * FROM ${name} ORDER BY ${key.join(', ')}`);
  }

  *runs(): Generator<Row> {
    // Sorted are numbers only: the rows themselves would not fit into memory.
    for (const { id = null } of this.#copy.each('SELECT id FROM runs ORDER BY created_at, id')) {
      const row = this.#copy.get('SELECT * FROM runs WHERE id = ?', [id]);
      if (row !== null) yield row;
    }
  }

  tasks(runId: string): readonly TaskProjection[] {
    return readTasks(this.#context, runId);
  }

  findings(runId: string): readonly Json[] {
    return readFindings(this.#context, runId);
  }

  conversationsOf(runId: string): Iterable<ReadRow> {
    return this.#read('conversations', 'SELECT * FROM conversations WHERE run_id = ? ORDER BY id', [runId]);
  }

  *conversationsWithoutRun(): Generator<ReadRow> {
    const strays = this.#copy.each(
      'SELECT id FROM conversations WHERE run_id NOT IN (SELECT run_id FROM runs) ORDER BY created_at, id',
    );
    for (const { id = null } of strays)
      yield* this.#read('conversations', 'SELECT * FROM conversations WHERE id = ?', [id]);
  }

  usageByMonth(): readonly UsagePeriod[] {
    return readUsagePeriods(this.#context, '', 'month');
  }

  *#read(table: string, sql: string, values: readonly SqlValue[] = []): Generator<ReadRow> {
    const guarded = GUARDED_TABLES.find((name) => name === table);
    for (const row of this.#copy.each(sql, values))
      yield { row, isDamaged: guarded !== undefined && !isIntact(guarded, row) };
  }
}

function tableOf(copy: Connection, name: string): ExportTable {
  const info = copy.all('SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid', [name]);
  const key = info
    .filter((column) => integer(column, 'pk') > 0)
    .sort((a, b) => integer(a, 'pk') - integer(b, 'pk'))
    .map((column) => text(column, 'name'));
  return {
    name,
    rows: integer(copy.get(`SELECT count(*) AS total FROM ${name}`) ?? {}, 'total'),
    columns: info.map((column) => ({ name: text(column, 'name'), type: text(column, 'type') })),
    key,
  };
}

/** The copy as operations see it that only read. */
function readOnly(copy: Connection, file: string): OperationDatabase {
  return {
    file,
    all: (sql, values) => copy.all(sql, values),
    get: (sql, values) => copy.get(sql, values),
    run: (sql, values) => copy.run(sql, values),
    size: () => 0,
    isAlive: () => null,
    newId: () => null,
  };
}
