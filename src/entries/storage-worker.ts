import { parentPort, workerData } from 'node:worker_threads';
import { backUp } from '../adapters/storage/worker/backup-thread.ts';
import { serve } from '../adapters/storage/worker/serve.ts';

// sql.js's debug build reports its memory growing on console.warn, which would reach the person's terminal from here.
console.warn = () => {};

// Started by URL: by adapters/storage/open-storage.ts, with WorkerOptions as its data, and by itself, with BackupOptions.
if (parentPort) await (workerData.task === 'backup' ? backUp(parentPort, workerData) : serve(parentPort, workerData));
