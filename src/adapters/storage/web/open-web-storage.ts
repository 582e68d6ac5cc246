import { EnsembleError } from '../../../core/errors.ts';
import type { Maintenance } from '../../../core/maintenance.ts';
import type { Clock, Logger, RunOwner } from '../../../core/ports.ts';
import { isCorruption } from '../sqlite/sqlite-error.ts';
import type { Storage } from '../storage.ts';
import { portsOn } from '../storage-ports.ts';
import { factsOf } from '../worker/database-facts.ts';
import { toStorageError } from '../worker/storage-errors.ts';
import type { ByteFiles, WindowLocks } from './browser-ports.ts';
import { Generations } from './generations.ts';
import { loadMemorySqlite, type OpenInMemory } from './memory-sqlite.ts';
import { WEB_TIMES, WebStorageClient, type WebTimes } from './web-client.ts';
import { WEB_LIMITS, type WebLimits } from './web-requests.ts';
import { WebStore } from './web-store.ts';
import type { Presence } from './window-presence.ts';

/** What a storage in the browser is opened with. */
export interface OpenWebStorageOptions {
  readonly files: ByteFiles;
  readonly locks: WindowLocks;
  readonly presence: Presence;
  /** Identity of this window: sixteen characters. */
  readonly writer: string;
  readonly owner: RunOwner;
  /** sql.js's debug module. */
  readonly wasm: Uint8Array;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times?: WebTimes;
  readonly limits?: WebLimits;
}

/**
 * Opens the last whole save of a database in memory. Rejects `storage-newer-version`, or `storage-failed` where the files cannot be
 * read. Files that are broken are kept under other names, and a notice says so.
 */
export async function openWebStorage(options: OpenWebStorageOptions): Promise<Storage> {
  const { files, locks, presence, writer, owner, clock, logger, times = WEB_TIMES, limits = WEB_LIMITS } = options;
  const notices: string[] = [];
  const notify = (notice: string) => {
    notices.push(notice);
    logger.warn(notice);
  };
  const open = await loadMemorySqlite(options.wasm);
  const generations = new Generations(files);
  try {
    const { database, base } = await lastSave(open, generations, { clock, notify });
    const parts = { open, generations, locks, presence, writer, owner, clock, limits, notify };
    const store = new WebStore(parts, database, base);
    const client = new WebStorageClient({ store, clock, times, notify });
    const close = () => client.close();
    const copyTo = () => Promise.reject(notHere('A copy of the database cannot be written'));
    const ports = portsOn((name, ...args) => client.call(name, ...args), {
      maintenance: maintenanceOf(store, client, files.location),
      copyTo,
      close,
    });
    return { ...ports, notices, close };
  } catch (error) {
    throw toStorageError(error, files.location, null);
  }
}

interface Reporting {
  readonly clock: Clock;
  notify(notice: string): void;
}

/** The newest save that can be used, else an empty database. */
async function lastSave(open: OpenInMemory, generations: Generations, { clock, notify }: Reporting) {
  const [head, { whole, broken }] = await Promise.all([generations.head(), generations.read()]);
  const unusable = [...broken];
  for (const stored of whole) {
    try {
      const database = open(stored.database, generations.location);
      if (head !== null && head.number > stored.number) {
        notify(`The last save of the history was damaged; the one of ${new Date(stored.at).toISOString()} is used.`);
      }
      return { database, base: stored };
    } catch (error) {
      if (!isCorruption(error)) throw error;
      unusable.push({ name: `generation-${stored.number}`, bytes: stored.database });
    }
  }
  for (const file of unusable) {
    const kept = await generations.setAside(file, clock.now());
    notify(`${file.name} in ${generations.location} was damaged and is kept as ${kept}; the history starts empty.`);
  }
  return { database: open(null, generations.location), base: null };
}

function maintenanceOf(store: WebStore, client: WebStorageClient, location: string): Maintenance {
  return {
    backups: async () => [],
    backUp: () => Promise.reject(notHere('Backups are not made')),
    restore: () => Promise.reject(notHere('Backups are not made')),
    importOrchestration: () => Promise.reject(notHere('Databases of other programs are not read')),
    check: async () => store.database.check(),
    status: async () => ({
      file: location,
      sizeBytes: store.database.bytes().length,
      ...factsOf(store.database),
      backups: [],
      quarantined: [],
      users: [],
    }),
    exportAll: () => Promise.reject(notHere('Everything is not exported')),
    compact: async () => {
      const beforeBytes = store.database.bytes().length;
      store.database.compact();
      await client.flush();
      return { beforeBytes, afterBytes: store.database.bytes().length };
    },
  };
}

function notHere(what: string): EnsembleError {
  return new EnsembleError('invalid-input', `${what} in VS Code for the Web.`, {
    hint: 'Open the folder in VS Code on the desktop.',
  });
}
