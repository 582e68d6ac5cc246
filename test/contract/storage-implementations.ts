import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openMemoryStorage } from '../../src/adapters/storage/memory/open-memory-storage.ts';
import { openStorage } from '../../src/adapters/storage/open-storage.ts';
import { isAlive } from '../../src/adapters/storage/process-identity.ts';
import type { Storage } from '../../src/adapters/storage/storage.ts';
import { WEB_TIMES } from '../../src/adapters/storage/web/web-client.ts';
import type { Logger } from '../../src/core/ports.ts';
import { FakeBrowser } from '../support/fake-browser.ts';

/** The worker as tests run it: the source, under the loader that the test process was started with. */
export const WORKER_URL = new URL('../../src/entries/storage-worker.ts', import.meta.url);

export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** One implementation of the storage ports, opened once for a whole suite. */
export interface StorageUnderTest {
  readonly storage: Storage;
  /** A second process's view of the same data; the storage itself where it cannot be shared. */
  readonly other: Storage;
  close(): Promise<void>;
}

/** Every implementation by name. */
export const IMPLEMENTATIONS: Readonly<Record<string, () => Promise<StorageUnderTest>>> = {
  'in memory': async () => {
    const storage = openMemoryStorage();
    return { storage, other: storage, close: () => storage.close() };
  },
  'in a database, over two connections': async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'contract.db');
    const storage = await openFile(file);
    const other = await openFile(file);
    const close = async () => {
      await Promise.all([storage.close(), other.close()]);
      fs.rmSync(folder, { recursive: true });
    };
    return { storage, other, close };
  },
  'in the files of a browser, in two windows': async () => {
    const browser = new FakeBrowser();
    // Each call sees what the other window did, and is saved before it is answered.
    const times = { ...WEB_TIMES, quiet: 0, fresh: 0 };
    const storage = await browser.openWindow({ times, presence: PROCESSES });
    const other = await browser.openWindow({ times, presence: PROCESSES });
    const close = async () => {
      await storage.close();
      await other.close();
    };
    return { storage, other, close };
  },
};

/** The suites speak of processes, which windows have not. */
const PROCESSES = { refresh: async () => {}, isAlive };

/** Runs `suite` on every implementation. `subject()` is only valid inside tests. */
export function forEachImplementation(suite: (subject: () => StorageUnderTest) => void): void {
  for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
    describe(name, () => {
      let current: StorageUnderTest | null = null;
      before(async () => {
        current = await open();
      });
      after(() => current?.close());
      suite(() => {
        if (current === null) throw new Error('The storage is not open.');
        return current;
      });
    });
  }
}

export function openFile(file: string): Promise<Storage> {
  return openStorage({ file, workerUrl: WORKER_URL, logger: SILENT });
}

export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'ensemble-storage-'));
}
