import type { MessagePort } from 'node:worker_threads';
import { toErrorInfo } from '../../../core/errors.ts';
import { loadSqlite } from '../sqlite/sqlite.ts';
import type { DatabaseOptions } from './database.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { openServer } from './server.ts';

/** What the worker is started with. */
export interface WorkerOptions extends DatabaseOptions {
  /** Absolute path of sql.js's debug module. */
  readonly wasmFile: string;
}

/** Opens the database and answers the client's batches until it says close; then the thread has nothing left to do. */
export async function serve(port: MessagePort, options: WorkerOptions): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  try {
    const server = openServer(await loadSqlite(options.wasmFile, options.busyMs), options);
    port.on('message', (message: ToWorker) => {
      if (message.type === 'batch') {
        const replies = server.execute(message.requests);
        post({ type: 'replies', replies, notices: server.takeNotices() });
        return;
      }
      server.close();
      port.close();
    });
    post({ type: 'opened', notices: server.takeNotices() });
  } catch (error) {
    post({ type: 'failed', error: toErrorInfo(error) });
    port.close();
  }
}
