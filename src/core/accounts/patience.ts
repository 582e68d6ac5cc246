import type { Clock } from '../ports.ts';

/** Measures how long a call has waited while nobody took calls. Pacing does not count. */
export class Patience {
  readonly #clock: Clock;
  readonly #maxWaitMs: number;
  /** Without the present wait. */
  #waitedMs = 0;
  /** On the monotonic clock; null: somebody takes calls. */
  #since: number | null = null;

  constructor(clock: Clock, maxWaitMs: number) {
    this.#clock = clock;
    this.#maxWaitMs = maxWaitMs;
  }

  /** Epoch ms until which the call may wait; Infinity while somebody takes calls. */
  endsAt(someReady: boolean): number {
    const elapsed = this.#since === null ? 0 : this.#clock.monotonic() - this.#since;
    if (someReady) {
      this.#waitedMs += elapsed;
      this.#since = null;
      return Number.POSITIVE_INFINITY;
    }
    this.#since ??= this.#clock.monotonic();
    return this.#clock.now() + this.#maxWaitMs - this.#waitedMs - elapsed;
  }
}
