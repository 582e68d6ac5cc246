import type { Worker } from 'node:worker_threads';
import { EnsembleError, type ErrorInfo } from '../../core/errors.ts';
import type { Arguments, OperationName, Request, Result } from './worker/file-operations.ts';
import type { FromWorker, ToWorker } from './worker/messages.ts';
import type { Reply } from './worker/server.ts';

/** Most requests that share a transaction: bounds how long other processes wait for the lock. */
const MAX_BATCH = 1_000;

interface Pending {
  readonly request: Request;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: EnsembleError) => void;
}

/**
 * The storage worker as async functions. Calls of one event-loop turn travel in one message and are committed together;
 * while a batch is under way, later calls gather for the next. The process stays alive for pending calls and for nothing
 * else. When the thread dies, all pending and later calls reject with `storage-failed`.
 */
export class StorageClient {
  readonly #worker: Worker;
  readonly #onNotice: (notice: string) => void;
  readonly #ended: Promise<void>;
  #queue: Pending[] = [];
  #underWay: readonly Pending[] = [];
  #scheduled = false;
  #failure: EnsembleError | null = null;
  #closing: Promise<void> | null = null;
  /** Told to end, so that its end is no failure. */
  #released = false;
  #onIdle: () => void = () => {};

  /** Takes over a worker that has reported `opened`. `onEnd` is called once its thread has ended. */
  constructor(worker: Worker, onNotice: (notice: string) => void, onEnd: () => void) {
    this.#worker = worker;
    this.#onNotice = onNotice;
    worker.on('message', (message: FromWorker) => this.#receive(message));
    worker.on('error', (error) => this.#fail(error));
    this.#ended = new Promise((resolve) => {
      worker.on('exit', () => {
        if (!this.#released) this.#fail(new Error('it ended'));
        onEnd();
        resolve();
      });
    });
    worker.unref();
  }

  /** Resolves once everything that the operation wrote is on the disk. Arguments must not change until then. */
  call<Name extends OperationName>(name: Name, ...args: Arguments<Name>): Promise<Result<Name>> {
    if (this.#closing !== null) return Promise.reject(closedError());
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      // Name and arguments belong together by this method's signature, which the union cannot express.
      const request = { name, args } as unknown as Request;
      this.#queue.push({ request, resolve: resolve as (value: unknown) => void, reject });
      this.#schedule();
    });
  }

  /** Completes pending calls and ends the thread. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#queue.length + this.#underWay.length > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    if (this.#failure === null) {
      this.#released = true;
      this.#worker.ref();
      this.#post({ type: 'close' });
    }
    return this.#ended;
  }

  #schedule(): void {
    if (this.#scheduled || this.#underWay.length > 0) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    this.#underWay = this.#queue.splice(0, MAX_BATCH);
    if (this.#underWay.length === 0) return;
    this.#worker.ref();
    try {
      this.#post({ type: 'batch', requests: this.#underWay.map(({ request }) => request) });
    } catch (error) {
      // Only arguments that cannot be cloned, which the types forbid.
      this.#settle(() => ({ ok: false, error: { code: 'internal', message: String(error), hint: null } }));
    }
  }

  #receive(message: FromWorker): void {
    if (message.type !== 'replies' && message.type !== 'closed') return;
    for (const notice of message.notices) this.#onNotice(notice);
    if (message.type === 'closed') return;
    this.#settle((index) => message.replies[index]);
  }

  #settle(replyOf: (index: number) => Reply | undefined): void {
    const settled = this.#underWay;
    this.#underWay = [];
    for (const [index, { resolve, reject }] of settled.entries()) {
      const reply = replyOf(index);
      if (reply?.ok) resolve(reply.value);
      else reject(reply ? toError(reply.error) : stoppedError(new Error('it did not answer')));
    }
    if (this.#queue.length > 0) {
      this.#schedule();
      return;
    }
    this.#worker.unref();
    this.#onIdle();
  }

  #fail(cause: Error): void {
    this.#failure ??= stoppedError(cause);
    const failure = this.#failure;
    const lost = [...this.#underWay, ...this.#queue];
    this.#underWay = [];
    this.#queue = [];
    for (const { reject } of lost) reject(failure);
    this.#onIdle();
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}

/** An error of the worker, as it was thrown there. */
export function toError({ code, message, hint }: ErrorInfo): EnsembleError {
  return new EnsembleError(code, message, hint === null ? {} : { hint });
}

/** The storage thread ended by itself. */
export function stoppedError(cause: Error): EnsembleError {
  return new EnsembleError('storage-failed', `The storage thread stopped: ${cause.message}.`, {
    hint: 'Start Ensemble again; what was saved is safe, runs can be resumed.',
    cause,
  });
}

function closedError(): EnsembleError {
  return new EnsembleError('storage-failed', 'The storage is closed.');
}
