import type { Json, JsonObject } from '../json.ts';

/** How the keys of effects begin that are checks by guardrails. */
export const GUARD_KEY = 'guard-';
/** True of them also where a part of the task has put a name of its own before. */
const NAMES_GUARD = /(?:^|-)guard-[a-z]/;

/** Outcome of a check. */
export interface GuardOutcome {
  /** What a person is told of it. */
  readonly guardNotices: readonly string[];
}

/** What a person is told of an effect that is a check by guardrails; none: it is none, or all was well. */
export function guardNoticesOf(key: string, result: Json): readonly string[] {
  if (!NAMES_GUARD.test(key)) return [];
  const { guardNotices = null } = (result ?? {}) as JsonObject;
  return Array.isArray(guardNotices) ? guardNotices.filter((one) => typeof one === 'string') : [];
}
