import type { LessonContext } from './learn-pace.ts';
import type { Pace } from './lessons.ts';
import type { SlotRequest } from './pacing.ts';
import type { CallTokens, TokenGrant, TokenReport, TokenRequest } from './token-window.ts';

/** A block of send slots drawn by one process; times are epoch ms. Unused ones are given back or expire by themselves. */
export interface SlotBlock {
  readonly sendAt: readonly number[];
  /** The pace that they follow, by the limits and what was learned. */
  readonly pace: Pace;
}

/** One budget that a call must fit: a scope, what it may hold, in micro-USD or tokens. */
export interface BudgetLine {
  /**
   * In micro-USD: `run:<id>`, `agent:<run>:<agent>`, `day:<yyyy-mm-dd>`, `month:<yyyy-mm>`, `account-day:<name>:<yyyy-mm-dd>`,
   * `account-month:<name>:<yyyy-mm>`; in tokens: `run-tokens:<id>`, `day-tokens:<yyyy-mm-dd>`; in requests: `requests-day:<group>:<day>`.
   */
  readonly scope: string;
  readonly limit: number;
  readonly amount: number;
}

/** Result of a reservation. `mayFree` is true while other reservations in the refusing scope are still open. */
export type ReservationOutcome =
  | { readonly granted: true; readonly reservationId: string }
  | {
      readonly granted: false;
      readonly scope: string;
      readonly limit: number;
      readonly used: number;
      readonly mayFree: boolean;
    };

/** What is known of a quota key and used of its minute, over all processes. */
export interface QuotaPresent {
  readonly pace: Pace;
  /** Requests of the last minute. */
  readonly sent: number;
  /** Tokens of the last minute, what is reserved included. */
  readonly tokens: CallTokens;
}

/** Shared by all windows and processes of the user (design, decisions 7 and 8). */
export interface QuotaStore {
  /**
   * Draws up to `want` (>= 1) send times for a quota key (group, or group and model), none earlier than `now`, so that
   * the limits hold over all processes together. Returns at least one time.
   */
  drawSlots(request: SlotRequest & { readonly key: string }): Promise<SlotBlock>;
  /** Takes in what an answer says about the key's limit, for every process. Resolves with the pace from now on. */
  learn(request: LessonContext & { readonly key: string }): Promise<Pace>;
  /** Takes a call's tokens out of the key's minute where they fit and nobody waits for them, else says when it may ask again. */
  takeTokens(request: TokenRequest & { readonly key: string }): Promise<TokenGrant>;
  /** Counts in what others have used of the key's minute, by what the vendor says. */
  reportTokens(request: TokenReport & { readonly key: string }): Promise<void>;
  /** Replaces what a call took by what it used; for a call that waits no more, gives its claim back. */
  settleTokens(request: { readonly key: string; readonly ticket: number; readonly tokens: CallTokens }): Promise<void>;
  /** Looks at a key without changing it. */
  present(request: Pick<LessonContext, 'limits' | 'now'> & { readonly key: string }): Promise<QuotaPresent>;
  /** Reserves all lines or none. */
  reserve(lines: readonly BudgetLine[]): Promise<ReservationOutcome>;
  /** Replaces a reservation by what was really spent (per scope); a missing scope settles at the reserved amount. */
  settle(reservationId: string, actual: Readonly<Record<string, number>>): Promise<void>;
  /** Spent and reserved amounts of scopes, 0 where nothing is known. */
  usage(
    scopes: readonly string[],
  ): Promise<Readonly<Record<string, { readonly spent: number; readonly reserved: number }>>>;
}
