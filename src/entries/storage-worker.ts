import { parentPort, workerData } from 'node:worker_threads';
import { serve } from '../adapters/storage/worker/serve.ts';

// Started by URL, by adapters/storage/open-storage.ts, with WorkerOptions as its data.
if (parentPort) await serve(parentPort, workerData);
