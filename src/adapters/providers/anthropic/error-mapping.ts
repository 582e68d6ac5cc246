import type { APIError } from '@anthropic-ai/sdk';
import type { FailureCause, ProviderFailure } from '../../../core/model.ts';
import { retryAfterMs } from '../retry-after.ts';
import { safeText } from '../safe-text.ts';

interface ErrorBody {
  readonly error?: {
    readonly type?: string;
    readonly message?: string;
    readonly details?: { readonly error_code?: string } | null;
  };
}

/** By the `type` of Anthropic's error body, which also comes inside streams that began with 200. */
const CAUSES: Readonly<Record<string, FailureCause>> = {
  authentication_error: 'auth',
  permission_error: 'auth',
  billing_error: 'out-of-credits',
  rate_limit_error: 'rate-limited',
  overloaded_error: 'overloaded',
  api_error: 'server-error',
  timeout_error: 'timeout',
  not_found_error: 'model-not-found',
  invalid_request_error: 'invalid-request',
  request_too_large: 'too-large',
};

/** Sorts an error of the Messages API into a failure. */
export function anthropicFailure(
  error: APIError,
  key: string | null,
  context: { now: number; began: boolean },
): ProviderFailure {
  const { error: body } = (error.error ?? {}) as ErrorBody;
  const status = error.status ?? null;
  const cause =
    body?.details?.error_code === 'enforced_spend_limit_reached'
      ? 'out-of-credits'
      : causeOf(body?.type, status, body?.message ?? '');
  const where = status === null ? '' : ` (HTTP ${status})`;
  return {
    cause,
    status,
    message: `${WORDS[cause] ?? 'The provider failed'}${where}: ${safeText(body?.message ?? error.message, key)}`,
    retryAfterMs: retryAfterMs(error.headers, context.now),
    // An error answer says that no message was made; gateways' time-outs may hide one that was.
    possiblyBilled: context.began || status === 502 || status === 504,
  };
}

const WORDS: Partial<Readonly<Record<FailureCause, string>>> = {
  auth: 'The key was refused',
  'out-of-credits': 'The account is out of credits',
  'rate-limited': 'Rate limited',
  'model-not-found': 'The model does not exist for this account',
  'invalid-request': 'The request was refused as invalid',
  'too-large': 'The request is too large for this account',
  overloaded: 'The provider is overloaded',
  'invalid-response': 'The endpoint has no such path; check the address of the account',
  network: 'The proxy refused the request',
};

function causeOf(type: string | undefined, status: number | null, message: string): FailureCause {
  // An empty balance comes as an invalid request; only words tell.
  if (type === 'invalid_request_error' && /credit balance/i.test(message)) return 'out-of-credits';
  if (type === 'invalid_request_error' && /prompt is too long|context (limit|window)/i.test(message))
    return 'too-large';
  const known = type === undefined ? undefined : CAUSES[type];
  if (known) return known;
  if (status === 401 || status === 403) return 'auth';
  if (status === 407) return 'network';
  if (status === 413) return 'too-large';
  if (status === 429) return 'rate-limited';
  if (status === 529 || status === 503) return 'overloaded';
  // Anthropic itself names the type, so this is somebody else.
  if (status === 404) return 'invalid-response';
  return status !== null && status >= 400 && status < 500 ? 'invalid-request' : 'server-error';
}
