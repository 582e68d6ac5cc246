import { APIError } from 'openai';
import type { FinishReason, ProviderFailure, StreamPart } from '../../../core/model.ts';
import { notAStream } from '../streamed-answer.ts';
import type { OpenAiDialect } from './dialect.ts';
import { type Reasoning, type ReasoningField, RunningReasoning } from './given-back.ts';
import { type ToolCallFragment, ToolCallFragments } from './tool-call-fragments.ts';
import { type RawUsage, usageOf } from './usage.ts';

/** A chunk of a stream as vendors send it; any field may be missing. */
interface RawChunk {
  readonly model?: string | null;
  readonly choices?: readonly RawChoice[] | null;
  readonly usage?: RawUsage | null;
  readonly error?: unknown;
  readonly x_groq?: { readonly usage?: RawUsage | null; readonly error?: string | null } | null;
}

interface RawChoice {
  readonly delta?:
    | (Reasoning & {
        readonly content?: unknown;
        readonly refusal?: string | null;
        readonly tool_calls?: readonly ToolCallFragment[] | null;
      })
    | null;
  readonly finish_reason?: string | null;
}

/**
 * The parts of a chat completion. The finish is held back until the usage that follows it has come. Throws what the stream
 * throws, unless the answer has finished before it broke.
 */
export async function* streamParts(
  chunks: AsyncIterable<unknown>,
  { reasoningOnTop, reasoningField }: Pick<OpenAiDialect, 'reasoningOnTop' | 'reasoningField'>,
  signal: AbortSignal,
): AsyncGenerator<StreamPart> {
  const answer = new RunningAnswer(reasoningField);
  try {
    for await (const chunk of chunks) {
      const { text, usage } = answer.take(asChunk(chunk));
      if (text !== '') yield { type: 'text', text };
      if (usage) yield usageOf(usage, reasoningOnTop);
    }
  } catch (error) {
    if (!answer.hasFinished) throw error;
  }
  // The SDK ends an aborted stream as if it were over.
  signal.throwIfAborted();
  yield* answer.end();
}

class RunningAnswer {
  readonly #toolCalls = new ToolCallFragments();
  readonly #reasoning: RunningReasoning;
  #model: string | null = null;
  #finish: string | null = null;
  #refused = false;
  #began = false;

  constructor(reasoningField: ReasoningField | null) {
    this.#reasoning = new RunningReasoning(reasoningField);
  }

  get hasFinished(): boolean {
    return this.#finish !== null;
  }

  take(chunk: RawChunk): { readonly text: string; readonly usage: RawUsage | null } {
    this.#began = true;
    this.#model = chunk.model || this.#model;
    const choice = chunk.choices?.[0];
    const delta = choice?.delta;
    for (const fragment of delta?.tool_calls ?? []) this.#toolCalls.add(fragment);
    if (delta) this.#reasoning.add(delta);
    if (delta?.refusal) this.#refused = true;
    if (choice?.finish_reason) this.#finish = choice.finish_reason.toLowerCase();
    const text = typeof delta?.content === 'string' ? delta.content : '';
    return { text, usage: chunk.usage ?? chunk.x_groq?.usage ?? null };
  }

  /** What comes after the last chunk; nothing where the answer was cut. */
  *end(): Generator<StreamPart> {
    if (!this.#began) yield { type: 'failure', failure: NOT_A_STREAM };
    if (this.#finish === null) return;
    const broken = BROKEN[this.#finish];
    if (broken) {
      yield { type: 'failure', failure: broken };
      return;
    }
    const calls = this.#reasoning.attachTo(this.#toolCalls.whole());
    for (const call of calls) yield { type: 'tool-call', call };
    const named = this.#refused ? 'content-filter' : (FINISH[this.#finish] ?? 'other');
    // Some vendors end an answer that asks for tools as any other.
    const reason = calls.length > 0 && named === 'stop' ? 'tool-calls' : named;
    yield { type: 'finish', reason, model: this.#model };
  }
}

/** Google's errors come in a list, Groq's beside the chunk; the SDK knows only OpenAI's. Throws for them. */
function asChunk(value: unknown): RawChunk {
  const chunk = (Array.isArray(value) ? (value[0] as unknown) : value) as RawChunk | null | undefined;
  if (typeof chunk !== 'object' || chunk === null) throw new SyntaxError('An event of the answer is no chunk.');
  const error = chunk.error ?? chunk.x_groq?.error;
  if (!error) return chunk;
  const body = typeof error === 'object' ? error : { message: String(error) };
  throw new APIError(undefined, body, undefined, undefined);
}

/** Finish reasons in lower case: OpenAI's, and those that compatible servers pass on from others. */
const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  end_turn: 'stop',
  eos: 'stop',
  length: 'length',
  max_tokens: 'length',
  content_filter: 'content-filter',
  safety: 'content-filter',
  recitation: 'content-filter',
  prohibited_content: 'content-filter',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

function brokenOff(cause: ProviderFailure['cause'], message: string): ProviderFailure {
  return { cause, status: null, message, retryAfterMs: null, possiblyBilled: true };
}

/** Reasons that are none: the vendor could not go on. */
const BROKEN: Readonly<Record<string, ProviderFailure>> = {
  error: brokenOff('server-error', 'The provider broke the answer off with an error.'),
  insufficient_system_resource: brokenOff('overloaded', 'The provider broke the answer off: it is overloaded.'),
};

/** Nothing in the answer is an event of a stream. */
export const NOT_A_STREAM = notAStream('chat completion');
