/**
 * The parts of sql.js that this project uses, in its debug build: the only build whose WebAssembly imports and exports
 * keep their names. @types/sql.js describes neither this file nor the low-level functions.
 */
declare module 'sql.js/dist/sql-wasm-debug.js' {
  export type SqlValue = number | string | Uint8Array | null;

  export interface SqlStatement {
    bind(values: readonly SqlValue[]): boolean;
    /** True: a row can be read with get(). Throws through the database's handleError. */
    step(): boolean;
    get(): SqlValue[];
    getColumnNames(): string[];
    reset(): boolean;
    free(): boolean;
  }

  export interface SqlDatabase {
    /** Address of the sqlite3 handle. */
    db: number;
    /** Called with every result code; replaced per instance to keep the code in the error. */
    handleError(code: number): null;
    run(sql: string): SqlDatabase;
    prepare(sql: string): SqlStatement;
    /** A copy of the database as the bytes of a file. */
    export(): Uint8Array;
    close(): void;
  }

  export interface SqlModule {
    /** Empty, or with the bytes of a database file; in memory in any case. */
    Database: new (
      bytes?: Uint8Array,
    ) => SqlDatabase;
    cwrap(
      name: string,
      result: 'number' | 'string',
      parameters: readonly ('number' | 'string')[],
    ): (...values: (number | string)[]) => number;
    UTF8ToString(address: number): string;
    _malloc(bytes: number): number;
    _free(address: number): void;
    _sqlite3_close_v2(handle: number): number;
    _sqlite3_errmsg(handle: number): number;
    _sqlite3_backup_step(backup: number, pages: number): number;
    _sqlite3_backup_finish(backup: number): number;
  }

  /** Functions by module and name, as `WebAssembly.instantiate` takes them. */
  export type WasmImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  export interface WasmInstance {
    readonly exports: Readonly<Record<string, unknown>>;
  }

  export interface SqlModuleOptions {
    useOldExtensionFunctions?: boolean;
    instantiateWasm?(imports: WasmImports, done: (instance: WasmInstance) => void): object;
    onAbort?(reason: unknown): void;
    print?(text: string): void;
    printErr?(text: string): void;
  }

  /** Memoised by sql.js itself: one module per thread, whatever the options of later calls. */
  const initSqlJs: (options: SqlModuleOptions) => Promise<SqlModule>;

  // biome-ignore lint/style/noDefaultExport: describes how the package exports it
  export { initSqlJs as default };
}
