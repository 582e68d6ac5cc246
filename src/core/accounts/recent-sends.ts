import type { Clock } from '../ports.ts';

/** How far back sends are remembered, ms. */
const WINDOW_MS = 60_000;
/** So many are remembered at most: limits above that are no limits in practice. */
const MOST = 10_000;

/** A send that is remembered. */
export class RecentSend {
  /** On the monotonic clock. */
  at: number;

  constructor(at: number) {
    this.at = at;
  }

  /** It did not take place after all, or was not counted by the vendor. */
  forget(): void {
    this.at = Number.NEGATIVE_INFINITY;
  }
}

/** The sends of the last minute. */
export class RecentSends {
  readonly #clock: Clock;
  #sends: RecentSend[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Remembers a send at this moment. */
  add(): RecentSend {
    this.#prune();
    const send = new RecentSend(this.#clock.monotonic());
    this.#sends.push(send);
    return send;
  }

  count(): number {
    return this.times().length;
  }

  /** On the monotonic clock, ascending. */
  times(): number[] {
    const oldest = this.#clock.monotonic() - WINDOW_MS;
    return this.#sends
      .map(({ at }) => at)
      .filter((at) => at > oldest)
      .sort((a, b) => a - b);
  }

  /** Drops the older half at once where it can, so that a send costs the same however many there were. */
  #prune(): void {
    const half = this.#sends.length >> 1;
    const middle = this.#sends[half];
    if (middle === undefined) return;
    const isOld = middle.at <= this.#clock.monotonic() - WINDOW_MS;
    if (isOld || this.#sends.length >= MOST) this.#sends.splice(0, half + 1);
  }
}
