import { linkedAbort } from '../accounts/linked-abort.ts';
import type { Clock, MailWait } from '../ports.ts';

type Because = MailWait['because'];

/** How a wait ends without a message. */
export interface WaitLimits {
  /** Null: unlimited. */
  readonly timeoutMs: number | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Where the tasks of a run wait for messages: each looks again whenever something has changed. */
export class MailRoom {
  readonly #waiting = new Set<() => void>();

  /** Resolves once `found` says why; rejects with the signal's reason. */
  async wait(found: () => Because | null, { timeoutMs, clock, signal }: WaitLimits): Promise<Because> {
    const { controller: timer, unlink } = linkedAbort(signal);
    let look: () => void = () => undefined;
    const noticed = new Promise<Because>((resolve) => {
      look = () => {
        const because = found();
        if (because !== null) resolve(because);
      };
    });
    this.#waiting.add(look);
    look();
    try {
      const late = timeoutMs === null ? aborted(timer.signal) : clock.sleep(timeoutMs, timer.signal).then(timedOut);
      return await Promise.race([noticed, late]);
    } finally {
      this.#waiting.delete(look);
      unlink();
      timer.abort();
    }
  }

  /** A message was sent, or a task has ended. */
  changed(): void {
    if (this.#waiting.size > 0) for (const look of this.#waiting) look();
  }
}

function timedOut(): Because {
  return 'timed-out';
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
