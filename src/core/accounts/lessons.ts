import type { QuotaLimits } from '../config.ts';

/** How long a vendor's answers count, ms: limits rise with the usage tier. */
const REMEMBERED_MS = 86_400_000;
/** How long bursts stay small after one was refused, ms. */
const BURST_CAP_MS = 600_000;
/** Margins that requests refused by a hair's breadth ask for, ms, and how long they last. */
const FIRST_MARGIN_MS = 500;
const LAST_MARGIN_MS = 2_000;
const MARGIN_KEPT_MS = 600_000;
/** A refusal that asks for no more than this, or than the distance of two sends, came by a hair's breadth. */
const NEAR_MISS_MS = 1_000;
/** What a refusal at an even pace takes from the pace, and what each minute without one gives back. */
const SLOWER = 0.8;
/** The same for near misses that the largest margin does not prevent. */
const A_LITTLE_SLOWER = 0.9;
const FASTER_PER_MINUTE = 1.1;

/** What a vendor's answers have taught of one quota key. Times are epoch ms. */
export interface Lessons {
  /** Requests per minute by its headers or refusals; null: not taught. */
  readonly requestsPerMinute: number | null;
  /** Requests that it was seen to have free at once. */
  readonly burst: number;
  /** Highest burst until `cappedUntil`, after one was refused. */
  readonly burstCap: number;
  readonly cappedUntil: number;
  /** Highest pace at `slowedAt`, after even sends were refused; it recovers. Null: none was. */
  readonly slowedTo: number | null;
  readonly slowedAt: number;
  /** Distance that sends need beyond the limit, as some arrived too early, ms; since `marginAt`. */
  readonly marginMs: number;
  readonly marginAt: number;
  /** When it was last heard; 0: never. */
  readonly at: number;
}

/** Nothing is known. */
export const INITIAL_LESSONS: Lessons = {
  requestsPerMinute: null,
  burst: 1,
  burstCap: Number.MAX_SAFE_INTEGER,
  cappedUntil: 0,
  slowedTo: null,
  slowedAt: 0,
  marginMs: 0,
  marginAt: 0,
  at: 0,
};

/** The pace of a quota key: what was configured, with what was learned where nothing was. */
export interface Pace {
  /** Null: unpaced. */
  readonly requestsPerMinute: number | null;
  /** At least 1, at most what a minute holds. */
  readonly burst: number;
  /** Distance beyond the limit that was learned to be needed, ms. */
  readonly marginMs: number;
  /** True: the limit comes from the vendor's answers alone. */
  readonly learned: boolean;
}

/** The pace to follow now. */
export function paceOf(limits: Pick<QuotaLimits, 'requestsPerMinute' | 'burst'>, all: Lessons, now: number): Pace {
  const lessons = now - all.at <= REMEMBERED_MS ? all : INITIAL_LESSONS;
  const slowed = slowedPace(lessons, now);
  const taught = lessons.requestsPerMinute ?? (Number.isFinite(slowed) ? slowed : null);
  const base = limits.requestsPerMinute ?? taught;
  const learned = limits.requestsPerMinute === null;
  if (base === null) return { requestsPerMinute: null, burst: 1, marginMs: 0, learned: false };
  const requestsPerMinute = Math.min(base, slowed);
  const cap = now < lessons.cappedUntil ? lessons.burstCap : Number.POSITIVE_INFINITY;
  const burst = Math.min(limits.burst ?? lessons.burst, cap, Math.max(1, Math.floor(base)));
  const marginMs = now < lessons.marginAt + MARGIN_KEPT_MS ? lessons.marginMs : 0;
  return { requestsPerMinute, burst: Math.max(1, Math.floor(burst)), marginMs, learned };
}

/** The lessons after headers that named a limit, and a burst that they have shown to be free. */
export function taughtByReport(lessons: Lessons, requestsPerMinute: number, burst: number, now: number): Lessons {
  const known = lessons.requestsPerMinute === requestsPerMinute ? lessons.burst : 1;
  // What a refusal let guess is void once the vendor has named its limit.
  const slowedTo = lessons.requestsPerMinute === null ? null : lessons.slowedTo;
  return { ...lessons, requestsPerMinute, burst: Math.max(known, burst), slowedTo, at: now };
}

/** How a request was refused. */
export interface Refused {
  /** Requests per minute that the refusal names or lets guess. */
  readonly seenPerMinute: number;
  /** The vendor's advice; null: none. */
  readonly retryAfterMs: number | null;
}

/**
 * The lessons after a request was refused although it kept to `pace`: a larger margin where it came a little too early; else smaller
 * bursts, and where it was even already, a slower pace. An unpaced one teaches what the refusal names.
 */
export function taughtByRefusal(lessons: Lessons, pace: Pace, refused: Refused, now: number): Lessons {
  const { seenPerMinute: seen, retryAfterMs } = refused;
  if (pace.requestsPerMinute === null) return { ...lessons, slowedTo: seen, slowedAt: now, at: now };
  if (isNearMiss(pace, retryAfterMs)) {
    const marginMs = Math.min(LAST_MARGIN_MS, Math.max(FIRST_MARGIN_MS, 2 * pace.marginMs));
    const isEnough = pace.marginMs < LAST_MARGIN_MS;
    const slower = { slowedTo: Math.max(1, pace.requestsPerMinute * A_LITTLE_SLOWER), slowedAt: now };
    return { ...lessons, marginMs, marginAt: now, at: now, ...(isEnough ? {} : slower) };
  }
  if (pace.burst > 1) {
    return { ...lessons, burstCap: Math.floor(pace.burst / 2), cappedUntil: now + BURST_CAP_MS, at: now };
  }
  return { ...lessons, slowedTo: Math.max(1, pace.requestsPerMinute * SLOWER), slowedAt: now, at: now };
}

/** True when a request was refused that came only a little too early. */
export function isNearMiss({ requestsPerMinute }: Pace, retryAfterMs: number | null): boolean {
  if (requestsPerMinute === null || retryAfterMs === null) return false;
  return retryAfterMs <= Math.max(NEAR_MISS_MS, 60_000 / requestsPerMinute);
}

function slowedPace({ slowedTo, slowedAt }: Lessons, now: number): number {
  if (slowedTo === null) return Number.POSITIVE_INFINITY;
  const minutes = Math.max(0, now - slowedAt) / 60_000;
  return slowedTo * FASTER_PER_MINUTE ** Math.min(100, minutes);
}
