import type { QuotaLimits } from '../config.ts';
import { isNearMiss, type Pace, paceOf, type Refused, taughtByRefusal, taughtByReport } from './lessons.ts';
import {
  addSends,
  holdPace,
  PACING_WINDOW_MS,
  type PaceState,
  refilledAfter,
  removeSend,
  sendsAfter,
  sendsBefore,
} from './pacing.ts';

/** Differences that are no news: requests overtake each other on their way. */
const TOLERANCE = 2;

/** What an answer says about the limit of its quota key. Times are epoch ms. */
export type Lesson =
  | {
      /** Headers: requests per minute, and how many were free after the request that was sent at `sentAt`. */
      readonly type: 'report';
      readonly sentAt: number;
      readonly limit: number;
      readonly remaining: number;
      /** Sends of the last minute that no block held, as no limit was known; ascending. */
      readonly unplanned: readonly number[];
    }
  | {
      /** A rate limit turned the request away that was sent at `sentAt`, and asks for quiet until `until`. */
      readonly type: 'refused';
      readonly sentAt: number;
      readonly until: number;
      readonly refused: Refused;
      readonly unplanned: readonly number[];
    };

/** A lesson under the limits that are configured. */
export interface LessonContext {
  readonly lesson: Lesson;
  readonly limits: Pick<QuotaLimits, 'requestsPerMinute' | 'burst'>;
  readonly now: number;
}

/**
 * What is known of a quota key after an answer. What the vendor has free beside what we have under way is a burst that it takes; where
 * it has less free than our sends explain, somebody else uses the key, and their requests are counted in. A refusal holds the key, and
 * shows that bursts were too large or the pace too fast, once per incident.
 */
export function applyLesson(state: PaceState, context: LessonContext): { state: PaceState; pace: Pace } {
  const { lesson, limits, now } = context;
  const next = lesson.type === 'report' ? afterReport(state, lesson, context) : afterRefusal(state, lesson, context);
  return { state: next, pace: paceOf(limits, next.lessons, now) };
}

function afterReport(
  from: PaceState,
  lesson: Extract<Lesson, { type: 'report' }>,
  { limits, now }: LessonContext,
): PaceState {
  const { limit, remaining, sentAt, unplanned } = lesson;
  const gap = PACING_WINDOW_MS / (limits.requestsPerMinute ?? limit);
  const state = addSends(from, unplanned, gap);
  const later = sendsAfter(state, sentAt);
  // How much of a bucket the sends up to this one still filled.
  const before = state.sends.filter(([at]) => at <= sentAt);
  const filled = Math.max(1, (refilledAfter(before, gap) - sentAt) / gap);
  const burst = Math.min(limit, remaining + Math.floor(filled + 1e-6));
  const lessons = taughtByReport(state.lessons, limit, burst, now);
  const pace = paceOf(limits, lessons, now);
  const expected = Math.min(pace.burst - filled, (pace.requestsPerMinute ?? limit) - sendsBefore(state, sentAt));
  const others = Math.floor(expected) - remaining - later;
  // A bucket that seemed full by the smaller burst need not be full by the larger.
  const isLarger = pace.burst > paceOf(limits, state.lessons, now).burst;
  const taught = { ...state, lessons, fullAt: isLarger ? 0 : state.fullAt };
  return others > TOLERANCE ? addSends(taught, Array<number>(others).fill(now), gap) : taught;
}

function afterRefusal(
  given: PaceState,
  { sentAt, until, refused, unplanned }: Extract<Lesson, { type: 'refused' }>,
  { limits, now }: LessonContext,
): PaceState {
  const from = removeSend(given, sentAt);
  const before = paceOf(limits, from.lessons, now);
  // Requests that were under way when the first was refused say nothing new.
  const isNews = from.heldUntil <= sentAt;
  const lessons = isNews ? taughtByRefusal(from.lessons, before, refused, now) : from.lessons;
  const pace = paceOf(limits, lessons, now);
  const { requestsPerMinute } = pace;
  const state = requestsPerMinute === null ? from : addSends(from, unplanned, PACING_WINDOW_MS / requestsPerMinute);
  // After a near miss the rest of a burst is as free as it was.
  if (isNearMiss(before, refused.retryAfterMs)) {
    return { ...state, lessons, heldUntil: Math.max(state.heldUntil, until) };
  }
  return holdPace({ ...state, lessons }, until, pace);
}
