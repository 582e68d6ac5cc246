import type { FinishReason, LimitReport, ProviderCall, ProviderFailure, StreamPart, TokenUsage } from '../model.ts';
import type { Clock, ModelProvider } from '../ports.ts';
import { estimateInputTokens, estimateTextTokens } from './pricing.ts';

/** Longest wait for the first part of an answer, ms. */
export const FIRST_PART_TIMEOUT_MS = 60_000;
/** Longest silence within an answer, ms. */
export const IDLE_TIMEOUT_MS = 60_000;

/** One attempt as the provider left it. */
export interface StreamedAnswer {
  readonly status: 'completed' | 'cut' | 'failed';
  readonly text: string;
  readonly finishReason: FinishReason | null;
  /** The model named in the response; null: not named. */
  readonly model: string | null;
  readonly usage: TokenUsage;
  readonly limits: LimitReport | null;
  /** Set when `failed`, and for `cut` in words. */
  readonly failure: ProviderFailure | null;
}

/** How to listen to an attempt. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  onText(text: string): void;
}

/**
 * Sends one call and reads its answer to the end. Only a finish part makes it complete, where the provider reports
 * finishes. Rejects only when the signal aborts.
 */
export async function streamAttempt(
  provider: ModelProvider,
  call: ProviderCall,
  options: StreamOptions,
): Promise<StreamedAnswer> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const answer = new Answer(call);
  const parts = provider.stream(call, signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const limitMs = answer.started ? IDLE_TIMEOUT_MS : FIRST_PART_TIMEOUT_MS;
      const next = await nextPart(parts, limitMs, options);
      if (next === 'timeout') return answer.failed(timeoutFailure(limitMs, answer.started));
      if (next.done) return answer.ended(provider.capabilities.reportsFinish);
      const { value } = next;
      if (value.type === 'text') options.onText(value.text);
      if (value.type === 'failure') return answer.failed(value.failure);
      answer.take(value);
      if (value.type === 'finish') return answer.completed();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    // Providers turn what vendors do into failure parts, so this is a bug of an adapter; the call may have been sent.
    const message = error instanceof Error ? error.message : String(error);
    return answer.failed({
      cause: 'invalid-response',
      status: null,
      message,
      retryAfterMs: null,
      possiblyBilled: true,
    });
  } finally {
    stop.abort();
    void Promise.resolve(parts.return?.()).catch(() => undefined);
  }
}

/** Collects the parts of one answer. */
class Answer {
  started = false;
  readonly #call: ProviderCall;
  #text = '';
  #usage: TokenUsage | null = null;
  #limits: LimitReport | null = null;
  #finish: Extract<StreamPart, { type: 'finish' }> | null = null;

  constructor(call: ProviderCall) {
    this.#call = call;
  }

  take(part: StreamPart): void {
    this.started = true;
    if (part.type === 'text') this.#text += part.text;
    else if (part.type === 'usage') this.#usage = part.usage;
    else if (part.type === 'limits') this.#limits = part.limits;
    else if (part.type === 'finish') this.#finish = part;
  }

  completed(): StreamedAnswer {
    return this.#as('completed', null);
  }

  ended(reportsFinish: boolean): StreamedAnswer {
    if (!reportsFinish) return this.#as('completed', null);
    const message = 'The answer ended without its end mark.';
    return this.#as('cut', { cause: 'cut-stream', status: null, message, retryAfterMs: null, possiblyBilled: true });
  }

  failed(failure: ProviderFailure): StreamedAnswer {
    return this.#as(failure.cause === 'cut-stream' ? 'cut' : 'failed', failure);
  }

  #as(status: StreamedAnswer['status'], failure: ProviderFailure | null): StreamedAnswer {
    return {
      status,
      text: this.#text,
      finishReason: this.#finish?.reason ?? null,
      model: this.#finish?.model ?? null,
      usage: this.#usageOf(failure),
      limits: this.#limits,
      failure,
    };
  }

  /** The vendor's numbers where they make sense, else our estimate; a call that was not billed used nothing. */
  #usageOf(failure: ProviderFailure | null): TokenUsage {
    const reported = this.#usage;
    if (reported && [reported.input, reported.output, reported.cached, reported.reasoning].every(isCount))
      return reported;
    if (failure && !failure.possiblyBilled) return { input: 0, output: 0, cached: 0, reasoning: 0, estimated: false };
    const output = estimateTextTokens(this.#text);
    return { input: estimateInputTokens(this.#call.messages), output, cached: 0, reasoning: 0, estimated: true };
  }
}

async function nextPart(
  parts: AsyncIterator<StreamPart>,
  limitMs: number,
  { clock, signal }: StreamOptions,
): Promise<IteratorResult<StreamPart> | 'timeout'> {
  const timer = new AbortController();
  const aborted = AbortSignal.any([signal, timer.signal]);
  try {
    return await Promise.race([parts.next(), clock.sleep(limitMs, aborted).then(() => 'timeout' as const)]);
  } finally {
    timer.abort();
  }
}

function isCount(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function timeoutFailure(limitMs: number, started: boolean): ProviderFailure {
  const what = started ? 'The answer fell silent' : 'There was no answer';
  return {
    cause: 'timeout',
    status: null,
    message: `${what} for ${limitMs / 1000} s.`,
    retryAfterMs: null,
    possiblyBilled: true,
  };
}
