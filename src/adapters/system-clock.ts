import type { Clock } from '../core/ports.ts';
import { nextTurn } from './next-turn.ts';

/** Timers of Node fire at once beyond this, ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return ms > 0 ? this.#sleepFor(ms, signal) : turn(signal);
  }

  timer(ms: number, then: () => void): () => void {
    const end = this.monotonic() + ms;
    const wait = () => setTimeout(ring, Math.min(Math.max(0, end - this.monotonic()), LONGEST_TIMER_MS));
    const ring = () => {
      if (this.monotonic() < end) running = wait();
      else then();
    };
    let running = wait();
    return () => clearTimeout(running);
  }

  #sleepFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        stop();
        reject(signal?.reason);
      };
      const stop = this.timer(ms, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

/** One turn of the event loop. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await nextTurn();
  signal?.throwIfAborted();
}
