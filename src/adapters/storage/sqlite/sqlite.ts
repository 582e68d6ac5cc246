import fs from 'node:fs';
import type { SqlDatabase, SqlModule, WasmImports } from 'sql.js/dist/sql-wasm-debug.js';
import { Connection } from './connection.ts';
import type { FileMutex } from './file-mutex.ts';
import { type FileImports, fileSyscalls } from './file-syscalls.ts';
import { loadSqlModule } from './load-sql-module.ts';
import { RealFiles, realPath } from './real-files.ts';
import { SqliteError } from './sqlite-error.ts';
import { type GrowingMemory, WasmMemory } from './wasm-memory.ts';

const SQLITE_OK = 0;
const SQLITE_DONE = 101;
/** A copy in pieces begins anew whenever another process writes; after so many times its length the rest is one piece. */
const MOST_PASSES = 3;

/** How a copy is made while others use the database. */
export interface CopyInPieces {
  /** Pages that are copied at once: so long others wait for the lock. */
  readonly pages: number;
  /** Called between two pieces, when others can have the lock; about `done` of `total` pages are copied. What it throws ends the copy. */
  pause(progress: { readonly done: number; readonly total: number }): void;
}

/**
 * SQLite (sql.js, unmodified) on real files: the WebAssembly module's file system calls are replaced through Emscripten's
 * own hook, so that SQLite reads and writes pages of the real file with real syncs and its own rollback journal.
 * One per thread, because sql.js keeps its first module.
 */
export class Sqlite {
  readonly #module: SqlModule;
  readonly #files: RealFiles;
  readonly #openHandle: (path: string, address: number) => number;
  readonly #startBackup: (target: number, targetName: string, source: number, sourceName: string) => number;
  readonly #memory: WasmMemory;

  /** Use {@link loadSqlite}. */
  constructor(module: SqlModule, files: RealFiles, memory: WasmMemory) {
    this.#module = module;
    this.#files = files;
    this.#memory = memory;
    this.#openHandle = module.cwrap('sqlite3_open', 'number', ['string', 'number']);
    this.#startBackup = module.cwrap('sqlite3_backup_init', 'number', ['number', 'string', 'number', 'string']);
  }

  /**
   * Opens or creates a file in an existing folder. `mutex` null: nobody else can know the file (a copy being made, a
   * quarantined one). Only one guarded connection per file and thread. Throws SqliteError.
   */
  open(file: string, mutex: FileMutex | null): Connection {
    const real = realPath(file);
    this.#files.guard(real, mutex);
    const database = new this.#module.Database();
    database.handleError = (code) => this.#check(database, code);
    // sql.js can only open its own in-memory names: its handle is replaced by one on the real path.
    this.#module._sqlite3_close_v2(database.db);
    const address = this.#module._malloc(4);
    const code = this.#openHandle(this.#files.mount(real), address);
    database.db = this.#memory.view.getUint32(address, true);
    this.#module._free(address);
    const connection = new Connection(database, () => this.#files.guard(real, null));
    try {
      this.#check(database, code);
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  /**
   * Copies a whole database page by page into `target`, a new file: as it is at one moment, also in pieces. Null: within one read
   * transaction of the source.
   */
  copy(source: Connection, target: string, pieces: CopyInPieces | null = null): void {
    const copy = this.open(target, null);
    try {
      copy.execute('PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF');
      const backup = this.#startBackup(copy.handle, 'main', source.handle, 'main');
      if (backup === 0) throw this.#error(copy.handle, 1);
      let code: number;
      try {
        code = pieces === null ? this.#module._sqlite3_backup_step(backup, -1) : this.#inPieces(source, backup, pieces);
      } finally {
        this.#module._sqlite3_backup_finish(backup);
      }
      if (code !== SQLITE_DONE) throw this.#error(copy.handle, code);
    } finally {
      copy.close();
    }
  }

  /** Writes the content of a database without the room of deleted rows into `target`, a new file; holds a few pages of it. */
  compactInto(source: Connection, target: string): void {
    source.run('VACUUM INTO ?', [this.#files.mount(realPath(target))]);
  }

  #inPieces(source: Connection, backup: number, { pages, pause }: CopyInPieces): number {
    const total = Number(source.get('PRAGMA page_count')?.page_count ?? 0);
    const whole = Math.ceil(total / pages);
    for (let piece = 0; ; piece++) {
      const code = this.#module._sqlite3_backup_step(backup, piece < MOST_PASSES * whole ? pages : -1);
      if (code !== SQLITE_OK) return code;
      pause({ done: Math.min((piece + 1) * pages, total), total });
    }
  }

  /** True once `file`, open and guarded here, was found to have been replaced by another file. */
  wasReplaced(file: string): boolean {
    return this.#files.wasReplaced(realPath(file));
  }

  /** Inode of the file that is open under this name, which need not be the one that has the name now. */
  inodeOf(file: string): bigint | null {
    return this.#files.inodeOf(realPath(file));
  }

  #check(database: SqlDatabase, code: number): null {
    if (code === 0) return null;
    throw this.#error(database.db, code);
  }

  #error(handle: number, code: number): SqliteError {
    const systemCode = this.#files.lastFailure;
    this.#files.lastFailure = null;
    return new SqliteError(code, this.#module.UTF8ToString(this.#module._sqlite3_errmsg(handle)), systemCode);
  }
}

/** Loads the module from `wasmFile`. Rejects where it was loaded in this thread before, or does not have our imports. */
export async function loadSqlite(wasmFile: string, busyMs: number): Promise<Sqlite> {
  const bytes = fs.readFileSync(wasmFile);
  const memory = new WasmMemory();
  const files = new RealFiles();
  let instantiated = false;
  const module = await loadSqlModule(bytes, (original) => {
    instantiated = true;
    return {
      imports: replaceFileImports(original, memory, files, busyMs),
      attach: (instance) => memory.attach(instance.exports.memory as GrowingMemory),
    };
  });
  if (!instantiated) throw new Error('sql.js was loaded in this thread before; it keeps its first module.');
  return new Sqlite(module, files, memory);
}

function replaceFileImports(imports: WasmImports, memory: WasmMemory, files: RealFiles, busyMs: number): WasmImports {
  // Emscripten passes one object under both module names.
  const original = { ...imports.env, ...imports.wasi_snapshot_preview1 } as unknown as FileImports;
  const replacements = fileSyscalls({ original, memory, files, busyMs });
  const missing = Object.keys(replacements).filter((name) => !(name in original));
  if (missing.length > 0) throw new Error(`This build of sql.js does not import ${missing.join(', ')}.`);
  return Object.fromEntries(Object.entries(imports).map(([name, values]) => [name, { ...values, ...replacements }]));
}
