import type { SqlDatabase, SqlStatement, SqlValue } from 'sql.js/dist/sql-wasm-debug.js';

/** A row by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

export type { SqlValue };

interface Prepared {
  readonly statement: SqlStatement;
  readonly columns: readonly string[];
}

/**
 * A connection to one real file. Statements are prepared once and kept. A query is read to its end at once ({@link Connection.each}
 * is the exception): a statement left half-read would hold the lock of the file against every other process.
 */
export class Connection {
  readonly #database: SqlDatabase;
  readonly #prepared = new Map<string, Prepared>();
  readonly #onClose: () => void;

  constructor(database: SqlDatabase, onClose: () => void) {
    this.#database = database;
    this.#onClose = onClose;
  }

  /** Address of the sqlite3 handle, for SQLite's C functions. */
  get handle(): number {
    return this.#database.db;
  }

  /** Runs one or several statements without parameters, ignoring rows. */
  execute(sql: string): void {
    this.#database.run(sql);
  }

  /** Runs one statement, ignoring rows. */
  run(sql: string, values: readonly SqlValue[] = []): void {
    this.all(sql, values);
  }

  all(sql: string, values: readonly SqlValue[] = []): Row[] {
    const { statement, columns } = this.#prepare(sql);
    const rows: Row[] = [];
    try {
      statement.bind(values);
      while (statement.step()) rows.push(rowOf(columns, statement.get()));
    } finally {
      statement.reset();
    }
    return rows;
  }

  get(sql: string, values: readonly SqlValue[] = []): Row | null {
    return this.all(sql, values)[0] ?? null;
  }

  /**
   * Rows one by one, each read when it is asked for: only of a file that nobody else can know, because until the last one a lock is
   * held. The same statement can be read once at a time.
   */
  *each(sql: string, values: readonly SqlValue[] = []): Generator<Row> {
    const { statement, columns } = this.#prepare(sql);
    statement.bind(values);
    try {
      while (statement.step()) yield rowOf(columns, statement.get());
    } finally {
      statement.reset();
    }
  }

  /** Ends the transaction without its changes; nothing where SQLite has rolled back by itself, or none was begun. */
  rollBack(): void {
    try {
      this.run('ROLLBACK');
    } catch {
      // That is what was wanted.
    }
  }

  close(): void {
    for (const { statement } of this.#prepared.values()) statement.free();
    this.#prepared.clear();
    try {
      this.#database.close();
    } finally {
      this.#onClose();
    }
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    const prepared = { statement, columns: statement.getColumnNames() };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

function rowOf(columns: readonly string[], values: readonly SqlValue[]): Row {
  return Object.fromEntries(columns.map((name, index) => [name, values[index] ?? null]));
}
