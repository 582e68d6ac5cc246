import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { EnsembleError } from '../../core/errors.ts';
import type { Maintenance } from '../../core/maintenance.ts';
import type { Logger, RunOwner } from '../../core/ports.ts';
import { Exports } from './exports.ts';
import { currentOwner } from './process-identity.ts';
import { releaseAbandonedLock } from './sqlite/file-mutex.ts';
import { realPath } from './sqlite/real-files.ts';
import type { Storage } from './storage.ts';
import { StorageClient, stoppedError, toError } from './storage-client.ts';
import { portsOn } from './storage-ports.ts';
import type { FromWorker } from './worker/messages.ts';
import { threadOwner } from './worker/thread-owner.ts';
import type { WorkerOptions } from './worker/worker-options.ts';

/** How long an operation waits for other processes before it rejects with `storage-locked`, ms. */
const BUSY_MS = 10_000;

/** Time without a request after which the backup of the day is made, ms. */
const BACKUP_AFTER_MS = 3_000;

/** File name of sql.js's module beside the bundled worker; see docs/decisions on why it is the debug build. */
const WASM_NAME = 'sql-wasm-debug.wasm';

/** What a storage is opened with. */
export interface OpenStorageOptions {
  /** The database file; it and its folder are made where they do not exist. */
  readonly file: string;
  /** The storage worker: `storage-worker.js` beside the bundle, or the source under a loader for TypeScript. */
  readonly workerUrl: URL;
  readonly logger: Logger;
  /** Hears what the person should know, such as that a damaged file was replaced by its backup. Default: nobody. */
  readonly onNotice?: (notice: string) => void;
  /** sql.js's debug module. Default: beside the worker, else in node_modules. */
  readonly wasmFile?: string;
  /** Time without a request after which the backup of the day is made, ms. Default: 3 s. */
  readonly backupAfterMs?: number;
  /** Whether it is made at the latest on closing, where something was written. Default: true. False for an editor, which ends us where closing takes long. */
  readonly backupOnClose?: boolean;
}

/**
 * Opens the database in a worker thread: mends, migrates and backs it up as needed. Rejects with `storage-failed` (folder
 * not writable, disk full), `storage-locked`, `storage-corrupt` (not a database, and no backup of one),
 * `storage-newer-version`. Several processes and windows may have the same file open.
 */
export async function openStorage(options: OpenStorageOptions): Promise<Storage> {
  const file = path.resolve(options.file);
  const owner = currentOwner();
  const wasmFile = options.wasmFile ?? findWasm(options.workerUrl);
  const { backupAfterMs = BACKUP_AFTER_MS, backupOnClose = true } = options;
  const workerUrl = options.workerUrl.href;
  const backup = { backupAfterMs, backupOnClose };
  const workerData: WorkerOptions = { file, owner, wasmFile, workerUrl, ...backup, busyMs: BUSY_MS };
  const worker = new Worker(options.workerUrl, { workerData, name: 'ensemble-storage' });
  const notices: string[] = [];
  const notify = (notice: string) => {
    notices.push(notice);
    options.logger.warn(notice);
    options.onNotice?.(notice);
  };
  const abandon = () => {
    for (const each of [owner, threadOwner(owner, 'backup')]) abandonLock(file, each);
  };
  try {
    for (const notice of await opened(worker)) notify(notice);
  } catch (error) {
    await worker.terminate();
    abandon();
    throw error;
  }
  const client = new StorageClient(worker, notify, abandon);
  const exports = new Exports({ file, wasmFile, workerUrl, busyMs: BUSY_MS, abandonLock });
  const close = async () => {
    await exports.stop();
    return client.close();
  };
  const ports = portsOn((name, ...args) => client.call(name, ...args), {
    maintenance: maintenanceOf(client, exports),
    copyTo: (copy) => client.call('copyTo', path.resolve(copy)),
    close,
  });
  return { ...ports, notices, close };
}

/** The first message of the worker: notices, or the reason why it could not open the database. */
function opened(worker: Worker): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(stoppedError(error));
    worker.once('error', fail);
    worker.once('exit', () => fail(new Error('it ended')));
    worker.once('message', (message: FromWorker) => {
      worker.off('error', fail);
      if (message.type === 'opened') resolve(message.notices);
      else if (message.type === 'failed') reject(toError(message.error));
    });
  });
}

function findWasm(workerUrl: URL): string {
  const beside = fileURLToPath(new URL(`./${WASM_NAME}`, workerUrl));
  if (fs.existsSync(beside)) return beside;
  try {
    return createRequire(import.meta.url).resolve(`sql.js/dist/${WASM_NAME}`);
  } catch (cause) {
    throw new EnsembleError('storage-failed', `${WASM_NAME} is missing beside ${fileURLToPath(workerUrl)}.`, {
      hint: 'Install Ensemble again.',
      cause,
    });
  }
}

/** The thread is gone, but to other processes its lock still belongs to a living process. */
function abandonLock(file: string, owner: RunOwner): void {
  if (fs.statSync(path.dirname(file), { throwIfNoEntry: false })?.isDirectory())
    releaseAbandonedLock(`${realPath(file)}.lock`, owner);
}

function maintenanceOf(client: StorageClient, exports: Exports): Maintenance {
  return {
    backups: () => client.call('listBackups'),
    backUp: () => client.call('backUp'),
    restore: (file) => client.call('restoreBackup', path.resolve(file)),
    check: () => client.call('checkDatabase'),
    importOrchestration: (file, trial = false) => client.call('importOrchestration', path.resolve(file), trial),
    status: () => client.call('databaseStatus'),
    exportAll: async (file, options) => {
      const report = await exports.run(path.resolve(file), options);
      await client.call('recordAudit', 'database-exported', report.file, { files: report.files });
      return report;
    },
    compact: () => client.call('compactDatabase'),
  };
}
