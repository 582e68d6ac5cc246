import type { Clock } from '../ports.ts';

/** How far back sends are remembered, ms. */
const WINDOW_MS = 60_000;

/** The sends of the last minute. Forgets as time goes by, so its size is bounded by the pace. */
export class RecentSends {
  readonly #clock: Clock;
  #times: { at: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers a send at this moment; the function returned forgets it, for one that did not take place. */
  add(): () => void {
    this.#prune();
    const send = { at: this.#clock.monotonic() };
    this.#times.push(send);
    return () => {
      send.at = Number.NEGATIVE_INFINITY;
    };
  }

  count(): number {
    return this.times().length;
  }

  /** On the monotonic clock, ascending. */
  times(): number[] {
    const oldest = this.#clock.monotonic() - WINDOW_MS;
    return this.#times.filter(({ at }) => at > oldest).map(({ at }) => at);
  }

  /** Drops the old half at once, so that a send costs the same however many there were. */
  #prune(): void {
    const middle = this.#times[this.#times.length >> 1];
    if (middle !== undefined && middle.at <= this.#clock.monotonic() - WINDOW_MS)
      this.#times = this.#times.slice((this.#times.length >> 1) + 1);
  }
}
