import type { ProviderFailure } from '../model.ts';
import type { AccountEntry } from './account-entry.ts';

/** Why no account can serve a call any more, and from when on one may; null: waiting does not help. */
export interface Exhausted {
  readonly failure: ProviderFailure;
  readonly retryAt: number | null;
}

/**
 * All accounts that are left cool for longer than the call may wait. What the call itself ran into is the better reason,
 * unless that was a limit, too.
 */
export function allCooling(entries: readonly AccountEntry[], last: ProviderFailure | null, now: number): Exhausted {
  const firstFree = Math.min(...entries.map((entry) => entry.freeAt(now)));
  const retryAt = Math.max(now, firstFree);
  if (last && !isLimit(last.cause)) return { failure: last, retryAt };
  const first = entries.find((entry) => entry.freeAt(now) === firstFree);
  const cause = first?.health.cause ?? 'rate-limited';
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

const NOTHING_SENT = { status: null, retryAfterMs: null, possiblyBilled: false } as const;

function isLimit(cause: ProviderFailure['cause']): boolean {
  return cause === 'rate-limited' || cause === 'daily-quota';
}
