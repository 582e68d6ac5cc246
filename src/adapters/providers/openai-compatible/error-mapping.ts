import type { APIError } from 'openai';
import type { FailureCause, ProviderFailure } from '../../../core/model.ts';
import { retryAdviceIn, retryAfterMs } from '../retry-after.ts';
import { safeText } from '../safe-text.ts';

/** What is known of an error answer, whichever way it came (status and body, or a body inside a stream). */
interface ErrorFacts {
  readonly status: number | null;
  readonly codes: readonly string[];
  readonly message: string;
}

/** Codes by which OpenAI says that money, not speed, is the problem (reference: OpenAI's error codes). */
const OUT_OF_CREDITS = /^(insufficient_quota|credit_balance_exhausted|.*_spend_limit_exceeded|billing_.*)$/;
/**
 * xAI answers 429 or 403 for empty credits and spending caps, and only words tell. Not just any word of money: texts of
 * plain rate limits advertise a payment method, too.
 */
const CREDIT_WORDS =
  /all available credits|spending limit|(have|has) any credits|insufficient (credit|balance|fund)|out of credits|credit balance|purchase (more )?credits/i;
const DAILY_WORDS = /per[ -]?day|\bdaily\b|\b[RT]PD\b/i;
/** More than the model's context, or more than a whole minute's tokens, so that waiting does not help. */
const TOO_LARGE_WORDS =
  /maximum context length|context (length|window|size)|prompt is too long|request too large|maximum prompt length|input token count.{0,40}exceeds/i;
/** xAI refuses a wrong key with 400. */
const KEY_WORDS = /(incorrect|invalid|wrong) api[ _-]?key|api[ _-]?key (is )?(not valid|invalid|incorrect)/i;
const FILTER_WORDS = /moderation|content[ _-]?(policy|filter)|usage guidelines|safety/i;

/** OpenAI and Groq name the model whose limit is reached, Google a quota per model. */
const MODEL_LIMIT_WORDS = /rate limit reached for (model )?["'`]?[\w./:-]+["'`]? (in|on) /i;

/** Sorts an error answer of an OpenAI-shaped API into a failure. `began`: it came inside an answer. */
export function openAiFailure(
  error: APIError,
  key: string | null,
  context: { now: number; began: boolean },
): ProviderFailure {
  const facts = factsOf(error);
  const cause = causeOf(facts);
  const where = facts.status === null ? '' : ` (HTTP ${facts.status})`;
  return {
    cause,
    status: facts.status,
    message: `${WORDS[cause] ?? 'The provider failed'}${where}: ${safeText(facts.message, key)}`,
    retryAfterMs: retryAfterMs(error.headers, context.now) ?? retryAdviceIn(error.error, context.now),
    // An error answer says that no completion was made; gateways' time-outs may hide one that was.
    possiblyBilled: context.began || HIDES_AN_ANSWER.has(facts.status ?? 0),
    ...(isOfModel(cause, facts) ? { perModel: true } : {}),
  };
}

/** Statuses of gateways that gave up waiting for an answer which the model may still have made. */
const HIDES_AN_ANSWER: ReadonlySet<number> = new Set([502, 504, 520, 524]);

const WORDS: Partial<Readonly<Record<FailureCause, string>>> = {
  auth: 'The key was refused',
  'out-of-credits': 'The account is out of credits',
  'rate-limited': 'Rate limited',
  'daily-quota': 'The daily quota is used up',
  'model-not-found': 'The model does not exist for this account',
  'invalid-request': 'The request was refused as invalid',
  'too-large': 'The request is too large for this account',
  'invalid-response': 'The endpoint has no such path; check the address of the account',
  network: 'The proxy refused the request',
  overloaded: 'The provider is overloaded',
  refused: 'The request was refused by a filter',
  timeout: 'The provider gave up waiting',
};

function isOfModel(cause: FailureCause, { codes, message }: ErrorFacts): boolean {
  if (cause !== 'rate-limited' && cause !== 'daily-quota') return false;
  return MODEL_LIMIT_WORDS.test(message) || codes.some((code) => /PerModel/.test(code));
}

/** Google's details name a reason, and the quotas that are used up, such as `GenerateRequestsPerDayPerProjectPerModel`. */
function reasonsIn(details: unknown): unknown[] {
  return (Array.isArray(details) ? details : []).flatMap((detail: unknown) => {
    const { reason, violations } = (detail ?? {}) as { reason?: unknown; violations?: unknown };
    const quotas = Array.isArray(violations) ? violations : [];
    return [reason, ...quotas.map((one: unknown) => (one as { quotaId?: unknown } | null)?.quotaId)];
  });
}

/** OpenAI sends an object, xAI and Ollama a sentence; inside a stream there is no status, but its number may be the code. */
function factsOf(error: APIError): ErrorFacts {
  const body: unknown = error.error;
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { code, type, status, message, details } = fields;
  const text = typeof body === 'string' ? body : typeof message === 'string' ? message : error.message;
  return {
    status: error.status ?? (typeof code === 'number' ? code : null),
    codes: [code, type, status, ...reasonsIn(details)].filter((one) => typeof one === 'string'),
    message: text,
  };
}

function causeOf({ status, codes, message }: ErrorFacts): FailureCause {
  const has = (...wanted: string[]) => wanted.some((code) => codes.includes(code));
  if (status === 402 || codes.some((code) => OUT_OF_CREDITS.test(code))) return 'out-of-credits';
  if (status === 413 || has('context_length_exceeded')) return 'too-large';
  const refused = status === 400 || status === 422 || status === 429;
  if (refused && TOO_LARGE_WORDS.test(message)) return 'too-large';
  const limit = [message, ...codes].some((text) => DAILY_WORDS.test(text)) ? 'daily-quota' : 'rate-limited';
  if (has('rate_limit_exceeded', 'slow_down')) return limit;
  if (has('model_not_found')) return 'model-not-found';
  if (has('content_filter', 'content_policy_violation')) return 'refused';
  if (status === 401 || has('invalid_api_key', 'API_KEY_INVALID') || (status === 400 && KEY_WORDS.test(message)))
    return 'auth';
  if (status === 403) return causeOfForbidden(message);
  if (status === 429) {
    if (CREDIT_WORDS.test(message)) return 'out-of-credits';
    return limit;
  }
  // Google, where a country has no free tier.
  if (has('FAILED_PRECONDITION') && /billing/i.test(message)) return 'out-of-credits';
  if (status === 400 && /not a valid model/i.test(message)) return 'model-not-found';
  if (status === 404) return /model/i.test(message) ? 'model-not-found' : 'invalid-response';
  return causeOfStatus(status);
}

function causeOfForbidden(message: string): FailureCause {
  if (CREDIT_WORDS.test(message)) return 'out-of-credits';
  return FILTER_WORDS.test(message) ? 'refused' : 'auth';
}

function causeOfStatus(status: number | null): FailureCause {
  if (status === 407) return 'network';
  if (status === 408 || status === 504 || status === 524) return 'timeout';
  // 498 is Groq's, 529 is Anthropic's.
  if (status === 503 || status === 498 || status === 529) return 'overloaded';
  if (status === null || status >= 500) return 'server-error';
  return 'invalid-request';
}
