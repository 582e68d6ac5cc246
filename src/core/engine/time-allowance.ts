import type { Clock } from '../ports.ts';
import { UNLIMITED_MS } from './journal-entry.ts';

/** Ends the sleep of a pause; made once, as an error is costly to make. */
const PAUSED = new Error('paused');

/**
 * Time that something may take, not counting pauses. Calls `expired` once when it is used up, and schedules nothing for an
 * unlimited allowance. Starts paused.
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
    if (this.#running || this.#leftMs >= UNLIMITED_MS) return;
    const timer = new AbortController();
    this.#running = { since: this.#clock.monotonic(), timer };
    this.#clock.sleep(this.#leftMs, timer.signal).then(
      () => {
        this.#running = null;
        this.#leftMs = UNLIMITED_MS;
        this.#expired();
      },
      () => undefined,
    );
  }

  /** Stops the time; {@link start} goes on with what is left. */
  pause(): void {
    if (!this.#running) return;
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.monotonic() - this.#running.since));
    this.#running.timer.abort(PAUSED);
    this.#running = null;
  }
}
