import type { MessagePort } from 'node:worker_threads';
import { toErrorInfo } from '../../../core/errors.ts';
import { loadSqlite } from '../sqlite/sqlite.ts';
import { backUpAside } from './backup-thread.ts';
import { IdleBackup } from './idle-backup.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { openServer } from './server.ts';
import type { WorkerOptions } from './worker-options.ts';

/** Opens the database and answers the client's batches until it says close; then the thread has nothing left to do. */
export async function serve(port: MessagePort, options: WorkerOptions): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  try {
    const server = openServer(await loadSqlite(options.wasmFile, options.busyMs), options);
    const backup = new IdleBackup({
      afterMs: options.backupAfterMs,
      due: () => server.dailyBackup.due(),
      make: async () => {
        const failure = await backUpAside(options);
        if (failure !== null) server.backupFailed(failure);
      },
    });
    const end = async () => {
      await backup.end();
      // Who only looks something up does not wait for the copy of a large database.
      server.close(options.backupOnClose && server.hasWritten);
      post({ type: 'closed', notices: server.takeNotices() });
      port.close();
    };
    port.on('message', (message: ToWorker) => {
      if (message.type === 'close') return void end();
      const replies = server.execute(message.requests);
      post({ type: 'replies', replies, notices: server.takeNotices() });
      backup.wait();
    });
    post({ type: 'opened', notices: server.takeNotices() });
  } catch (error) {
    post({ type: 'failed', error: toErrorInfo(error) });
    port.close();
  }
}
