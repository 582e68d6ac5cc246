import type { Clock } from '../ports.ts';

/**
 * Time that something may take, not counting pauses. Calls `expired` once when it is used up. Nothing is scheduled for an
 * infinite allowance.
 */
export class TimeAllowance {
  readonly #clock: Clock;
  readonly #expired: () => void;
  #leftMs: number;
  #running: { readonly since: number; readonly timer: AbortController } | null = null;

  constructor(clock: Clock, ms: number, expired: () => void) {
    this.#clock = clock;
    this.#leftMs = ms;
    this.#expired = expired;
  }

  /** Starts or goes on. */
  start(): void {
    if (this.#running || !Number.isFinite(this.#leftMs)) return;
    const timer = new AbortController();
    this.#running = { since: this.#clock.monotonic(), timer };
    this.#clock.sleep(this.#leftMs, timer.signal).then(
      () => {
        this.#running = null;
        this.#leftMs = Number.POSITIVE_INFINITY;
        this.#expired();
      },
      () => undefined,
    );
  }

  /** Stops the time; {@link start} goes on with what is left. */
  pause(): void {
    if (!this.#running) return;
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.monotonic() - this.#running.since));
    this.#running.timer.abort();
    this.#running = null;
  }
}
