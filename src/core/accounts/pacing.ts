import type { QuotaLimits } from '../config.ts';
import { INITIAL_LESSONS, type Lessons, type Pace, paceOf } from './lessons.ts';

/** Length of the window that `requestsPerMinute` speaks of, ms. */
export const PACING_WINDOW_MS = 60_000;

/** Plans that begin further ahead than this, ms, were made before the clock stepped back, and would stop the group. */
const PLAUSIBLE_AHEAD_MS = 3_600_000;
/** Above so many requests per minute, sends that lie close together are kept as one entry. */
const EXACT_SENDS = 600;
/** Margins between sends and what the vendor's clock may make of them, ms. */
const MIN_WINDOW_GUARD_MS = 500;
const MAX_WINDOW_GUARD_MS = 2_000;
const MAX_EVEN_GUARD_MS = 100;
/** A learned margin of so many ms would take a whole even step: the smallest one takes a tenth. */
const EVEN_MARGIN_MS = 5_000;
/** Share of a bucket that the margin may take: the rest catches sends that arrive late. */
const FILLED_BY_GUARD = 0.6;

/** Sends of one quota key. Times are epoch ms. */
export interface PaceState {
  /** Send times handed out within the last window, ascending, with how many; they may lie in the future. */
  readonly sends: readonly (readonly [at: number, count: number])[];
  /** When a bucket that refills evenly has got back all that was sent. */
  readonly refilledAt: number;
  /** When the bucket was last full; what it held then needs no margin. */
  readonly fullAt: number;
  /** No send before this time: a vendor asked for it. */
  readonly heldUntil: number;
  readonly lessons: Lessons;
}

/** What is known before the first send. */
export const INITIAL_PACE: PaceState = { sends: [], refilledAt: 0, fullAt: 0, heldUntil: 0, lessons: INITIAL_LESSONS };

/** How many send times are wanted, and under which limits. */
export interface SlotRequest {
  /** At least 1. */
  readonly want: number;
  readonly limits: Pick<QuotaLimits, 'requestsPerMinute' | 'burst'>;
  /** Stops after the first time that lies further ahead than this, ms; default: gives all. */
  readonly horizonMs?: number;
  /** How unevenly sends leave this process, ms, as measured; default 0. The margins grow with it. */
  readonly jitterMs?: number;
  /** Send times from earlier blocks that were not used. */
  readonly unused?: readonly number[];
  readonly now: number;
}

/** Send times, and the pace that they follow. */
export interface SlotPlan {
  readonly state: PaceState;
  readonly sendAt: number[];
  readonly pace: Pace;
}

/**
 * Hands out send times that neither a sliding window nor a bucket refuses, without being told which the vendor has: at most
 * `requestsPerMinute` within any 60 s, and at most what a bucket of `burst` that refills evenly holds. Where nobody set a
 * burst, it is what the vendor's answers have shown to be free. Never earlier than `now` or than a hold. A clock that steps back only
 * makes sends later; one that steps back by more than an hour makes what was planned void.
 */
export function allocateSlots(from: PaceState, request: SlotRequest): SlotPlan {
  const { now, want, horizonMs = Number.POSITIVE_INFINITY, jitterMs = 0, unused = [] } = request;
  const pace = paceOf(request.limits, from.lessons, now);
  const state = withoutUnused(plausible(from, now), unused, pace);
  const count = Math.max(1, want);
  const earliest = Math.max(now, state.heldUntil);
  if (pace.requestsPerMinute === null) return { state, sendAt: Array<number>(count).fill(earliest), pace };
  const guard = guardsOf(pace, jitterMs);
  const gap = PACING_WINDOW_MS / pace.requestsPerMinute;
  const window = new SendWindow(
    state.sends.filter(([at]) => at > now - PACING_WINDOW_MS - guard.window),
    pace.requestsPerMinute,
  );
  let { refilledAt, fullAt } = state;
  const sendAt: number[] = [];
  for (let index = 0; index < count; index++) {
    const bucketFreeAt = refilledAt - (pace.burst - 1) * gap;
    const margin = bucketFreeAt > fullAt ? guard.even : 0;
    const at = Math.max(earliest, bucketFreeAt + margin, window.freeAt() + guard.window);
    if (refilledAt + guard.even <= at) fullAt = at;
    refilledAt = Math.max(refilledAt, at) + gap;
    window.add(at);
    sendAt.push(at);
    if (at > now + horizonMs) break;
  }
  return { state: { ...state, sends: window.sends, refilledAt, fullAt }, sendAt, pace };
}

/**
 * Raises the hold; a shorter one never replaces a longer one. After it one request is sure to be free and not a whole burst, whatever
 * was sent before.
 */
export function holdPace(state: PaceState, until: number, pace: Pace): PaceState {
  if (until <= state.heldUntil) return state;
  const gap = pace.requestsPerMinute === null ? 0 : PACING_WINDOW_MS / pace.requestsPerMinute;
  return { ...state, heldUntil: until, refilledAt: until + (pace.burst - 1) * gap, fullAt: until };
}

/**
 * Margins, ms. Sends that leave us evenly arrive unevenly, and connections that are still to be opened arrive late, so that those
 * after them seem early to the vendor. In a bucket that holds more than one the margin is paid once and shifts all that follows;
 * where each send needs its own, it is small.
 */
export function guardsOf(
  { burst, requestsPerMinute, marginMs }: Pace,
  jitterMs: number,
): { even: number; window: number } {
  const window = Math.min(MAX_WINDOW_GUARD_MS, Math.max(MIN_WINDOW_GUARD_MS, 3 * jitterMs, marginMs));
  const gap = PACING_WINDOW_MS / (requestsPerMinute ?? Number.POSITIVE_INFINITY);
  const even =
    burst > 1
      ? Math.min((burst - 1) * gap * FILLED_BY_GUARD, window)
      : Math.max(Math.min(MAX_EVEN_GUARD_MS, gap / 20), Math.min(marginMs, gap / 4, (gap * marginMs) / EVEN_MARGIN_MS));
  return { even, window };
}

/** Sends within the minute before `at`, and those planned up to then. */
export function sendsBefore({ sends }: PaceState, at: number): number {
  return sends.reduce((sum, [time, count]) => (time <= at && time > at - PACING_WINDOW_MS ? sum + count : sum), 0);
}

/** Sends after `at`, planned ones included. */
export function sendsAfter({ sends }: PaceState, at: number): number {
  return sends.reduce((sum, [time, count]) => (time > at ? sum + count : sum), 0);
}

/** When a bucket, full before the first of these sends, is full again, ms; -Infinity without any. */
export function refilledAfter(sends: PaceState['sends'], gap: number): number {
  return sends.reduce((filled, [at, count]) => Math.max(filled, at) + count * gap, Number.NEGATIVE_INFINITY);
}

/** Adds sends that were not planned: those from before a limit was known, or other programs' on the same key. */
export function addSends(state: PaceState, times: readonly number[], gap: number): PaceState {
  const window = new SendWindow(state.sends, PACING_WINDOW_MS / gap);
  let { refilledAt } = state;
  for (const at of times) {
    window.add(at);
    refilledAt = Math.max(refilledAt, at) + gap;
  }
  return { ...state, sends: window.sends, refilledAt };
}

/** Forgets a send that the vendor did not count. */
export function removeSend(state: PaceState, sentAt: number): PaceState {
  const index = state.sends.findLastIndex(([at]) => at <= sentAt + 1);
  const sends = state.sends.flatMap(([at, count], position) => {
    const left = position === index ? count - 1 : count;
    return left > 0 ? [[at, left] as const] : [];
  });
  return { ...state, sends };
}

function plausible(state: PaceState, now: number): PaceState {
  const latest = now + PLAUSIBLE_AHEAD_MS;
  return {
    sends: (state.sends[0]?.[0] ?? 0) <= latest ? state.sends : [],
    refilledAt: state.refilledAt <= latest ? state.refilledAt : 0,
    fullAt: state.fullAt <= latest ? state.fullAt : 0,
    heldUntil: state.heldUntil <= latest ? state.heldUntil : 0,
    lessons: state.lessons,
  };
}

/** Gives send times back, so that what was drawn ahead and not used is not lost. */
function withoutUnused(state: PaceState, unused: readonly number[], { requestsPerMinute }: Pace): PaceState {
  if (unused.length === 0 || requestsPerMinute === null) return state;
  const sends = state.sends.map(([at, count]): [number, number] => [at, count]);
  let found = 0;
  for (const time of unused) {
    const entry = sends.findLast(([at, count]) => count > 0 && at <= time + 1);
    if (!entry) continue;
    entry[1]--;
    found++;
  }
  const gap = PACING_WINDOW_MS / requestsPerMinute;
  const left = sends.filter(([, count]) => count > 0);
  // What is left may have begun anew where the returned ones stood.
  const refilledAt = Math.max(refilledAfter(left, gap), state.refilledAt - found * gap);
  return { ...state, sends: left, refilledAt };
}

/** Sends in the order of their times, and when the window has room for one more. */
class SendWindow {
  readonly #sends: [number, number][];
  readonly #limit: number;
  readonly #slice: number;
  #total: number;

  constructor(sends: PaceState['sends'], requestsPerMinute: number) {
    this.#sends = sends.map(([at, count]) => [at, count]);
    this.#limit = Math.max(1, Math.floor(requestsPerMinute));
    this.#slice = this.#limit > EXACT_SENDS ? PACING_WINDOW_MS / EXACT_SENDS : 0;
    this.#total = sends.reduce((sum, [, count]) => sum + count, 0);
  }

  get sends(): PaceState['sends'] {
    return this.#sends;
  }

  /** When the send that is `limit` places back leaves the window. */
  freeAt(): number {
    let over = this.#total - this.#limit;
    if (over < 0) return Number.NEGATIVE_INFINITY;
    for (const [at, count] of this.#sends) {
      if (over < count) return at + PACING_WINDOW_MS;
      over -= count;
    }
    return Number.NEGATIVE_INFINITY;
  }

  add(at: number): void {
    this.#total++;
    let index = this.#sends.length;
    while (index > 0 && (this.#sends[index - 1]?.[0] ?? 0) > at) index--;
    const before = this.#sends[index - 1];
    // Kept at the later time, so that the window never opens too early.
    if (
      before &&
      (before[0] === at || (this.#slice > 0 && floorTo(before[0], this.#slice) === floorTo(at, this.#slice)))
    ) {
      before[0] = at;
      before[1]++;
    } else this.#sends.splice(index, 0, [at, 1]);
  }
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step);
}
