import OpenAI, { APIError } from 'openai';
import type { ChatCompletionChunk, ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import { EnsembleError } from '../../../core/errors.ts';
import type { FinishReason, ProviderCall, ProviderFailure, StreamPart } from '../../../core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../../core/ports.ts';
import type { ProviderBinding } from '../binding.ts';
import { foreignHeadersRemoved } from '../foreign-headers.ts';
import { guardedFetch } from '../guarded-fetch.ts';
import { openAiLimits } from '../limit-headers.ts';
import { networkFailure } from '../network-failure.ts';
import { type OptionalParameter, OptionalParameters } from '../optional-parameters.ts';
import { withSchemaInstructions } from '../schema-instructions.ts';
import { openAiFailure } from './error-mapping.ts';
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

/**
 * A provider for any API of OpenAI's chat completion shape, over the official SDK. Throws `invalid-config` for an account
 * without an endpoint, because the SDK would then send everything to OpenAI.
 */
export function createOpenAiProvider({ account, key }: ProviderBinding, dialect: OpenAiDialect): ModelProvider {
  const baseURL = account.baseURL ?? dialect.baseURL;
  if (baseURL === '') {
    throw new EnsembleError('invalid-config', `The account "${account.name}" has no endpoint.`, {
      hint: 'Set its baseURL, for example https://host/v1.',
    });
  }
  const client = new OpenAI({
    // The SDK insists on a key; local servers take any.
    apiKey: key ?? 'none',
    baseURL,
    maxRetries: 0,
    // Time-outs are the pool's, which knows what is waiting and what is silent.
    timeout: 2_147_483_647,
    fetch: guardedFetch,
    // The SDK would print what it cannot parse, and more where OPENAI_LOG says so.
    logLevel: 'off',
    // Nothing that the environment holds for OpenAI belongs to this account.
    adminAPIKey: null,
    organization: null,
    project: null,
    defaultHeaders: account.provider === 'openai' ? {} : foreignHeadersRemoved(process.env.OPENAI_CUSTOM_HEADERS),
  });
  return new OpenAiProvider(client, key, dialect);
}

class OpenAiProvider implements ModelProvider {
  readonly capabilities: ProviderCapabilities;
  readonly #client: OpenAI;
  readonly #key: string | null;
  readonly #dialect: OpenAiDialect;
  readonly #optional = new OptionalParameters();

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
    const sent = this.#optionalOf(call);
    let began = false;
    try {
      const { data, response } = await this.#client.chat.completions
        .create(this.#body(call, sent), { signal, headers: this.#headers(call) })
        .withResponse();
      began = true;
      const limits = openAiLimits(response.headers);
      if (limits) yield { type: 'limits', limits };
      yield* this.#parts(data, signal);
    } catch (error) {
      signal.throwIfAborted();
      yield { type: 'failure', failure: this.#optional.learn(this.#failureOf(error, began), call.model, sent) };
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
  async *#parts(chunks: AsyncIterable<ChatCompletionChunk>, signal: AbortSignal): AsyncGenerator<StreamPart> {
    let finish: FinishReason | null = null;
    let model: string | null = null;
    let chunksSeen = 0;
    for await (const chunk of chunks) {
      chunksSeen++;
      model = chunk.model || model;
      const choice = chunk.choices?.[0];
      if (choice?.delta?.content) yield { type: 'text', text: choice.delta.content };
      // Reasoning comes in fields of each vendor's own, or as empty text.
      else yield { type: 'activity' };
      if (chunk.usage) yield { type: 'usage', usage: usageOf(chunk.usage as RawUsage, this.#dialect.reasoningOnTop) };
      if (choice?.finish_reason) finish = FINISH[choice.finish_reason] ?? 'other';
    }
    // The SDK ends an aborted stream as if it were over.
    signal.throwIfAborted();
    if (finish !== null) yield { type: 'finish', reason: finish, model };
    else if (chunksSeen === 0) yield { type: 'failure', failure: NOT_A_STREAM };
  }

  /** The optional parameters that this call carries. */
  #optionalOf({ model, responseSchema, temperature }: ProviderCall): OptionalParameter[] {
    const wanted: [OptionalParameter, boolean][] = [
      ['schema', responseSchema !== null && this.#dialect.structuredOutput],
      ['temperature', temperature !== null],
      ['cache-key', this.#dialect.cacheRouting === 'prompt_cache_key'],
      ['usage', true],
    ];
    return wanted.flatMap(([name, is]) => (is && this.#optional.allows(name, model) ? [name] : []));
  }

  #body(call: ProviderCall, sent: readonly OptionalParameter[]): ChatCompletionCreateParamsStreaming {
    const { responseSchema, temperature } = call;
    const native = sent.includes('schema') ? responseSchema : null;
    const messages =
      native || responseSchema === null ? call.messages : withSchemaInstructions(call.messages, responseSchema);
    return {
      model: call.model,
      messages: messages.map(({ role, content }) => ({ role, content })),
      stream: true,
      [this.#dialect.maxTokensField]: call.maxTokens,
      ...(sent.includes('usage') && { stream_options: { include_usage: true } }),
      ...(sent.includes('temperature') && { temperature }),
      ...(sent.includes('cache-key') && { prompt_cache_key: call.cacheKey }),
      ...(native && {
        response_format: { type: 'json_schema', json_schema: { name: native.name, schema: { ...native.schema } } },
      }),
    };
  }

  #headers(call: ProviderCall): Record<string, string> {
    return this.#dialect.cacheRouting === 'x-grok-conv-id' ? { 'x-grok-conv-id': call.cacheKey } : {};
  }

  #failureOf(error: unknown, began: boolean): ProviderFailure {
    if (error instanceof APIError && (error.status !== undefined || error.error !== undefined)) {
      return openAiFailure(error, this.#key, { now: Date.now(), began });
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
