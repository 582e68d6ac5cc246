import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { cancelledError } from '../../core/errors.ts';
import type { ExportOptions, ExportReport } from '../../core/maintenance.ts';
import type { RunOwner } from '../../core/ports.ts';
import { type ArchiveTarget, publish } from '../archive/archive-target.ts';
import { currentOwner } from './process-identity.ts';
import { stoppedError, toError } from './storage-client.ts';
import type { ExportThreadOptions, FromExport } from './worker/export-thread.ts';
import { threadOwner } from './worker/thread-owner.ts';
import type { WorkerOptions } from './worker/worker-options.ts';

/** What exports are made of. */
export interface ExportsParts extends Pick<WorkerOptions, 'file' | 'wasmFile' | 'workerUrl' | 'busyMs'> {
  /** Gives up the lock of a thread that has ended. */
  abandonLock(file: string, owner: RunOwner): void;
}

/** The exports of a database that are under way, each in a thread of its own. */
export class Exports {
  readonly #parts: ExportsParts;
  readonly #running = new Map<AbortController, Promise<unknown>>();

  constructor(parts: ExportsParts) {
    this.#parts = parts;
  }

  /** As `Maintenance.exportAll`; `file` is absolute. */
  async run(file: string, { signal, replace = false, onProgress }: ExportOptions = {}): Promise<ExportReport> {
    signal?.throwIfAborted();
    const closing = new AbortController();
    const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
    const part = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID().slice(0, 8)}.part`);
    const target: ArchiveTarget = { file, part, replace };
    const done = this.#inThread(target, stop, onProgress);
    this.#running.set(closing, done);
    try {
      const report = await done;
      stop.throwIfAborted();
      publish(target);
      return report;
    } catch (error) {
      stop.throwIfAborted();
      throw error;
    } finally {
      this.#running.delete(closing);
      // Also what a thread leaves that has ended in the middle.
      fs.rmSync(part, { force: true });
    }
  }

  /** Stops those that are under way; resolves when nothing is left of them. */
  async stop(): Promise<void> {
    for (const closing of this.#running.keys()) closing.abort(cancelledError('The export was cancelled.'));
    await Promise.allSettled(this.#running.values());
  }

  #inThread(target: ArchiveTarget, stop: AbortSignal, onProgress: ExportOptions['onProgress']): Promise<ExportReport> {
    const { file, wasmFile, workerUrl, busyMs, abandonLock } = this.#parts;
    const owner = threadOwner(currentOwner(), 'export');
    const workerData: ExportThreadOptions = { task: 'export', file, owner, wasmFile, busyMs, target };
    const worker = new Worker(new URL(workerUrl), {
      workerData,
      name: 'ensemble-export',
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    const onStop = () => worker.postMessage('stop');
    stop.addEventListener('abort', onStop);
    return new Promise<ExportReport>((resolve, reject) => {
      let end = () => reject(stoppedError(new Error('it ended')));
      worker.on('message', (message: FromExport) => {
        if (message.type === 'progress') onProgress?.(message.progress);
        else if (message.type === 'done') end = () => resolve(message.report);
        else end = () => reject(toError(message.error));
      });
      worker.once('error', (error) => {
        end = () => reject(stoppedError(error));
      });
      worker.once('exit', () => {
        stop.removeEventListener('abort', onStop);
        abandonLock(file, owner);
        end();
      });
    });
  }
}
