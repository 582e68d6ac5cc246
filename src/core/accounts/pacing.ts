/** Length of the window that `requestsPerMinute` speaks of, ms. */
export const PACING_WINDOW_MS = 60_000;

/** Plans that begin further ahead than this, ms, were made before the clock stepped back, and would stop the group. */
const PLAUSIBLE_AHEAD_MS = 3_600_000;

/** Sends of one quota key. Times are epoch ms. */
export interface PaceState {
  /** Send times handed out within the last window, ascending; may lie in the future. */
  readonly sends: readonly number[];
  /** No send before this time: a vendor asked for it. */
  readonly heldUntil: number;
}

/** What is known before the first send. */
export const INITIAL_PACE: PaceState = { sends: [], heldUntil: 0 };

/** How many send times are wanted, and under which limit. */
export interface SlotRequest {
  /** At least 1. */
  readonly want: number;
  readonly requestsPerMinute: number;
  /** Sends that may go at once after a pause, at least 1. */
  readonly burst: number;
  /** Kept from what is just allowed, ms, because sends do not arrive as evenly as they leave; default 0. */
  readonly guardMs?: number;
  readonly now: number;
}

/**
 * Hands out send times so that no window of 60 s holds more than `requestsPerMinute` of them, no more than `burst` go at
 * once, and the rest are at least 60,000 / requestsPerMinute ms apart (a bucket of `burst` that refills evenly, under a
 * sliding window). Never earlier than `now` or than a hold. A clock that steps back only makes sends later; one that steps
 * back by more than an hour makes what was planned void.
 */
export function allocateSlots(state: PaceState, request: SlotRequest): { state: PaceState; sendAt: number[] } {
  const { now, requestsPerMinute, burst, guardMs = 0 } = request;
  const gap = PACING_WINDOW_MS / requestsPerMinute;
  const latest = now + PLAUSIBLE_AHEAD_MS;
  const recent = state.sends.filter((time) => time > now - PACING_WINDOW_MS - guardMs);
  const sends = (recent[0] ?? 0) <= latest ? recent : [];
  const heldUntil = state.heldUntil <= latest ? state.heldUntil : 0;
  const sendAt: number[] = [];
  for (let index = 0; index < Math.max(1, request.want); index++) {
    const freeAt = Math.max(bucketFreeAt(sends, burst, gap), windowFreeAt(sends, requestsPerMinute));
    const time = Math.max(now, heldUntil, freeAt > now ? freeAt + guardMs : now);
    sends.push(time);
    sendAt.push(time);
  }
  return { state: { sends, heldUntil }, sendAt };
}

/** Raises the hold; a shorter one never replaces a longer one. */
export function holdPace(state: PaceState, until: number): PaceState {
  return { sends: state.sends, heldUntil: Math.max(state.heldUntil, until) };
}

/** When a bucket of `burst` tokens, refilled one per `gap`, next has a token (generic cell rate algorithm). */
function bucketFreeAt(sends: readonly number[], burst: number, gap: number): number {
  let emptyAt = Number.NEGATIVE_INFINITY;
  for (const time of sends) emptyAt = Math.max(emptyAt, time) + gap;
  return emptyAt - (Math.max(1, burst) - 1) * gap;
}

/** When the send `limit` places back leaves the window. */
function windowFreeAt(sends: readonly number[], limit: number): number {
  const oldest = sends[sends.length - Math.max(1, Math.floor(limit))];
  return oldest === undefined ? Number.NEGATIVE_INFINITY : oldest + PACING_WINDOW_MS;
}
