import type { Clock } from '../ports.ts';
import { linkedAbort } from './linked-abort.ts';

/** Wakes those who wait for something to happen. */
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
    signal.throwIfAborted();
    const { controller, unlink } = linkedAbort(signal);
    let wake: () => void = () => undefined;
    const rung = new Promise<void>((resolve) => {
      wake = resolve;
      this.#waiters.add(resolve);
    });
    try {
      await Promise.race([rung, this.#clock.sleep(ms, controller.signal)]);
    } finally {
      this.#waiters.delete(wake);
      unlink();
      controller.abort();
    }
  }
}
