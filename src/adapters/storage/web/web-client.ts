import { EnsembleError } from '../../../core/errors.ts';
import type { Clock } from '../../../core/ports.ts';
import type { Operations } from '../worker/operations.ts';
import type { ArgumentsOf, ResultOf } from '../worker/request.ts';
import { isSavedAtOnce, type WebRequest } from './web-requests.ts';
import type { WebStore } from './web-store.ts';

/** When changes are saved and those of others are seen, ms. */
export interface WebTimes {
  /** A change is saved once nothing has changed for so long; 0: before its caller hears of it. Default 300. */
  readonly quiet: number;
  /** But no later than this after the first. Default 2,000. */
  readonly longest: number;
  /** How old the view of other windows' work may be. Default 1,000. */
  readonly fresh: number;
  /** A save that failed is tried again after this. Default 10,000. */
  readonly retry: number;
}

export const WEB_TIMES: WebTimes = { quiet: 300, longest: 2000, fresh: 1000, retry: 10_000 };

/** What a client works with. */
export interface WebClientParts {
  readonly store: WebStore;
  readonly clock: Clock;
  readonly times: WebTimes;
  /** Told what the person should know. */
  notify(notice: string): void;
}

/** The store as async functions, in the order of the calls; decides when it is saved. */
export class WebStorageClient {
  readonly #parts: WebClientParts;
  #seenAt: number;
  #seeing: Promise<void> | null = null;
  /** When the first change after the last save was made. */
  #waitingSince: number | null = null;
  #waiting: AbortController | null = null;
  /** The last save failed, and a retry is to come. */
  #failing = false;
  /** The person was told of a failure, and nothing has succeeded since. */
  #told = false;
  #closing: Promise<void> | null = null;

  constructor(parts: WebClientParts) {
    this.#parts = parts;
    this.#seenAt = parts.clock.monotonic();
  }

  /** Resolves once the operation was done in memory; for those that must not be forgotten, once it is saved. */
  async call<Name extends keyof Operations>(
    name: Name,
    ...args: ArgumentsOf<Operations, Name>
  ): Promise<ResultOf<Operations, Name>> {
    if (this.#closing !== null) throw new EnsembleError('storage-failed', 'The storage is closed.');
    await this.#seeOthers();
    const { store, times } = this.#parts;
    const request = { name, args } as unknown as WebRequest;
    const change = store.execute(request);
    if (change.outcome.ok && store.isChange(request)) {
      if (times.quiet === 0 || isSavedAtOnce(request)) await this.#save();
      else void this.#saveLater();
    }
    if (!change.outcome.ok) throw change.outcome.error;
    // The result belongs to the name by the operation's own type.
    return change.outcome.value as ResultOf<Operations, Name>;
  }

  /** Saves what is unsaved. Rejects with a storage error. */
  async flush(): Promise<void> {
    await this.#save();
  }

  /** Saves, then closes; later calls reject. Rejects where the last save fails. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#waiting?.abort();
    try {
      await this.#seeing;
      await this.#parts.store.save();
    } finally {
      this.#parts.store.close();
    }
  }

  /** A look at what other windows have saved, where the last one is too long ago. Their failure is no failure of ours. */
  async #seeOthers(): Promise<void> {
    const { store, clock, times } = this.#parts;
    if (this.#seeing === null && clock.monotonic() - this.#seenAt >= times.fresh) {
      this.#seeing = store
        .refresh()
        .catch((error: unknown) => this.#tellOnce(error))
        .finally(() => {
          this.#seeing = null;
          this.#seenAt = clock.monotonic();
        });
    }
    await this.#seeing;
  }

  async #save(): Promise<void> {
    this.#waiting?.abort();
    this.#waitingSince = null;
    try {
      await this.#parts.store.save();
      this.#failing = false;
      this.#told = false;
    } catch (error) {
      this.#failing = true;
      this.#tellOnce(error);
      void this.#saveLater(this.#parts.times.retry);
      throw error;
    }
  }

  /** Once it is quiet, or it has waited long enough. */
  async #saveLater(after?: number): Promise<void> {
    const { clock, times } = this.#parts;
    // While saves fail, only the retry counts.
    if (this.#closing !== null || (this.#failing && after === undefined)) return;
    this.#waiting?.abort();
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#waitingSince ??= clock.monotonic();
    const latest = this.#waitingSince + times.longest;
    try {
      await clock.sleep(after ?? Math.max(1, Math.min(times.quiet, latest - clock.monotonic())), waiting.signal);
    } catch {
      return;
    }
    await this.#save().catch(() => {});
  }

  #tellOnce(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    const { message, hint } = error instanceof EnsembleError ? error : { message: String(error), hint: null };
    this.#parts.notify(
      `The history could not be saved in this browser: ${message} ${hint ?? ''}`.trim() +
        ' It stays in this window, and saving is tried again.',
    );
  }
}
