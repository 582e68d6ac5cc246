import { EnsembleError } from '../../../core/errors.ts';
import type { ProviderCall, ProviderFailure, StreamPart } from '../../../core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../../core/ports.ts';
import type { ProviderBinding } from '../binding.ts';
import { guardedFetch } from '../guarded-fetch.ts';
import { listFailed } from '../list-failed.ts';
import { OptionalParameters } from '../optional-parameters.ts';
import { otherFailure, streamedAnswer } from '../streamed-answer.ts';
import { ollamaFailure } from './error-mapping.ts';
import { MAX_CONTEXT_TOKENS, neededContext, requestBody } from './request-body.ts';
import { NOT_A_STREAM, OllamaError, streamParts } from './stream-parts.ts';

const DEFAULT_BASE_URL = 'http://127.0.0.1:11434';
/** A large model takes minutes to load before the first byte comes. */
const FIRST_SIGN_MS = 300_000;

/**
 * A provider for Ollama's own API. Its OpenAI-shaped one cannot set the length of the context, and Ollama cuts what does not
 * fit off without a word. A base URL that ends with `/v1` means the same server.
 */
export function createOllamaProvider({ account, key }: ProviderBinding): ModelProvider {
  return new OllamaProvider((account.baseURL ?? DEFAULT_BASE_URL).replace(/\/+(v1\/*)?$/, ''), key);
}

class OllamaProvider implements ModelProvider {
  readonly capabilities: ProviderCapabilities = {
    reportsFinish: true,
    reportsUsage: true,
    systemRole: true,
    structuredOutput: true,
    tools: true,
    firstSignMs: FIRST_SIGN_MS,
    needsUserGesture: false,
    inProcess: false,
    isLanguageModel: true,
  };
  readonly #origin: string;
  readonly #key: string | null;
  readonly #optional = new OptionalParameters();
  /** Length of the context by model. It only grows, because a model is loaded anew for each other length. */
  readonly #contexts = new Map<string, number>();

  constructor(origin: string, key: string | null) {
    this.#origin = origin;
    this.#key = key;
  }

  async *stream(call: ProviderCall, signal: AbortSignal, onAlive?: () => void): AsyncGenerator<StreamPart> {
    const context = Math.max(this.#contexts.get(call.model) ?? 0, neededContext(call));
    if (context > MAX_CONTEXT_TOKENS) {
      yield { type: 'failure', failure: TOO_LARGE };
      return;
    }
    this.#contexts.set(call.model, context);
    const sent = this.#optional.of(call.model, {
      schema: call.responseSchema !== null,
      temperature: call.temperature !== null,
      tools: (call.tools ?? []).length > 0,
    });
    const body = JSON.stringify(requestBody(call, sent, context));
    const request = () => this.#fetch('/api/chat', { method: 'POST', body, signal }, onAlive);
    yield* streamedAnswer({
      signal,
      key: this.#key,
      parts: async function* (began) {
        const response = await request();
        began();
        yield* streamParts(response);
      },
      failureOf: (error, began) => this.#optional.learn(this.#failureOf(error, began), call.model, sent),
    });
  }

  async listModels(signal: AbortSignal): Promise<readonly string[]> {
    try {
      const { models } = (await (await this.#fetch('/api/tags', { signal })).json()) as { models?: unknown };
      if (!Array.isArray(models)) throw new SyntaxError('no list of models');
      return models.map((model: unknown) => String((model as { name?: unknown } | null)?.name)).sort();
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof EnsembleError ? error : listFailed(this.#failureOf(error, false));
    }
  }

  /** Rejects with an {@link OllamaError} for an error answer. */
  async #fetch(path: string, init: RequestInit, onAlive?: () => void): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...(this.#key && { authorization: `Bearer ${this.#key}` }) };
    const response = await guardedFetch(onAlive)(this.#origin + path, { ...init, headers });
    if (response.ok) return response;
    throw new OllamaError(response.status, await response.text(), response.headers);
  }

  #failureOf(error: unknown, began: boolean): ProviderFailure {
    if (error instanceof OllamaError) return ollamaFailure(error, this.#key, { now: Date.now(), began });
    return otherFailure(error, began, { key: this.#key, notAStream: NOT_A_STREAM });
  }
}

const TOO_LARGE: ProviderFailure = {
  cause: 'too-large',
  status: null,
  message: `The request needs more than ${MAX_CONTEXT_TOKENS} tokens of context, more than a local model is given.`,
  retryAfterMs: null,
  possiblyBilled: false,
};
