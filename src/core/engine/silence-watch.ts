import type { Clock } from '../ports.ts';

/** Ends the sleep; made once, as an error is costly to make. */
const OVER = new Error('over');

/**
 * Notices that an attempt has given no sign of life for a while. A sign costs one look at the clock, so that a stream may give
 * thousands: the timer is set anew only when it has gone off.
 */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #silent: () => void;
  #lastSign = 0;
  #timer: AbortController | null = null;

  /** `silent` is called once, after `limitMs` without a sign. */
  constructor(clock: Clock, limitMs: number, silent: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#silent = silent;
  }

  /** Something happens. */
  sign(): void {
    this.#lastSign = this.#clock.monotonic();
  }

  /** Watches, or goes on after a {@link stop}. */
  start(): void {
    if (this.#timer !== null) return;
    this.sign();
    this.#timer = new AbortController();
    void this.#watch(this.#timer);
  }

  stop(): void {
    this.#timer?.abort(OVER);
    this.#timer = null;
  }

  async #watch(timer: AbortController): Promise<void> {
    for (let left = this.#limitMs; left > 0; left = this.#limitMs - (this.#clock.monotonic() - this.#lastSign)) {
      await this.#clock.sleep(left, timer.signal).catch(() => undefined);
      if (timer.signal.aborted) return;
    }
    this.#timer = null;
    this.#silent();
  }
}
