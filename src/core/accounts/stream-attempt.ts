import type {
  CacheWrites,
  FinishReason,
  LimitReport,
  ProviderCall,
  ProviderFailure,
  ProviderId,
  StreamPart,
  TokenUsage,
  ToolCall,
} from '../model.ts';
import type { Clock, ModelProvider } from '../ports.ts';
import { linkedAbort } from './linked-abort.ts';
import { SilenceWatch } from './silence-watch.ts';
import { estimatedUsage } from './vendor-tokens.ts';

/** Longest answer that is taken, characters: far above every model's output limit, so that memory stays bounded. */
const MAX_ANSWER_CHARACTERS = 8_000_000;
/** Most tools that one answer may ask for. */
const MAX_TOOL_CALLS = 128;
/** A token count above this is nonsense, and so is a price of one call above this, USD. */
const MAX_TOKENS = 1e9;
const MAX_COST_USD = 1e4;

/** One attempt as the provider left it. */
export interface StreamedAnswer {
  readonly status: 'completed' | 'cut' | 'failed';
  readonly text: string;
  /** Tools the model asked for; empty unless `completed`. */
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason | null;
  /** The model named in the response; null: not named. */
  readonly model: string | null;
  readonly usage: TokenUsage;
  readonly cacheWrites: CacheWrites;
  /** What the vendor says that it charges, USD; null: it does not say. */
  readonly reportedCostUSD: number | null;
  /** Set when `failed`, and for `cut` in words. */
  readonly failure: ProviderFailure | null;
}

/** Tells a provider that nobody reads any more; made once, as an error is costly to make. */
const OVER = new Error('over');

/** Nothing was written to a prompt cache. */
export const NO_WRITES: CacheWrites = { short: 0, long: 0 };

/** How to listen to an attempt. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Whose tokens are estimated where the answer does not say how many they were. */
  readonly vendor: ProviderId;
  onText(text: string): void;
  /** The answer's headers, before its text. */
  onLimits(limits: LimitReport): void;
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
  const { controller: stop, unlink } = linkedAbort(options.signal);
  const { signal } = stop;
  const silence = new SilenceWatch(options.clock, () => stop.abort(OVER), provider.capabilities.firstSignMs);
  const answer = new Answer(call, options.vendor);
  const parts = provider.stream(call, signal, () => silence.heard())[Symbol.asyncIterator]();
  const take = (part: StreamPart | null): StreamedAnswer | null => {
    silence.heard(part?.type === 'text' || part?.type === 'tool-call');
    if (part === null) return answer.ended(provider.capabilities.reportsFinish);
    if (part.type === 'failure') return answer.failed(part.failure);
    answer.take(part);
    if (answer.isTooLong) return answer.failed(failureOf('invalid-response', 'The answer does not end.'));
    if (part.type === 'limits') options.onLimits(part.limits);
    if (part.type === 'text' && part.text !== '') options.onText(part.text);
    return part.type === 'finish' ? answer.completed() : null;
  };
  try {
    return await readParts(parts, signal, take);
  } catch (error) {
    options.signal.throwIfAborted();
    if (silence.reason !== null) return answer.failed(failureOf('timeout', silence.reason));
    // Providers turn what vendors do into failure parts, so this is a bug of an adapter; the call may have been sent.
    return answer.failed(failureOf('invalid-response', error instanceof Error ? error.message : String(error)));
  } finally {
    unlink();
    silence.stop();
    stop.abort(OVER);
    void Promise.resolve(parts.return?.()).catch(() => undefined);
  }
}

/** Collects the parts of one answer. */
class Answer {
  readonly #call: ProviderCall;
  readonly #vendor: ProviderId;
  readonly #toolCalls: ToolCall[] = [];
  #text = '';
  #usage: Extract<StreamPart, { type: 'usage' }> | null = null;
  #finish: Extract<StreamPart, { type: 'finish' }> | null = null;

  constructor(call: ProviderCall, vendor: ProviderId) {
    this.#call = call;
    this.#vendor = vendor;
  }

  get isTooLong(): boolean {
    return this.#text.length > MAX_ANSWER_CHARACTERS || this.#toolCalls.length > MAX_TOOL_CALLS;
  }

  take(part: StreamPart): void {
    if (part.type === 'text') this.#text += part.text;
    else if (part.type === 'tool-call') this.#toolCalls.push(part.call);
    else if (part.type === 'usage') this.#usage = part;
    else if (part.type === 'finish') this.#finish = part;
  }

  completed(): StreamedAnswer {
    return this.#as('completed', null);
  }

  ended(reportsFinish: boolean): StreamedAnswer {
    if (!reportsFinish) return this.#as('completed', null);
    return this.#as('cut', failureOf('cut-stream', 'The answer ended without its end mark.'));
  }

  failed(failure: ProviderFailure): StreamedAnswer {
    return this.#as(failure.cause === 'cut-stream' ? 'cut' : 'failed', failure);
  }

  #as(status: StreamedAnswer['status'], failure: ProviderFailure | null): StreamedAnswer {
    const usage = this.#usageOf(failure);
    return {
      status,
      text: this.#text,
      toolCalls: status === 'completed' ? this.#toolCalls : [],
      finishReason: this.#finish?.reason ?? null,
      model: this.#finish?.model ?? null,
      usage,
      cacheWrites: usage.estimated ? NO_WRITES : sensibleWrites(this.#usage?.cacheWrites, usage),
      reportedCostUSD: sensibleCost(this.#usage?.costUSD),
      failure,
    };
  }

  /** The vendor's numbers where they make sense, else our estimate; a call that was not billed used nothing. */
  #usageOf(failure: ProviderFailure | null): TokenUsage {
    const written = this.#text + this.#toolCalls.map((call) => call.name + call.arguments).join('');
    const reported = this.#usage === null ? null : sensibleUsage(this.#usage.usage, written);
    if (reported) return reported;
    if (failure && !failure.possiblyBilled) return { input: 0, output: 0, cached: 0, reasoning: 0, estimated: false };
    return estimatedUsage(this.#vendor, this.#call, written);
  }
}

/** Whole, non-negative counts, parts no larger than the whole; null for nonsense, such as no tokens for a text. */
function sensibleUsage(usage: TokenUsage, text: string): TokenUsage | null {
  const { input, output, cached, reasoning, estimated } = usage;
  if (![input, output].every((count) => count >= 0 && count <= MAX_TOKENS)) return null;
  if (text !== '' && input + output === 0) return null;
  return {
    input: Math.round(input),
    output: Math.round(output),
    cached: clamp(cached, Math.round(input)),
    reasoning: clamp(reasoning, Math.round(output)),
    estimated,
  };
}

/** No more than the input that was not read from the cache. */
function sensibleWrites(writes: CacheWrites | undefined, { input, cached }: TokenUsage): CacheWrites {
  if (!writes) return NO_WRITES;
  const short = clamp(writes.short, input - cached);
  return { short, long: clamp(writes.long, input - cached - short) };
}

function clamp(count: number, most: number): number {
  return count >= 0 ? Math.min(Math.round(count), most) : 0;
}

function sensibleCost(costUSD: number | undefined): number | null {
  return costUSD !== undefined && costUSD >= 0 && costUSD <= MAX_COST_USD ? costUSD : null;
}

/**
 * Gives `take` part after part, null at the end, until it comes to something. Rejects with the signal's reason as soon as that aborts,
 * as a provider that ignores it must not hold the call. By callbacks: an answer has thousands of parts, and a promise that races with
 * the signal costs more than what is done with one.
 */
function readParts<T>(
  parts: AsyncIterator<StreamPart>,
  signal: AbortSignal,
  take: (part: StreamPart | null) => T | null,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const pull = () => parts.next().then(next, reject);
    const next = ({ done, value }: IteratorResult<StreamPart, unknown>): void => {
      if (signal.aborted) return;
      try {
        const result = take(done ? null : value);
        if (result === null) pull();
        else resolve(result);
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
    else pull();
  });
}

/** A failure after which the call may have been billed. */
function failureOf(cause: ProviderFailure['cause'], message: string): ProviderFailure {
  return { cause, status: null, message, retryAfterMs: null, possiblyBilled: true };
}
