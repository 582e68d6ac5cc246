import Anthropic, { APIError } from '@anthropic-ai/sdk';
import type { MessageCreateParamsStreaming, RawMessageStreamEvent } from '@anthropic-ai/sdk/resources/messages';
import { EnsembleError } from '../../../core/errors.ts';
import type { FinishReason, ProviderCall, ProviderFailure, StreamPart } from '../../../core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../../core/ports.ts';
import type { ProviderBinding } from '../binding.ts';
import { guardedFetch } from '../guarded-fetch.ts';
import { anthropicLimits } from '../limit-headers.ts';
import { networkFailure } from '../network-failure.ts';
import { type OptionalParameter, OptionalParameters } from '../optional-parameters.ts';
import { withSchemaInstructions } from '../schema-instructions.ts';
import { anthropicFailure } from './error-mapping.ts';
import { addUsage, type RunningUsage, tokenUsage } from './usage.ts';

/** A provider for Anthropic's Messages API over the official SDK. */
export function createAnthropicProvider({ account, key }: ProviderBinding): ModelProvider {
  const client = new Anthropic({
    apiKey: key ?? '',
    baseURL: account.baseURL ?? 'https://api.anthropic.com',
    maxRetries: 0,
    // Time-outs are the pool's, which knows what is waiting and what is silent.
    timeout: 2_147_483_647,
    fetch: guardedFetch,
    // The SDK would print what it cannot parse, and more where ANTHROPIC_LOG says so.
    logLevel: 'off',
    // Nor may it put prompts into spans of a tracer that happens to be there.
    openTelemetry: false,
  });
  return new AnthropicProvider(client, key);
}

class AnthropicProvider implements ModelProvider {
  readonly capabilities: ProviderCapabilities = {
    reportsFinish: true,
    reportsUsage: true,
    systemRole: true,
    structuredOutput: false,
    needsUserGesture: false,
    inProcess: false,
    isLanguageModel: true,
  };
  readonly #client: Anthropic;
  readonly #key: string | null;
  readonly #optional = new OptionalParameters();

  constructor(client: Anthropic, key: string | null) {
    this.#client = client;
    this.#key = key;
  }

  async *stream(call: ProviderCall, signal: AbortSignal): AsyncGenerator<StreamPart> {
    const { temperature, model } = call;
    const sent: OptionalParameter[] =
      temperature !== null && this.#optional.allows('temperature', model) ? ['temperature'] : [];
    let began = false;
    try {
      const { data, response } = await this.#client.messages.create(bodyOf(call, sent), { signal }).withResponse();
      began = true;
      const limits = anthropicLimits(response.headers, Date.now());
      if (limits) yield { type: 'limits', limits };
      yield* partsOf(data, signal);
    } catch (error) {
      signal.throwIfAborted();
      yield { type: 'failure', failure: this.#optional.learn(this.#failureOf(error, began), model, sent) };
    }
  }

  async listModels(signal: AbortSignal): Promise<readonly string[]> {
    try {
      const page = await this.#client.models.list({ limit: 1000 }, { signal });
      return page.data.map((model) => model.id).sort();
    } catch (error) {
      signal.throwIfAborted();
      const failure = this.#failureOf(error, false);
      throw new EnsembleError(failure.cause === 'auth' ? 'no-usable-account' : 'provider-failed', failure.message, {
        hint: failure.cause === 'auth' ? 'Give the account a valid key.' : 'Check the endpoint and try again.',
      });
    }
  }

  #failureOf(error: unknown, began: boolean): ProviderFailure {
    if (error instanceof APIError && (error.status !== undefined || error.error !== undefined)) {
      return anthropicFailure(error, this.#key, { now: Date.now(), began });
    }
    if (error instanceof SyntaxError) return NOT_A_STREAM;
    return networkFailure(error, this.#key, began);
  }
}

/** The finish comes with `message_stop` alone; a stream that ends before it is cut. */
async function* partsOf(events: AsyncIterable<RawMessageStreamEvent>, signal: AbortSignal): AsyncGenerator<StreamPart> {
  let usage: RunningUsage = {};
  let model: string | null = null;
  let reason: FinishReason = 'other';
  let seen = 0;
  for await (const event of events) {
    seen++;
    if (event.type === 'message_start') {
      model = event.message.model;
      usage = addUsage(usage, event.message.usage);
      yield { type: 'activity' };
    } else if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
      yield { type: 'text', text: event.delta.text };
    } else if (event.type === 'message_delta') {
      usage = addUsage(usage, event.usage);
      reason = FINISH[event.delta.stop_reason ?? ''] ?? 'other';
      yield { type: 'usage', usage: tokenUsage(usage) };
    } else if (event.type === 'message_stop') {
      yield { type: 'finish', reason, model };
      return;
    } else {
      yield { type: 'activity' };
    }
  }
  // The SDK ends an aborted stream as if it were over.
  signal.throwIfAborted();
  if (seen === 0) yield { type: 'failure', failure: NOT_A_STREAM };
}

function bodyOf(call: ProviderCall, sent: readonly OptionalParameter[]): MessageCreateParamsStreaming {
  const messages =
    call.responseSchema === null ? call.messages : withSchemaInstructions(call.messages, call.responseSchema);
  const system = messages.filter((message) => message.role === 'system').map((message) => message.content);
  const turns = messages.filter((message) => message.role !== 'system');
  return {
    model: call.model,
    max_tokens: call.maxTokens,
    stream: true,
    messages: turns.map(({ role, content }) => ({
      role: role === 'assistant' ? ('assistant' as const) : ('user' as const),
      content,
    })),
    ...(system.length === 0 ? {} : { system: system.join('\n\n') }),
    ...(call.temperature !== null && sent.includes('temperature') && { temperature: call.temperature }),
  };
}

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
};

const NOT_A_STREAM: ProviderFailure = {
  cause: 'invalid-response',
  status: 200,
  message: 'The endpoint answered with something that is no message stream. Check its address.',
  retryAfterMs: null,
  possiblyBilled: true,
};
