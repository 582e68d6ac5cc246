import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import type { Storage } from '../../src/adapters/storage/storage.ts';
import type { ByteFiles, WindowLocks } from '../../src/adapters/storage/web/browser-ports.ts';
import { type OpenWebStorageOptions, openWebStorage } from '../../src/adapters/storage/web/open-web-storage.ts';
import { WindowPresence } from '../../src/adapters/storage/web/window-presence.ts';
import { SystemClock } from '../../src/adapters/system-clock.ts';

/** sql.js's debug module. */
export const WASM = fs.readFileSync(createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm-debug.wasm'));

/** Files in memory. Records what was written; `onWrite` may change, cut off or refuse it. */
export class FakeFiles implements ByteFiles {
  readonly location = 'vscode-userdata:/ensemble';
  readonly contents = new Map<string, Uint8Array>();
  readonly written: string[] = [];
  reads = 0;
  /** Resolves with how many of the bytes get into the file: all but the last case end in a rejection. */
  onWrite: (name: string, bytes: Uint8Array) => Promise<number> = async (_name, bytes) => bytes.length;

  async read(name: string): Promise<Uint8Array | null> {
    this.reads++;
    return this.contents.get(name)?.slice() ?? null;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const kept = await this.onWrite(name, bytes);
    if (kept < bytes.length) {
      this.contents.set(name, bytes.slice(0, kept));
      throw new Error('the window ended');
    }
    this.contents.set(name, bytes.slice());
    this.written.push(name);
  }
}

/** The locks of one browser. */
export class FakeLocks implements WindowLocks {
  readonly #held = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();
  /** False: as in a browser without the Web Locks API. */
  tells = true;

  exclusively<T>(_name: string, body: () => Promise<T>): Promise<T> {
    const done = this.#last.then(body);
    this.#last = done.catch(() => {});
    return done;
  }

  async hold(name: string): Promise<() => void> {
    this.#held.set(name, (this.#held.get(name) ?? 0) + 1);
    return () => this.#held.delete(name);
  }

  async held(): Promise<ReadonlySet<string> | null> {
    return this.tells ? new Set(this.#held.keys()) : null;
  }
}

/** A browser: its files and locks, which all windows share. */
export class FakeBrowser {
  readonly files = new FakeFiles();
  readonly locks = new FakeLocks();

  /** Opens the storage as a new window does. */
  async openWindow(options: Partial<OpenWebStorageOptions> = {}): Promise<Storage> {
    const presence = await WindowPresence.enter(this.locks, () => randomBytes(8));
    return openWebStorage({
      files: this.files,
      locks: this.locks,
      presence,
      writer: presence.id,
      owner: presence.owner(),
      wasm: WASM,
      clock: new SystemClock(),
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      ...options,
    });
  }
}
