import { EnsembleError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { SpanRecord } from '../../core/tracing/span.ts';
import type { SpanSink } from '../../core/tracing/span-sink.ts';
import { exportRequest } from './otlp-json.ts';

/** Longest time of one request, ms. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Requests for one batch. */
const MAX_ATTEMPTS = 3;
/** Longest pause that an endpoint may ask for, ms. */
const MAX_PAUSE_MS = 5_000;
/** Statuses that OTLP says to try again. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** An answer is read this far, bytes; what it says is short. */
const MAX_ANSWER = 65_536;

/** Where a sink sends to. */
export interface OtlpTarget {
  /** For notices; without a key. */
  readonly name: string;
  /** Where traces are posted to, with its path. */
  readonly url: string;
  /** Headers with the key; `fresh` true after one was refused. Rejects where there is no key. */
  headers(fresh: boolean, signal: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

/**
 * Sends spans as OTLP over HTTP in JSON. Follows no redirect, which could carry the key to another host. `version` is that of the
 * product.
 */
export function otlpSink(target: OtlpTarget, version: string, clock: Pick<Clock, 'sleep'>): SpanSink {
  return {
    name: target.name,
    export: async (spans, signal) => {
      const body = JSON.stringify(exportRequest(spans, version));
      let fresh = false;
      for (let attempt = 1; ; attempt++) {
        const response = await post(target, { body, fresh }, signal);
        if (response.ok) return checkAccepted(await textOf(response), spans);
        await response.body?.cancel();
        const mayRetry = attempt < MAX_ATTEMPTS;
        if (mayRetry && response.status === 401 && !fresh) fresh = true;
        else if (mayRetry && RETRYABLE.has(response.status)) await clock.sleep(pauseOf(response, attempt), signal);
        else throw refused(response.status);
      }
    },
  };
}

async function post(
  target: OtlpTarget,
  { body, fresh }: { readonly body: string; readonly fresh: boolean },
  signal: AbortSignal,
): Promise<Response> {
  const headers = await target.headers(fresh, signal);
  try {
    return await fetch(target.url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
  } catch (cause) {
    signal.throwIfAborted();
    const why = (cause as Error).name === 'TimeoutError' ? 'does not answer' : 'cannot be reached';
    throw new EnsembleError('provider-failed', `The endpoint ${why}.`, { cause });
  }
}

function pauseOf(response: Response, attempt: number): number {
  const asked = Number(response.headers.get('retry-after'));
  return Math.min(MAX_PAUSE_MS, asked > 0 ? asked * 1_000 : 500 * 2 ** attempt);
}

/** An endpoint may take a request and still refuse spans of it. */
function checkAccepted(text: string, spans: readonly SpanRecord[]): void {
  let rejected = 0;
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: number | string } };
    rejected = Number(partialSuccess?.rejectedSpans ?? 0);
  } catch {
    // Empty, or in another encoding than was asked for: nothing was refused.
  }
  if (rejected > 0)
    throw new EnsembleError('provider-failed', `The endpoint refused ${rejected} of ${spans.length} spans.`);
}

async function textOf({ body }: Response): Promise<string> {
  if (body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_ANSWER) break;
  }
  return text;
}

function refused(status: number): EnsembleError {
  const message =
    status === 401 || status === 403
      ? `The endpoint refuses the key (HTTP ${status}).`
      : `The endpoint answers with HTTP ${status}.`;
  return new EnsembleError('provider-failed', message);
}
