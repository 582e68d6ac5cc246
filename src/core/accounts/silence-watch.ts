import type { Clock } from '../ports.ts';

/** Longest wait for the first sign of an answer, ms. */
export const FIRST_PART_TIMEOUT_MS = 60_000;
/** Longest silence within an answer, ms. */
export const IDLE_TIMEOUT_MS = 60_000;

/** Ends the sleep; made once, as an error is costly to make. */
const STOPPED = new Error('stopped');

/** Watches that an answer begins and goes on. One sleep at a time, however many parts come. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #expired: () => void;
  readonly #timer = new AbortController();
  #heardAt: number;
  #started = false;
  #reason: string | null = null;

  /** Starts at once; calls `expired` once when it stays silent for too long. */
  constructor(clock: Clock, expired: () => void) {
    this.#clock = clock;
    this.#expired = expired;
    this.#heardAt = clock.monotonic();
    void this.#watch();
  }

  /** Why the watch has expired, as a sentence; null while it has not. */
  get reason(): string | null {
    return this.#reason;
  }

  /** A part has come. */
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
      const limitMs = this.#started ? IDLE_TIMEOUT_MS : FIRST_PART_TIMEOUT_MS;
      const left = this.#heardAt + limitMs - this.#clock.monotonic();
      if (left > 0) await this.#clock.sleep(left, signal).catch(() => undefined);
      else return this.#expire(limitMs / 1000);
    }
  }

  #expire(seconds: number): void {
    this.#reason = `${this.#started ? 'The answer fell silent' : 'There was no answer'} for ${seconds} s.`;
    this.#expired();
  }
}
