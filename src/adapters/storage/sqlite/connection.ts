import type { SqlDatabase, SqlStatement, SqlValue } from 'sql.js/dist/sql-wasm-debug.js';

/** A row by column name. */
export type Row = Readonly<Record<string, SqlValue>>;

export type { SqlValue };

interface Prepared {
  readonly statement: SqlStatement;
  readonly columns: readonly string[];
}

/**
 * A connection to one real file. Statements are prepared once and kept. Every query is read to its end at once: a
 * statement left half-read would hold the lock of the file against every other process.
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
      while (statement.step()) {
        const row = statement.get();
        rows.push(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])));
      }
    } finally {
      statement.reset();
    }
    return rows;
  }

  get(sql: string, values: readonly SqlValue[] = []): Row | null {
    return this.all(sql, values)[0] ?? null;
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
