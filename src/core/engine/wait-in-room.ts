import { linkedAbort } from '../accounts/linked-abort.ts';
import type { Clock, MailWait } from '../ports.ts';
import type { MailRoom } from './mail-room.ts';

/** Ends the sleep; made once, as an error is costly to make. */
const OVER = new Error('over');

type Because = MailWait['because'];

/** How a wait ends without a message. */
export interface WaitLimits {
  /** Null: unlimited. */
  readonly timeoutMs: number | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves once `found` says why, looking whenever something has changed; rejects with the signal's reason. */
export async function waitInRoom(
  room: MailRoom,
  found: () => Because | null,
  { timeoutMs, clock, signal }: WaitLimits,
): Promise<Because> {
  const { controller: timer, unlink } = linkedAbort(signal);
  let look: () => void = () => undefined;
  const noticed = new Promise<Because>((resolve) => {
    look = () => {
      const because = found();
      if (because !== null) resolve(because);
    };
  });
  const unwatch = room.watch(look);
  look();
  try {
    const late = timeoutMs === null ? aborted(timer.signal) : clock.sleep(timeoutMs, timer.signal).then(timedOut);
    return await Promise.race([noticed, late]);
  } finally {
    unwatch();
    unlink();
    timer.abort(OVER);
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
