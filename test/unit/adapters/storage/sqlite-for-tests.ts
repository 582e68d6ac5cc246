import { createRequire } from 'node:module';
import { loadSqlite, type Sqlite } from '../../../../src/adapters/storage/sqlite/sqlite.ts';

/** Short, so that a test of a lock that nobody gives back does not take long. */
const BUSY_MS = 50;

export const WASM_FILE = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm-debug.wasm');

let loading: Promise<Sqlite> | null = null;

/** SQLite in the thread of the tests; sql.js can be loaded once per thread. */
export function sqliteForTests(): Promise<Sqlite> {
  loading ??= loadSqlite(WASM_FILE, BUSY_MS);
  return loading;
}
