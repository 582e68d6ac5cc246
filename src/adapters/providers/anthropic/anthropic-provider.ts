import Anthropic, { APIError, type ClientOptions } from '@anthropic-ai/sdk';
import type { ProviderCall, ProviderFailure, StreamPart } from '../../../core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../../core/ports.ts';
import { isBrowser } from '../../host-environment.ts';
import type { ProviderBinding } from '../binding.ts';
import { guardedFetch } from '../guarded-fetch.ts';
import { anthropicLimits } from '../limit-headers.ts';
import { listFailed } from '../list-failed.ts';
import { OptionalParameters } from '../optional-parameters.ts';
import { otherFailure, streamedAnswer } from '../streamed-answer.ts';
import { strictSchema } from '../strict-schema.ts';
import { anthropicFailure } from './error-mapping.ts';
import { requestBody } from './request-body.ts';
import { NOT_A_STREAM, streamParts } from './stream-parts.ts';

/** A provider for Anthropic's Messages API over the official SDK. */
export function createAnthropicProvider({ account, key }: ProviderBinding): ModelProvider {
  const options: ClientOptions = {
    apiKey: key ?? '',
    baseURL: account.baseURL ?? 'https://api.anthropic.com',
    maxRetries: 0,
    // Time-outs are the pool's, which knows what is waiting and what is silent.
    timeout: 2_147_483_647,
    // The SDK would print what it cannot parse, and more where ANTHROPIC_LOG says so.
    logLevel: 'off',
    // The key is the user's own, from the editor's secret storage; nobody else's page runs here.
    dangerouslyAllowBrowser: isBrowser,
    // Nor may it put prompts into spans of a tracer that happens to be there.
    openTelemetry: false,
  };
  return new AnthropicProvider(options, key);
}

class AnthropicProvider implements ModelProvider {
  readonly capabilities: ProviderCapabilities = {
    reportsFinish: true,
    reportsUsage: true,
    systemRole: true,
    structuredOutput: true,
    tools: true,
    needsUserGesture: false,
    inProcess: false,
    isLanguageModel: true,
  };
  readonly #options: ClientOptions;
  readonly #key: string | null;
  readonly #optional = new OptionalParameters();

  constructor(options: ClientOptions, key: string | null) {
    this.#options = options;
    this.#key = key;
  }

  stream(call: ProviderCall, signal: AbortSignal, onAlive?: () => void): AsyncGenerator<StreamPart> {
    const schema = call.responseSchema === null ? null : strictSchema(call.responseSchema.schema);
    const sent = this.#optional.of(call.model, {
      schema: schema !== null,
      temperature: call.temperature !== null,
      tools: (call.tools ?? []).length > 0,
    });
    const client = this.#client(onAlive);
    return streamedAnswer({
      signal,
      key: this.#key,
      parts: async function* (began) {
        const request = client.messages.create(requestBody(call, sent, schema), { signal });
        const { data, response } = await request.withResponse();
        began();
        const limits = anthropicLimits(response.headers, Date.now());
        if (limits) yield { type: 'limits', limits };
        yield* streamParts(data, signal);
      },
      failureOf: (error, began) => this.#optional.learn(this.#failureOf(error, began), call.model, sent),
    });
  }

  async listModels(signal: AbortSignal): Promise<readonly string[]> {
    try {
      const page = await this.#client().models.list({ limit: 1000 }, { signal });
      return page.data.map((model) => model.id).sort();
    } catch (error) {
      signal.throwIfAborted();
      throw listFailed(this.#failureOf(error, false));
    }
  }

  /** A client per call: it costs microseconds, and its `fetch` can tell this call's signs of life from others'. */
  #client(onAlive?: () => void): Anthropic {
    return new Anthropic({ ...this.#options, fetch: guardedFetch(onAlive) });
  }

  #failureOf(error: unknown, began: boolean): ProviderFailure {
    if (error instanceof APIError && (error.status !== undefined || error.error !== undefined)) {
      return anthropicFailure(error, this.#key, { now: Date.now(), began });
    }
    return otherFailure(error, began, { key: this.#key, notAStream: NOT_A_STREAM });
  }
}
