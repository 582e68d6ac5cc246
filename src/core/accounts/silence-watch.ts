import type { Clock } from '../ports.ts';

/** Longest wait for the first sign of an answer, ms, where the provider asks for no more. */
export const FIRST_SIGN_TIMEOUT_MS = 60_000;
/** Longest silence within an answer, ms. */
export const IDLE_TIMEOUT_MS = 60_000;
/** Longest answer, ms: bounds one that drips so slowly that it is never silent. */
export const TOTAL_TIMEOUT_MS = 900_000;

/** Ends the sleep; made once, as an error is costly to make. */
const STOPPED = new Error('stopped');

/** Watches that an answer begins, goes on and ends. One sleep at a time, however many parts come. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #expired: () => void;
  readonly #firstSignMs: number;
  readonly #timer = new AbortController();
  readonly #beganAt: number;
  #heardAt: number;
  #started = false;
  #reason: string | null = null;

  /** Starts at once; calls `expired` once when it stays silent for too long, or never ends. */
  constructor(clock: Clock, expired: () => void, firstSignMs = FIRST_SIGN_TIMEOUT_MS) {
    this.#clock = clock;
    this.#expired = expired;
    this.#firstSignMs = firstSignMs;
    this.#beganAt = clock.monotonic();
    this.#heardAt = this.#beganAt;
    void this.#watch();
  }

  /** Why the watch has expired, as a sentence; null while it has not. */
  get reason(): string | null {
    return this.#reason;
  }

  /** A sign of life has come. */
  heard(): void {
    this.#heardAt = this.#clock.monotonic();
    this.#started = true;
  }

  stop(): void {
    this.#timer.abort(STOPPED);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#timer;
    while (!signal.aborted) {
      const now = this.#clock.monotonic();
      const limitMs = this.#started ? IDLE_TIMEOUT_MS : this.#firstSignMs;
      const silentAt = this.#heardAt + limitMs;
      const endlessAt = this.#beganAt + TOTAL_TIMEOUT_MS;
      if (endlessAt <= now) return this.#expire(`The answer did not end within ${TOTAL_TIMEOUT_MS / 60_000} minutes.`);
      if (silentAt <= now) return this.#expire(this.#silence(limitMs / 1000));
      await this.#clock.sleep(Math.min(silentAt, endlessAt) - now, signal).catch(() => undefined);
    }
  }

  #silence(seconds: number): string {
    return `${this.#started ? 'The answer fell silent' : 'There was no answer'} for ${seconds} s.`;
  }

  #expire(reason: string): void {
    this.#reason = reason;
    this.#expired();
  }
}
