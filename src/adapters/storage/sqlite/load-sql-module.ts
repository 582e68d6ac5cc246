import initSqlJs, { type SqlModule, type WasmImports, type WasmInstance } from 'sql.js/dist/sql-wasm-debug.js';

/** WebAssembly of the host, for which TypeScript has types only together with a page's. */
const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    instantiate(bytes: Uint8Array, imports: WasmImports): Promise<{ readonly instance: WasmInstance }>;
  };
};

/**
 * Loads sql.js, unmodified, from the bytes of its debug module, without anything of Node or of a page. What it has to say
 * comes as errors; the terminal belongs to the shells. `replace`: what the module imports, and what is done with its
 * instance before it starts; not called where sql.js was loaded in this thread before, because it keeps its first module.
 */
export function loadSqlModule(
  wasm: Uint8Array,
  replace: (imports: WasmImports) => { imports: WasmImports; attach(instance: WasmInstance): void },
): Promise<SqlModule> {
  return new Promise((resolve, reject) => {
    const options = {
      useOldExtensionFunctions: false,
      print: () => {},
      printErr: () => {},
      onAbort: (reason: unknown) => reject(new Error(`sql.js stopped: ${String(reason)}`)),
      instantiateWasm: (original: WasmImports, done: (instance: WasmInstance) => void) => {
        const { imports, attach } = replace(original);
        webAssembly.instantiate(wasm, imports).then(({ instance }) => {
          attach(instance);
          done(instance);
        }, reject);
        return {};
      },
    };
    initSqlJs(options).then(resolve, reject);
  });
}
