import initSqlJs, { type SqlModule, type WasmImports, type WasmInstance } from 'sql.js/dist/sql-wasm-debug.js';
import { SqliteError } from '../sqlite/sqlite-error.ts';
import { MemoryDatabase } from './memory-database.ts';

/** WebAssembly of the host, for which TypeScript has types only together with a page's. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    instantiate(bytes: Uint8Array, imports: WasmImports): Promise<{ readonly instance: WasmInstance }>;
  };
};

/** Opens databases in memory. `bytes` null: a new one. Throws SqliteError for bytes that are no database. */
export type OpenInMemory = (bytes: Uint8Array | null, location: string) => MemoryDatabase;

/** Loads SQLite (sql.js, unmodified) from the bytes of its debug module, without anything of Node. */
export async function loadMemorySqlite(wasm: Uint8Array): Promise<OpenInMemory> {
  const module = await new Promise<SqlModule>((resolve, reject) => {
    const options = {
      useOldExtensionFunctions: false,
      print: () => {},
      printErr: () => {},
      onAbort: (reason: unknown) => reject(new Error(`sql.js stopped: ${String(reason)}`)),
      // A browser's own loading would look for the module beside a page.
      instantiateWasm: (imports: WasmImports, done: (instance: WasmInstance) => void) => {
        webAssembly.instantiate(wasm, imports).then(({ instance }) => done(instance), reject);
        return {};
      },
    };
    initSqlJs(options).then(resolve, reject);
  });
  return (bytes, location) => {
    const database = bytes === null ? new module.Database() : new module.Database(bytes);
    database.handleError = (code) => {
      if (code === 0) return null;
      throw new SqliteError(code, module.UTF8ToString(module._sqlite3_errmsg(database.db)), null);
    };
    return new MemoryDatabase(database, location);
  };
}
