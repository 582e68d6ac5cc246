import type { ProviderFailure, StreamPart } from '../../core/model.ts';
import { networkFailure, unreadableAnswer } from './network-failure.ts';
import { withoutKey } from './safe-text.ts';

/** One request and the answer to it, as a vendor's adapter makes it. */
export interface Exchange {
  readonly signal: AbortSignal;
  readonly key: string | null;
  /** Sends the request and reads the answer; calls `began` once the response is there. May throw anything. */
  parts(began: () => void): AsyncIterable<StreamPart>;
  /** What an error that was thrown there means. */
  failureOf(error: unknown, began: boolean): ProviderFailure;
}

/** The parts of an exchange; whatever goes wrong becomes its last part. Rejects only with the signal's reason. */
export async function* streamedAnswer({ signal, key, parts, failureOf }: Exchange): AsyncGenerator<StreamPart> {
  let began = false;
  let shown = false;
  try {
    for await (const part of parts(() => {
      began = true;
    })) {
      shown ||= part.type === 'text';
      yield withoutEcho(part, key);
    }
  } catch (error) {
    signal.throwIfAborted();
    // What cannot be read is the endpoint's fault before the first text, and a broken answer after it.
    const unreadable = shown && error instanceof SyntaxError;
    yield { type: 'failure', failure: unreadable ? unreadableAnswer() : failureOf(error, began) };
  }
}

/** Names that a vendor repeats go to tables and events as they are, so an endpoint that puts the key into one gains nothing. */
function withoutEcho(part: StreamPart, key: string | null): StreamPart {
  if (part.type === 'finish' && part.model !== null) return { ...part, model: withoutKey(part.model, key) };
  if (part.type !== 'tool-call') return part;
  return { ...part, call: JSON.parse(withoutKey(JSON.stringify(part.call), key)) };
}

/** The failure behind an error that is no error answer of the vendor: an answer of another kind, or the network. */
export function otherFailure(
  error: unknown,
  began: boolean,
  { key, notAStream }: { readonly key: string | null; readonly notAStream: ProviderFailure },
): ProviderFailure {
  return error instanceof SyntaxError ? notAStream : networkFailure(error, key, began);
}

/** The failure of an endpoint that answers, but not as the vendor does; `what`: what its answer is not. */
export function notAStream(what: string): ProviderFailure {
  return {
    cause: 'invalid-response',
    status: 200,
    message: `The endpoint answered with something that is no ${what}. Check its address.`,
    retryAfterMs: null,
    possiblyBilled: true,
  };
}
