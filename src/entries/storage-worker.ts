import { parentPort, workerData } from 'node:worker_threads';
import { backUp } from '../adapters/storage/worker/backup-thread.ts';
import { exportEverything } from '../adapters/storage/worker/export-thread.ts';
import { serve } from '../adapters/storage/worker/serve.ts';

// sql.js's debug build reports its memory growing on console.warn, which would reach the person's terminal from here.
console.warn = () => {};

// Started by URL: by adapters/storage/open-storage.ts, with WorkerOptions as its data, by itself, with BackupOptions, and by
// adapters/storage/exports.ts, with ExportThreadOptions.
if (parentPort) {
  if (workerData.task === 'backup') await backUp(parentPort, workerData);
  else if (workerData.task === 'export') await exportEverything(parentPort, workerData);
  else await serve(parentPort, workerData);
}
