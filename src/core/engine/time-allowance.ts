import type { Clock } from '../ports.ts';
import { UNLIMITED_MS } from './journal-entry.ts';

/**
 * Time that something may take, not counting pauses. Calls `expired` once when it is used up, and schedules nothing for an
 * unlimited allowance. Starts paused.
 */
export class TimeAllowance {
  readonly #clock: Clock;
  readonly #expired: () => void;
  #leftMs: number;
  #running: { readonly since: number; stop(): void } | null = null;

  constructor(clock: Clock, ms: number, expired: () => void) {
    this.#clock = clock;
    this.#leftMs = ms;
    this.#expired = expired;
  }

  /** Starts or goes on. */
  start(): void {
    if (this.#running || this.#leftMs >= UNLIMITED_MS) return;
    const stop = this.#clock.timer(this.#leftMs, () => {
      this.#running = null;
      this.#leftMs = UNLIMITED_MS;
      this.#expired();
    });
    this.#running = { since: this.#clock.monotonic(), stop };
  }

  /** Stops the time; {@link start} goes on with what is left. */
  pause(): void {
    if (!this.#running) return;
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.monotonic() - this.#running.since));
    this.#running.stop();
    this.#running = null;
  }
}
