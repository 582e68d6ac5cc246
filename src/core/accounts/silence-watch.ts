import type { Clock } from '../ports.ts';

/** Longest wait for the first sign of an answer, ms, where the provider asks for no more. */
export const FIRST_SIGN_TIMEOUT_MS = 120_000;
/** Longest silence between the first sign and the first text, ms: some models think without a word. */
export const THINKING_TIMEOUT_MS = 180_000;
/** Longest silence once the text has begun, ms. */
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
  #phase: 'waiting' | 'thinking' | 'writing' = 'waiting';
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

  /** A sign of life has come; `text`: it was a part of the answer itself. */
  heard(text = false): void {
    this.#heardAt = this.#clock.monotonic();
    if (text) this.#phase = 'writing';
    else if (this.#phase === 'waiting') this.#phase = 'thinking';
  }

  stop(): void {
    this.#timer.abort(STOPPED);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#timer;
    while (!signal.aborted) {
      const now = this.#clock.monotonic();
      const limitMs = this.#limitMs;
      const silentAt = this.#heardAt + limitMs;
      const endlessAt = this.#beganAt + TOTAL_TIMEOUT_MS;
      if (endlessAt <= now) return this.#expire(`The answer did not end within ${TOTAL_TIMEOUT_MS / 60_000} minutes.`);
      if (silentAt <= now) return this.#expire(this.#silence(limitMs / 1000));
      // Wakes at least as often as the shortest limit asks for, because the limit may become shorter meanwhile.
      const wakeAt = Math.min(silentAt, endlessAt, now + IDLE_TIMEOUT_MS);
      await this.#clock.sleep(wakeAt - now, signal).catch(() => undefined);
    }
  }

  get #limitMs(): number {
    if (this.#phase === 'waiting') return this.#firstSignMs;
    return this.#phase === 'thinking' ? THINKING_TIMEOUT_MS : IDLE_TIMEOUT_MS;
  }

  #silence(seconds: number): string {
    return `${this.#phase === 'waiting' ? 'There was no answer' : 'The answer fell silent'} for ${seconds} s.`;
  }

  #expire(reason: string): void {
    this.#reason = reason;
    this.#expired();
  }
}
