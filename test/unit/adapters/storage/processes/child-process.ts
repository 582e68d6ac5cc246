import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { temporaryFolder } from '../../../../contract/storage-implementations.ts';
import { WASM_FILE } from '../sqlite-for-tests.ts';

/** sql.js is CommonJS and reads these names. */
const COMMONJS_NAMES =
  `import{createRequire as $c}from'node:module';import{fileURLToPath as $f}from'node:url';import{dirname as $d}from'node:path';` +
  'const require=$c(import.meta.url);const __filename=$f(import.meta.url);const __dirname=$d(__filename);';

/** What a process was told is durable: the highest number of each run. */
export type Acknowledged = Map<string, number>;

/** Bundles child.ts and the storage worker, as they are shipped, so that processes start fast. Returns the folder. */
export async function bundleChild(): Promise<string> {
  const folder = temporaryFolder();
  const source = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
  await build({
    entryPoints: {
      child: source('./child.ts'),
      'storage-worker': source('../../../../../src/entries/storage-worker.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: COMMONJS_NAMES },
    logLevel: 'error',
  });
  fs.copyFileSync(WASM_FILE, path.join(folder, 'sql-wasm-debug.wasm'));
  return folder;
}

/** What a child does; see child.ts. */
export type ChildMode = 'write' | 'dieAtChange' | 'dieFromStart' | 'leaveOpen';

/** A running child; `ended` resolves with its exit code and signal, and what it had acknowledged by then. */
export class ChildRun {
  readonly process: ChildProcess;
  readonly started: Promise<void>;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly acknowledged: Acknowledged;
  }>;
  #output = '';
  #errors = '';

  constructor(bundle: string, mode: ChildMode, file: string, name: string, number: number) {
    const args = [path.join(bundle, 'child.mjs'), mode, bundle, file, name, String(number)];
    const env = { ...process.env, NODE_COMPILE_CACHE: path.join(bundle, 'compiled') };
    this.process = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    this.process.stderr?.on('data', (chunk) => {
      this.#errors += chunk;
    });
    this.started = new Promise((resolve) => {
      this.process.stdout?.on('data', (chunk) => {
        this.#output += chunk;
        resolve();
      });
    });
    this.ended = new Promise((resolve, reject) => {
      this.process.on('close', (code, signal) => {
        if (this.#errors !== '') reject(new Error(this.#errors));
        else resolve({ code, signal, acknowledged: this.#acknowledged() });
      });
    });
  }

  /** Kills it at some moment of the `ms` after its first acknowledgement. */
  async killWithin(ms: number, random: () => number): Promise<Acknowledged> {
    await Promise.race([this.started, this.ended]);
    await new Promise((resolve) => setTimeout(resolve, random() * ms));
    this.process.kill('SIGKILL');
    const { signal, code, acknowledged } = await this.ended;
    if (signal !== 'SIGKILL') throw new Error(`It ended by itself with ${code} before it was killed.`);
    return acknowledged;
  }

  #acknowledged(): Acknowledged {
    // The last line may be cut: it counts only with its end.
    const lines = this.#output.split('\n').slice(0, -1);
    return new Map(lines.map((line) => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]));
  }
}
