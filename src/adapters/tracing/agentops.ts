import { EnsembleError } from '../../core/errors.ts';
import type { OtlpTarget } from './otlp-sink.ts';

const TOKEN_URL = 'https://api.agentops.ai/v3/auth/token';
const TIMEOUT_MS = 10_000;

/** AgentOps takes a token that it gives for the key; it is asked for once, and again when it is refused. */
export function agentOpsHeaders(keyOf: () => Promise<string>, url = TOKEN_URL): OtlpTarget['headers'] {
  let known: string | null = null;
  return async (fresh, signal) => {
    if (known === null || fresh) known = await fetchToken(await keyOf(), url, signal);
    return { authorization: `Bearer ${known}` };
  };
}

async function fetchToken(key: string, url: string, signal: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ api_key: key }),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new EnsembleError('provider-failed', 'AgentOps cannot be reached for a token.', { cause });
  }
  const token = response.ok ? await tokenIn(response) : null;
  if (token !== null) return token;
  throw new EnsembleError('provider-failed', `AgentOps gives no token for the key (HTTP ${response.status}).`);
}

async function tokenIn(response: Response): Promise<string | null> {
  const body = (await response.json().catch(() => null)) as { readonly token?: unknown } | null;
  return typeof body?.token === 'string' && body.token !== '' ? body.token : null;
}
