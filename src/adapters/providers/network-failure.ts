import type { ProviderFailure } from '../../core/model.ts';
import { isBrowser } from '../host-environment.ts';
import { AnswerTooLarge } from './guarded-fetch.ts';
import { safeText } from './safe-text.ts';

/** Codes of a connection that never carried the request, so that it cannot have been billed. */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name could not be resolved. Check the endpoint and the network.',
  EAI_AGAIN: 'The host name could not be resolved. Check the network.',
  ECONNREFUSED: 'The endpoint refused the connection. Check that it is running and its address.',
  EHOSTUNREACH: 'The endpoint cannot be reached. Check the network.',
  ENETUNREACH: 'There is no network.',
  ETIMEDOUT: 'The connection timed out.',
  UND_ERR_CONNECT_TIMEOUT: 'The connection timed out.',
  CERT_HAS_EXPIRED: "The endpoint's certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The endpoint's certificate is self-signed.",
  SELF_SIGNED_CERT_IN_CHAIN: "The endpoint's certificate chain is not trusted.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The endpoint's certificate cannot be verified.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The endpoint's certificate is for another host.",
};

/** A failure below HTTP: distinct for name, connection, certificate and a cut answer. */
export function networkFailure(error: unknown, key: string | null, answerBegan: boolean): ProviderFailure {
  if (causes(error).some((one) => one instanceof AnswerTooLarge)) {
    return failure('invalid-response', new AnswerTooLarge().message, true);
  }
  const code = codeOf(error);
  const known = code === null ? undefined : NOT_CONNECTED[code];
  if (known && !answerBegan) return failure('network', known, false);
  const proxy = proxyRefusal(error);
  if (proxy !== null && !answerBegan) return failure('network', proxy, false);
  const message = error instanceof Error ? error.message : String(error);
  if (causes(error).some((one) => /redirect/i.test(one.message))) {
    return failure(
      'network',
      'The endpoint answered with a redirect, which is not followed. Set its final address.',
      false,
    );
  }
  if (answerBegan) return failure('cut-stream', 'The connection broke during the answer.', true);
  // A page is not told why; most often the endpoint does not let pages ask.
  const hint = isBrowser ? ' In the browser, the endpoint must allow requests from web pages (CORS).' : '';
  return failure('network', `The request failed: ${safeText(message, key)}${hint}`, true);
}

/** What a proxy says that makes no tunnel to the endpoint; Node's fetch has its status in the message alone. */
function proxyRefusal(error: unknown): string | null {
  const [status] = causes(error).flatMap(({ message }) => /^Proxy response \((\d{3})\)/.exec(message)?.[1] ?? []);
  if (status === undefined) return null;
  return status === '407'
    ? 'The proxy wants a user name and a password (407). Put them into its address: http://USER:PASSWORD@HOST:PORT.'
    : `The proxy refused the connection to the endpoint (${status}). Check whether it lets this host through.`;
}

/** An answer that had begun and then held something that nobody can read: a part of it was lost. */
export function unreadableAnswer(): ProviderFailure {
  return failure('cut-stream', 'A part of the answer cannot be read.', true);
}

function failure(cause: ProviderFailure['cause'], message: string, possiblyBilled: boolean): ProviderFailure {
  return { cause, status: null, message, retryAfterMs: null, possiblyBilled };
}

/** The first system error code in the chain of causes. */
function codeOf(error: unknown): string | null {
  for (const each of causes(error)) {
    if ('code' in each && typeof each.code === 'string') return each.code;
  }
  return null;
}

/** The error and what caused it, a few levels deep. */
function causes(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) chain.push(each);
  return chain;
}
