import OpenAI, { APIError } from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { EnsembleError } from '../../../core/errors.ts';
import type { FinishReason, ProviderCall, ProviderFailure, StreamPart } from '../../../core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../../core/ports.ts';
import type { ProviderBinding } from '../binding.ts';
import { openAiLimits } from '../limit-headers.ts';
import { networkFailure } from '../network-failure.ts';
import { withSchemaInstructions } from '../schema-instructions.ts';
import { type ErrorFacts, failureOf } from './error-mapping.ts';
import { type RawUsage, usageOf } from './usage.ts';

/** In what a vendor's dialect differs from OpenAI's. */
export interface OpenAiDialect {
  readonly baseURL: string;
  /** OpenAI's newer models take only `max_completion_tokens`; most others only `max_tokens`. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Takes `response_format: json_schema`. */
  readonly structuredOutput: boolean;
  /** Reports reasoning on top of `completion_tokens`. */
  readonly reasoningOnTop: boolean;
  /** How requests of one agent are kept on one prompt cache; null: not at all. */
  readonly cacheRouting: 'prompt_cache_key' | 'x-grok-conv-id' | null;
}

/** A provider for any API of OpenAI's chat completion shape, over the official SDK. */
export function createOpenAiProvider({ account, key }: ProviderBinding, dialect: OpenAiDialect): ModelProvider {
  const client = new OpenAI({
    // The SDK insists on a key; local servers take any.
    apiKey: key ?? 'none',
    baseURL: account.baseURL ?? dialect.baseURL,
    maxRetries: 0,
    // Time-outs are the pool's, which knows what is waiting and what is silent.
    timeout: 2_147_483_647,
    // A redirect could carry the key to another host.
    fetchOptions: { redirect: 'error' },
    organization: null,
    project: null,
  });
  return new OpenAiProvider(client, key, dialect);
}

class OpenAiProvider implements ModelProvider {
  readonly capabilities: ProviderCapabilities;
  readonly #client: OpenAI;
  readonly #key: string | null;
  readonly #dialect: OpenAiDialect;

  constructor(client: OpenAI, key: string | null, dialect: OpenAiDialect) {
    this.#client = client;
    this.#key = key;
    this.#dialect = dialect;
    this.capabilities = {
      reportsFinish: true,
      reportsUsage: true,
      systemRole: true,
      structuredOutput: dialect.structuredOutput,
      needsUserGesture: false,
      inProcess: false,
      isLanguageModel: true,
    };
  }

  async *stream(call: ProviderCall, signal: AbortSignal): AsyncGenerator<StreamPart> {
    let began = false;
    try {
      const { data, response } = await this.#client.chat.completions
        .create(this.#body(call), { signal, headers: this.#headers(call) })
        .withResponse();
      began = true;
      const limits = openAiLimits(response.headers);
      if (limits) yield { type: 'limits', limits };
      yield* this.#parts(data);
    } catch (error) {
      signal.throwIfAborted();
      yield { type: 'failure', failure: this.#failureOf(error, began) };
    }
  }

  async listModels(signal: AbortSignal): Promise<readonly string[]> {
    try {
      const page = await this.#client.models.list({ signal });
      return page.data.map((model) => model.id).sort();
    } catch (error) {
      signal.throwIfAborted();
      const failure = this.#failureOf(error, false);
      throw new EnsembleError(failure.cause === 'auth' ? 'no-usable-account' : 'provider-failed', failure.message, {
        hint: failure.cause === 'auth' ? 'Give the account a valid key.' : 'Check the endpoint and try again.',
      });
    }
  }

  /** Holds the finish back until the usage that follows it has come. */
  async *#parts(chunks: AsyncIterable<ChatCompletionChunk>): AsyncGenerator<StreamPart> {
    let finish: FinishReason | null = null;
    let model: string | null = null;
    let chunksSeen = 0;
    for await (const chunk of chunks) {
      chunksSeen++;
      const inStream = errorInside(chunk);
      if (inStream) {
        yield { type: 'failure', failure: failureOf(inStream, this.#key, Date.now()) };
        return;
      }
      model = chunk.model || model;
      if (chunk.usage) yield { type: 'usage', usage: usageOf(chunk.usage as RawUsage, this.#dialect.reasoningOnTop) };
      const choice = chunk.choices?.[0];
      if (choice?.delta?.content) yield { type: 'text', text: choice.delta.content };
      if (choice?.finish_reason) finish = FINISH[choice.finish_reason] ?? 'other';
    }
    if (finish !== null) yield { type: 'finish', reason: finish, model };
    else if (chunksSeen === 0) yield { type: 'failure', failure: NOT_A_STREAM };
  }

  #body(call: ProviderCall): ChatCompletionCreateParamsStreaming {
    const { responseSchema } = call;
    const native = responseSchema !== null && this.#dialect.structuredOutput;
    const messages =
      native || responseSchema === null ? call.messages : withSchemaInstructions(call.messages, responseSchema);
    return {
      model: call.model,
      messages: messages.map(({ role, content }) => ({ role, content })),
      stream: true,
      stream_options: { include_usage: true },
      [this.#dialect.maxTokensField]: call.maxTokens,
      ...(call.temperature === null ? {} : { temperature: call.temperature }),
      ...(native
        ? {
            response_format: {
              type: 'json_schema',
              json_schema: { name: responseSchema.name, schema: { ...responseSchema.schema } },
            },
          }
        : {}),
      ...(this.#dialect.cacheRouting === 'prompt_cache_key' ? { prompt_cache_key: call.cacheKey } : {}),
    };
  }

  #headers(call: ProviderCall): Record<string, string> {
    return this.#dialect.cacheRouting === 'x-grok-conv-id' ? { 'x-grok-conv-id': call.cacheKey } : {};
  }

  #failureOf(error: unknown, began: boolean): ProviderFailure {
    if (error instanceof APIError && (error.status !== undefined || error.error !== undefined)) {
      return failureOf(factsOf(error), this.#key, Date.now());
    }
    if (error instanceof SyntaxError) return NOT_A_STREAM;
    return networkFailure(error, this.#key, began);
  }
}

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
};

const NOT_A_STREAM: ProviderFailure = {
  cause: 'invalid-response',
  status: 200,
  message: 'The endpoint answered with something that is no chat completion. Check its address.',
  retryAfterMs: null,
  possiblyBilled: true,
};

function factsOf(error: APIError): ErrorFacts {
  const body = error.error as { message?: unknown; error?: unknown } | undefined;
  const text =
    typeof body?.message === 'string' ? body.message : typeof body?.error === 'string' ? body.error : error.message;
  return {
    status: error.status ?? null,
    code: error.code ?? null,
    type: error.type ?? null,
    message: text,
    headers: error.headers,
  };
}

/** OpenRouter and others report errors inside a stream that began with 200. */
function errorInside(chunk: unknown): ErrorFacts | null {
  const { error } = chunk as { error?: { code?: unknown; type?: unknown; message?: unknown } | string };
  if (error === undefined || error === null) return null;
  if (typeof error === 'string') return { status: null, code: null, type: null, message: error, headers: undefined };
  const status = typeof error.code === 'number' ? error.code : null;
  return {
    status,
    code: typeof error.code === 'string' ? error.code : null,
    type: typeof error.type === 'string' ? error.type : null,
    message: typeof error.message === 'string' ? error.message : 'unknown error',
    headers: undefined,
  };
}
