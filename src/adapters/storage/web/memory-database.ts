import type { SqlDatabase } from 'sql.js/dist/sql-wasm-debug.js';
import type { DatabaseCheck } from '../../../core/maintenance.ts';
import { Connection, type Row, type SqlValue } from '../sqlite/connection.ts';
import { inspect, integrityProblems } from '../worker/inspection.ts';
import { migrate, SEARCH_INDEXES } from '../worker/migrations.ts';
import { integer } from '../worker/row.ts';

/** Small pages: every save writes them all. There is no disk behind it, so nothing is synced. */
const PRAGMAS = `
  PRAGMA page_size=4096; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;
  PRAGMA cell_size_check=ON; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;`;

/** Free pages are given back once they are this many, and more than a quarter of all. */
const MOST_FREE_PAGES = 256;

/** A database in memory, migrated. All methods are synchronous and throw SqliteError. */
export class MemoryDatabase {
  readonly #database: SqlDatabase;
  readonly #connection: Connection;

  /** Closes `database` again and throws where it cannot be used. `location` names it in messages. */
  constructor(database: SqlDatabase, location: string) {
    this.#database = database;
    this.#connection = new Connection(database, () => {});
    try {
      this.#connection.execute(PRAGMAS);
      migrate(this.#connection, location, () => {});
    } catch (error) {
      this.close();
      throw error;
    }
  }

  all(sql: string, values?: readonly SqlValue[]): Row[] {
    return this.#connection.all(sql, values);
  }

  get(sql: string, values?: readonly SqlValue[]): Row | null {
    return this.#connection.get(sql, values);
  }

  run(sql: string, values?: readonly SqlValue[]): void {
    this.#connection.run(sql, values);
  }

  /** Runs `body`; when it throws, nothing of it stays. */
  transaction<T>(body: () => T): T {
    this.#connection.run('BEGIN');
    try {
      const result = body();
      this.#connection.run('COMMIT');
      return result;
    } catch (error) {
      this.#connection.rollBack();
      throw error;
    }
  }

  /** Bytes in use, without the room of what was deleted. */
  size(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size');
  }

  /** The bytes of a database file with the same content. */
  bytes(): Uint8Array {
    const free = this.#pragma('freelist_count');
    if (free > MOST_FREE_PAGES && free * 4 > this.#pragma('page_count')) this.compact();
    return this.#database.export();
  }

  /** Gives up the room of deleted rows, also that of their words in the search indexes. */
  compact(): void {
    for (const index of SEARCH_INDEXES) this.#connection.run(`INSERT INTO ${index} (${index}) VALUES ('optimize')`);
    this.#connection.run('VACUUM');
  }

  /** Reads everything and compares it with SQLite's rules and our checksums. There is nothing here to mend a row from. */
  check(): DatabaseCheck {
    const faults = integrityProblems(this.#connection);
    const { rows, problems, mended } = this.transaction(() => inspect(this.#connection, () => null));
    return { rows, problems: [...faults, ...problems], mended };
  }

  close(): void {
    this.#connection.close();
  }

  #pragma(name: 'page_count' | 'freelist_count' | 'page_size'): number {
    return integer(this.#connection.get(`PRAGMA ${name}`) ?? {}, name);
  }
}
