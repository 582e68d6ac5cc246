import type { Clock } from '../ports.ts';

/**
 * Notices that an attempt has given no sign of life for a while. A sign costs one look at the clock, so that a stream may give
 * thousands: the timer is set anew only when it has gone off.
 */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #silent: () => void;
  #lastSign = 0;
  /** Stops the timer; null: nobody watches. */
  #stop: (() => void) | null = null;

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
    if (this.#stop !== null) return;
    this.sign();
    this.#watch(this.#limitMs);
  }

  stop(): void {
    this.#stop?.();
    this.#stop = null;
  }

  #watch(ms: number): void {
    this.#stop = this.#clock.timer(ms, () => {
      const left = this.#limitMs - (this.#clock.monotonic() - this.#lastSign);
      if (left > 0) return this.#watch(left);
      this.#stop = null;
      this.#silent();
    });
  }
}
