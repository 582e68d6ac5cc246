import type { FailureCause, ProviderFailure } from '../../../core/model.ts';
import { retryAfterMs } from '../retry-after.ts';
import { safeText } from '../safe-text.ts';
import type { OllamaError } from './stream-parts.ts';

const WORDS: Partial<Readonly<Record<FailureCause, string>>> = {
  auth: 'The key was refused',
  'rate-limited': 'Rate limited',
  'model-not-found': 'Ollama does not have the model, or it cannot do what is asked',
  'invalid-request': 'The request was refused as invalid',
  'invalid-response': 'The endpoint has no such path; check the address of the account',
  network: 'The proxy refused the request',
  overloaded: 'Ollama is busy',
};

/** Sorts an error of Ollama into a failure. `began`: it came within an answer. */
export function ollamaFailure(
  error: OllamaError,
  key: string | null,
  { now, began }: { readonly now: number; readonly began: boolean },
): ProviderFailure {
  const said = errorText(error.message);
  const cause = causeOf(error.status, said);
  const where = error.status === null ? '' : ` (HTTP ${error.status})`;
  return {
    cause,
    status: error.status,
    message: `${WORDS[cause] ?? 'Ollama failed'}${where}: ${safeText(said ?? error.message, key)}`,
    retryAfterMs: retryAfterMs(error.headers, now),
    possiblyBilled: began || error.status === 502 || error.status === 504,
  };
}

/** The sentence in `{"error": "..."}`; the body itself within an answer; null where Ollama did not write it. */
function errorText(body: string): string | null {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === 'string') return error;
    const message: unknown = (error as { message?: unknown } | null | undefined)?.message;
    return typeof message === 'string' ? message : null;
  } catch {
    return null;
  }
}

function causeOf(status: number | null, said: string | null): FailureCause {
  if (status === 401 || status === 403) return 'auth';
  if (status === 404) return said === null ? 'invalid-response' : 'model-not-found';
  if (status === 400 && /does not support/i.test(said ?? '')) return 'model-not-found';
  if (status === 407) return 'network';
  if (status === 413) return 'too-large';
  if (status === 429) return 'rate-limited';
  if (status === 503 || status === 529) return 'overloaded';
  return status !== null && status < 500 ? 'invalid-request' : 'server-error';
}
