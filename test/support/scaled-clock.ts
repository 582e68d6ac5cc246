import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../src/core/ports.ts';

/** The system's clock, so many times faster: for pauses of seconds between programs that talk over real sockets. */
export class ScaledClock implements Clock {
  readonly #factor: number;
  readonly #began = performance.now();
  readonly #beganAt = Date.now();

  constructor(factor: number) {
    this.#factor = factor;
  }

  now(): number {
    return this.#beganAt + this.monotonic();
  }

  monotonic(): number {
    return (performance.now() - this.#began) * this.#factor;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    try {
      await pause(Math.min(ms / this.#factor, 2 ** 31 - 1), undefined, signal ? { signal } : {});
    } catch {
      // Rejects with the signal's own reason.
      signal?.throwIfAborted();
    }
  }

  timer(ms: number, then: () => void): () => void {
    const stop = new AbortController();
    this.sleep(ms, stop.signal).then(then, () => undefined);
    return () => stop.abort();
  }
}
