import type { FailureCause, ProviderFailure } from '../model.ts';
import type { AccountEntry } from './account-entry.ts';

/** Why no account can serve a call any more, and from when on one may; null: waiting does not help. */
export interface Exhausted {
  readonly failure: ProviderFailure;
  readonly retryAt: number | null;
}

const NOTHING_SENT = { status: null, retryAfterMs: null, possiblyBilled: false } as const;

/** The requests that the user allows a day are sent. */
export const DAY_IS_USED_UP: ProviderFailure = {
  ...NOTHING_SENT,
  cause: 'daily-quota',
  message: 'The requests of the day are used up.',
};

/** When an account can take the call again (epoch ms), and what stops it. */
export interface Cooling {
  readonly freeAt: number;
  readonly cause: FailureCause | null;
}

/**
 * All accounts that are left cool for longer than the call may wait. What the call itself ran into is the better reason,
 * unless that was a limit, too.
 */
export function allCooling(accounts: readonly Cooling[], last: ProviderFailure | null, now: number): Exhausted {
  const firstFree = Math.min(...accounts.map(({ freeAt }) => freeAt));
  const retryAt = Math.max(now, firstFree);
  if (last && !isLimit(last.cause)) return { failure: last, retryAt };
  const cause = accounts.find(({ freeAt }) => freeAt === firstFree)?.cause ?? 'rate-limited';
  const what = isLimit(cause) ? 'All accounts are currently rate-limited.' : 'All accounts pause after failures.';
  const message = `${what} The first is expected to be free at ${new Date(retryAt).toISOString()}.`;
  return { failure: { ...NOTHING_SENT, cause, message }, retryAt };
}

/** No account is left: each is disabled, refused, empty, or failed this call for good. */
export function noneLeft(entries: readonly AccountEntry[], last: ProviderFailure | null): Exhausted {
  if (last) return { failure: last, retryAt: null };
  const states = entries.map((entry) => entry.health.state);
  const broke = states.includes('out-of-credits') && !states.includes('key-refused');
  const message = 'No account can be used: each is disabled, out of credits, or its key was refused.';
  return { failure: { ...NOTHING_SENT, cause: broke ? 'out-of-credits' : 'auth', message }, retryAt: null };
}

function isLimit(cause: ProviderFailure['cause']): boolean {
  return cause === 'rate-limited' || cause === 'daily-quota';
}
