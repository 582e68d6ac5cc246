import type { LimitReading } from '../model.ts';
import type { Slot } from './drawn-slots.ts';
import type { RecentSend } from './recent-sends.ts';

/** Leave to send one call. */
export interface Pass {
  /**
   * True when the call may be sent now. Waits for a new send time where the pass's own has gone by, because a late send
   * would lie too close to the next one; false where that is so far off that the call should choose again.
   */
  punctual(signal: AbortSignal): Promise<boolean>;
  /** The call is not sent after all: its send time is free for another one. Nothing else may follow. */
  giveBack(): void;
  /** The answer's headers name the limit per minute and what is free of it. */
  reported(reading: LimitReading): void;
  /** The vendor turned the call away by a rate limit: nobody may pass before `until` (epoch ms). */
  refused(until: number, retryAfterMs: number | null): void;
  /** The call has ended. Twice does nothing. */
  leave(): void;
}

/** A call that was let through. */
export interface PassState {
  /** Null: unpaced, or on its way to a send time. */
  slot: Slot | null | 'far';
  /** Null: not sent yet. */
  send: RecentSend | null;
  isReady: boolean;
  left: boolean;
}
