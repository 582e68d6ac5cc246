import type { Clock } from '../ports.ts';

/** Longest wait for the first sign of an answer, ms, where the provider asks for no more. */
export const FIRST_SIGN_TIMEOUT_MS = 120_000;
/** Longest silence between the first sign and the first text, ms: some models think without a word. */
export const THINKING_TIMEOUT_MS = 180_000;
/** Longest silence once the text has begun, ms. */
export const IDLE_TIMEOUT_MS = 60_000;
/** Longest answer, ms: bounds one that drips so slowly that it is never silent. */
export const TOTAL_TIMEOUT_MS = 900_000;

/** Watches that an answer begins, goes on and ends. One timer at a time, however many parts come. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #expired: () => void;
  readonly #firstSignMs: number;
  readonly #beganAt: number;
  #heardAt: number;
  #phase: 'waiting' | 'thinking' | 'writing' = 'waiting';
  #reason: string | null = null;
  #stop: () => void = () => undefined;

  /** Starts at once; calls `expired` once when it stays silent for too long, or never ends. */
  constructor(clock: Clock, expired: () => void, firstSignMs = FIRST_SIGN_TIMEOUT_MS) {
    this.#clock = clock;
    this.#expired = expired;
    this.#firstSignMs = firstSignMs;
    this.#beganAt = clock.monotonic();
    this.#heardAt = this.#beganAt;
    this.#watch();
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
    this.#stop();
  }

  #watch(): void {
    const now = this.#clock.monotonic();
    const limitMs = this.#limitMs;
    const silentAt = this.#heardAt + limitMs;
    const endlessAt = this.#beganAt + TOTAL_TIMEOUT_MS;
    if (endlessAt <= now) this.#expire(`The answer did not end within ${TOTAL_TIMEOUT_MS / 60_000} minutes.`);
    else if (silentAt <= now) this.#expire(this.#silence(limitMs / 1000));
    else {
      // Wakes at least as often as the shortest limit asks for, because the limit may become shorter meanwhile.
      const wakeAt = Math.min(silentAt, endlessAt, now + IDLE_TIMEOUT_MS);
      this.#stop = this.#clock.timer(wakeAt - now, () => this.#watch());
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
