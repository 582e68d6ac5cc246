import type { Clock } from '../ports.ts';

/** Wakes those who wait for any change of the pool: a settled call, a freed slot, a recovered account. */
export class ChangeBell {
  readonly #clock: Clock;
  #waiters = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const wake of waiters) wake();
  }

  /** Resolves at the next ring or after `ms`, whichever is first; rejects when the signal aborts. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const timer = new AbortController();
    let wake: () => void = () => undefined;
    const rung = new Promise<void>((resolve) => {
      wake = resolve;
      this.#waiters.add(resolve);
    });
    try {
      await Promise.race([rung, this.#clock.sleep(ms, AbortSignal.any([signal, timer.signal]))]);
    } finally {
      this.#waiters.delete(wake);
      timer.abort();
    }
    signal.throwIfAborted();
  }
}
