import type { FailureCause, ProviderFailure } from '../../../core/model.ts';
import { retryAfterMs } from '../retry-after.ts';
import { safeText } from '../safe-text.ts';

/** What is known of an error answer, whichever way it came (status and body, or a body inside a stream). */
export interface ErrorFacts {
  readonly status: number | null;
  readonly code: string | null;
  readonly type: string | null;
  readonly message: string;
  readonly headers: Headers | undefined;
}

/** Codes by which OpenAI says that money, not speed, is the problem (reference: OpenAI's error codes). */
const OUT_OF_CREDITS = /^(insufficient_quota|credit_balance_exhausted|.*_spend_limit_exceeded|billing_.*)$/;
/** xAI answers 429 for empty credits and spending caps too, and only words tell. */
const CREDIT_WORDS = /\b(credits?|spending (cap|limit)|billing|out of funds|payment)\b/i;
const DAILY_WORDS = /\b(per day|daily|RPD|TPD)\b/i;

/** Sorts an error answer of an OpenAI-shaped API into a failure. */
export function failureOf(facts: ErrorFacts, key: string | null, now: number): ProviderFailure {
  const cause = causeOf(facts);
  const where = facts.status === null ? '' : ` (HTTP ${facts.status})`;
  return {
    cause,
    status: facts.status,
    message: `${WORDS[cause] ?? 'The provider failed'}${where}: ${safeText(facts.message, key)}`,
    retryAfterMs: retryAfterMs(facts.headers, now),
    // An error answer says that no completion was made; gateways' time-outs may hide one that was.
    possiblyBilled: facts.status === 502 || facts.status === 504,
  };
}

const WORDS: Partial<Readonly<Record<FailureCause, string>>> = {
  auth: 'The key was refused',
  'out-of-credits': 'The account is out of credits',
  'rate-limited': 'Rate limited',
  'daily-quota': 'The daily quota is used up',
  'model-not-found': 'The model does not exist for this account',
  'invalid-request': 'The request was refused as invalid',
  overloaded: 'The provider is overloaded',
  'server-error': 'The provider failed',
};

function causeOf({ status, code, type, message }: ErrorFacts): FailureCause {
  const codes = [code, type].filter((one) => one !== null);
  if (codes.some((one) => OUT_OF_CREDITS.test(one)) || status === 402) return 'out-of-credits';
  if (status === 401 || status === 407 || codes.includes('invalid_api_key')) return 'auth';
  if (status === 403) return 'auth';
  if (status === 429 || codes.includes('rate_limit_exceeded') || codes.includes('slow_down')) {
    if (CREDIT_WORDS.test(message)) return 'out-of-credits';
    return DAILY_WORDS.test(message) ? 'daily-quota' : 'rate-limited';
  }
  if (codes.includes('model_not_found') || status === 404) return 'model-not-found';
  if (codes.includes('content_filter') || codes.includes('content_policy_violation')) return 'refused';
  if (status === 503 || status === 529) return 'overloaded';
  if (status !== null && status >= 500) return 'server-error';
  if (status === 408) return 'timeout';
  if (status !== null && status >= 400) return 'invalid-request';
  return 'server-error';
}
