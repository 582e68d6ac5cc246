import { loadSqlModule } from '../sqlite/load-sql-module.ts';
import { SqliteError } from '../sqlite/sqlite-error.ts';
import { MemoryDatabase } from './memory-database.ts';

/** Opens databases in memory. `bytes` null: a new one. Throws SqliteError for bytes that are no database. */
export type OpenInMemory = (bytes: Uint8Array | null, location: string) => MemoryDatabase;

/** Loads SQLite from the bytes of sql.js' debug module. */
export async function loadMemorySqlite(wasm: Uint8Array): Promise<OpenInMemory> {
  const module = await loadSqlModule(wasm, (imports) => ({ imports, attach: () => {} }));
  return (bytes, location) => {
    const database = bytes === null ? new module.Database() : new module.Database(bytes);
    database.handleError = (code) => {
      if (code === 0) return null;
      throw new SqliteError(code, module.UTF8ToString(module._sqlite3_errmsg(database.db)), null);
    };
    return new MemoryDatabase(database, location);
  };
}
