import type { FailureCause, ProviderFailure } from '../model.ts';

/** Health of one account. Times are epoch ms. */
export interface AccountHealth {
  readonly state: 'ready' | 'cooling' | 'key-refused' | 'out-of-credits';
  /** Why it is not ready, in words; null when it is. */
  readonly cause: FailureCause | null;
  readonly until: number;
  /** Failures since the last success; the first call after a cooldown is a probe. */
  readonly failures: number;
}

/** An account nothing is known of. */
export const HEALTHY: AccountHealth = { state: 'ready', cause: null, until: 0, failures: 0 };

/** What a cooldown depends on beside the failure. */
export interface CooldownContext {
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Epoch ms at which the vendor's daily quota resets. */
  readonly dayResetsAt: number;
  /** True: the attempt began before the present cooldown did, so that its failure is no news of the account. */
  readonly sameIncident: boolean;
}

/** Longest wait that a vendor's Retry-After can ask of us, ms; a larger one is a mistake or a ban. */
export const MAX_RETRY_AFTER_MS = 300_000;
/** Longest pause after a used-up quota, ms: some vendors count by the month. */
const MAX_QUOTA_WAIT_MS = 31 * 86_400_000;
/** Shortest cooldown, ms: an advice of 0 must not become a tight loop. */
const MIN_COOLDOWN_MS = 100;
const RATE_LIMIT_BASE_MS = 1_000;
const RATE_LIMIT_CAP_MS = 60_000;
const TROUBLE_BASE_MS = 500;
const TROUBLE_CAP_MS = 30_000;
/** Errors in a row from which on an account that does answer cools: one in fifty is no reason to stop the other forty-nine. */
const BLIPS = 2;

/**
 * The account's health after a failed attempt. Rate limits cool by the vendor's advice, else exponentially; what is out of
 * reach or silent cools briefly and exponentially, and so do errors once they come in a row; a refused key and empty credits last until the account is
 * changed; what is the request's own fault leaves the account as it was. Several calls that fail together count as one
 * failure, so that a burst of them is no reason for a longer cooldown.
 */
export function afterFailure(health: AccountHealth, failure: ProviderFailure, context: CooldownContext): AccountHealth {
  // Only the user ends these two.
  if (health.state === 'key-refused' || health.state === 'out-of-credits') return health;
  const failures = context.sameIncident ? Math.max(1, health.failures) : health.failures + 1;
  const cool = (ms: number): AccountHealth => {
    // Up to a tenth more, so that callers do not return in step; never less than what was asked for.
    const until = context.now + Math.max(MIN_COOLDOWN_MS, Math.round(ms * (1 + context.random() / 10)));
    if (freeFrom(health, context.now) > until) return { ...health, failures };
    return { state: 'cooling', cause: failure.cause, until, failures };
  };
  switch (failure.cause) {
    case 'auth':
      return { state: 'key-refused', cause: 'auth', until: Number.POSITIVE_INFINITY, failures };
    case 'out-of-credits':
      return { state: 'out-of-credits', cause: 'out-of-credits', until: Number.POSITIVE_INFINITY, failures };
    case 'daily-quota':
      return cool(Math.min(MAX_QUOTA_WAIT_MS, failure.retryAfterMs ?? context.dayResetsAt - context.now));
    case 'rate-limited':
      return cool(
        failure.retryAfterMs === null
          ? exponential(RATE_LIMIT_BASE_MS, RATE_LIMIT_CAP_MS, failures)
          : Math.min(MAX_RETRY_AFTER_MS, failure.retryAfterMs),
      );
    case 'network':
    case 'timeout':
      return cool(exponential(TROUBLE_BASE_MS, TROUBLE_CAP_MS, failures));
    case 'overloaded':
    case 'server-error':
    case 'cut-stream':
    case 'invalid-response':
      if (failures < BLIPS && health.state === 'ready') return { ...HEALTHY, failures };
      return cool(exponential(TROUBLE_BASE_MS, TROUBLE_CAP_MS, failures - BLIPS + 1));
    case 'model-not-found':
    case 'invalid-request':
    case 'too-large':
    case 'refused':
    case 'cancelled':
      return health;
  }
}

/**
 * The end of a hold that lasts at most as long as a vendor may ask for; one that seems longer was set before the clock
 * stepped back, and is over.
 */
export function holdEnd(until: number, now: number): number {
  return until > now + 2 * MAX_RETRY_AFTER_MS ? 0 : until;
}

/** Epoch ms from which on a cooled account may be tried; in the past where it may be now. */
export function freeFrom({ cause, until }: AccountHealth, now: number): number {
  return cause === 'daily-quota' ? until : holdEnd(until, now);
}

/** How long one call keeps away from an account that failed it for the n-th time, ms. */
export function pauseAfter(failures: number, random: () => number): number {
  return Math.round(exponential(TROUBLE_BASE_MS, TROUBLE_CAP_MS, failures) * (1 + random() / 10));
}

/** Epoch ms of the next daily reset, given as `HH:MMZ`; midnight UTC where it cannot be read. */
export function nextDailyReset(now: number, dayResets: string): number {
  const [, hours = '0', minutes = '0'] = /^(\d\d):(\d\d)Z$/.exec(dayResets) ?? [];
  const date = new Date(now);
  const today = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), Number(hours), Number(minutes));
  return today > now ? today : today + 86_400_000;
}

function exponential(baseMs: number, capMs: number, failures: number): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
}
