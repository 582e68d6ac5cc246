import OpenAI, { APIError, type ClientOptions } from 'openai';
import { EnsembleError } from '../../../core/errors.ts';
import type { ProviderCall, ProviderFailure, StreamPart } from '../../../core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../../core/ports.ts';
import { hostEnvironment, isBrowser } from '../../host-environment.ts';
import type { ProviderBinding } from '../binding.ts';
import { foreignHeadersRemoved } from '../foreign-headers.ts';
import { guardedFetch } from '../guarded-fetch.ts';
import { listFailed } from '../list-failed.ts';
import { type OptionalParameter, OptionalParameters } from '../optional-parameters.ts';
import { otherFailure, streamedAnswer } from '../streamed-answer.ts';
import type { OpenAiDialect } from './dialect.ts';
import { openAiFailure } from './error-mapping.ts';
import { requestBody } from './request-body.ts';
import { NOT_A_STREAM, streamParts } from './stream-parts.ts';

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
  const options: ClientOptions = {
    // The SDK insists on a key; local servers take any.
    apiKey: key ?? 'none',
    baseURL,
    maxRetries: 0,
    // Time-outs are the pool's, which knows what is waiting and what is silent.
    timeout: 2_147_483_647,
    // The SDK would print what it cannot parse, and more where OPENAI_LOG says so.
    logLevel: 'off',
    // The key is the user's own, from the editor's secret storage; nobody else's page runs here.
    dangerouslyAllowBrowser: isBrowser,
    // Nothing that the environment holds for OpenAI belongs to this account.
    adminAPIKey: null,
    organization: null,
    project: null,
    defaultHeaders: account.provider === 'openai' ? {} : foreignHeadersRemoved(hostEnvironment.OPENAI_CUSTOM_HEADERS),
  };
  return new OpenAiProvider(options, key, dialect);
}

class OpenAiProvider implements ModelProvider {
  readonly capabilities: ProviderCapabilities;
  readonly #options: ClientOptions;
  readonly #key: string | null;
  readonly #dialect: OpenAiDialect;
  readonly #optional = new OptionalParameters();

  constructor(options: ClientOptions, key: string | null, dialect: OpenAiDialect) {
    this.#options = options;
    this.#key = key;
    this.#dialect = dialect;
    this.capabilities = {
      reportsFinish: true,
      reportsUsage: true,
      systemRole: true,
      structuredOutput: dialect.schema !== 'described',
      tools: true,
      needsUserGesture: false,
      inProcess: false,
      isLanguageModel: true,
    };
  }

  stream(call: ProviderCall, signal: AbortSignal, onAlive?: () => void): AsyncGenerator<StreamPart> {
    const sent = this.#optionalOf(call);
    const client = this.#client(onAlive);
    const dialect = this.#dialect;
    const headers = this.#headers(call);
    return streamedAnswer({
      signal,
      key: this.#key,
      parts: async function* (began) {
        const request = client.chat.completions.create(requestBody(call, dialect, sent), { signal, headers });
        const { data, response } = await request.withResponse();
        began();
        const limits = dialect.readLimits(response.headers, Date.now());
        if (limits) yield { type: 'limits', limits };
        yield* streamParts(data, dialect, signal);
      },
      failureOf: (error, began) => this.#optional.learn(this.#failureOf(error, began), call.model, sent),
    });
  }

  async listModels(signal: AbortSignal): Promise<readonly string[]> {
    const client = this.#client();
    const { keyCheckPath } = this.#dialect;
    try {
      if (keyCheckPath !== null) await client.get(keyCheckPath, { signal });
      const page = await client.models.list({ signal });
      // Google's ids come with the path of the resource.
      return page.data.map(({ id }) => id.replace(/^models\//, '')).sort();
    } catch (error) {
      signal.throwIfAborted();
      throw listFailed(this.#failureOf(error, false));
    }
  }

  /** A client per call: it costs microseconds, and its `fetch` can tell this call's signs of life from others'. */
  #client(onAlive?: () => void): OpenAI {
    return new OpenAI({ ...this.#options, fetch: guardedFetch(onAlive) });
  }

  /** The optional parameters that this call carries. */
  #optionalOf({ model, responseSchema, temperature, tools = [] }: ProviderCall): readonly OptionalParameter[] {
    return this.#optional.of(model, {
      schema: responseSchema !== null && this.#dialect.schema !== 'described',
      temperature: temperature !== null,
      'cache-key': this.#dialect.cacheRouting === 'prompt_cache_key',
      usage: true,
      tools: tools.length > 0,
    });
  }

  #headers(call: ProviderCall): Record<string, string> {
    return this.#dialect.cacheRouting === 'x-grok-conv-id' ? { 'x-grok-conv-id': call.cacheKey } : {};
  }

  #failureOf(error: unknown, began: boolean): ProviderFailure {
    if (error instanceof APIError && (error.status !== undefined || error.error !== undefined)) {
      return openAiFailure(error, this.#key, { now: Date.now(), began });
    }
    return otherFailure(error, began, { key: this.#key, notAStream: NOT_A_STREAM });
  }
}
