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

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (!(ms > 0)) return turn(signal);
    const end = this.monotonic() + ms;
    do {
      await timer(Math.min(Math.max(0, end - this.monotonic()), LONGEST_TIMER_MS), signal);
    } while (this.monotonic() < end);
  }
}

/** One turn of the event loop. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await nextTurn();
  signal?.throwIfAborted();
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(running);
      reject(signal?.reason);
    };
    const running = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
