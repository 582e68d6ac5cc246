import type { FailureCause, ProviderCall, ProviderFailure, StreamPart } from '../../src/core/model.ts';
import type { ModelProvider, ProviderCapabilities } from '../../src/core/ports.ts';

/** What a fake provider does with a call; the count begins at 1. */
export type ProviderScript = (
  call: ProviderCall,
  count: number,
  signal: AbortSignal,
) => AsyncIterable<StreamPart> | Iterable<StreamPart>;

/** A provider that does what its script says and records its calls. */
export class FakeProvider implements ModelProvider {
  readonly calls: ProviderCall[] = [];
  /** Calls whose stream was not read to its end. */
  inFlight = 0;
  peak = 0;
  readonly capabilities: ProviderCapabilities;
  readonly #script: ProviderScript;

  constructor(script: ProviderScript, capabilities: Partial<ProviderCapabilities> = {}) {
    this.#script = script;
    this.capabilities = {
      reportsFinish: true,
      reportsUsage: true,
      systemRole: true,
      structuredOutput: true,
      tools: true,
      needsUserGesture: false,
      inProcess: false,
      isLanguageModel: true,
      ...capabilities,
    };
  }

  async *stream(call: ProviderCall, signal: AbortSignal): AsyncGenerator<StreamPart> {
    this.calls.push(call);
    this.peak = Math.max(this.peak, ++this.inFlight);
    try {
      yield* this.#script(call, this.calls.length, signal);
    } finally {
      this.inFlight--;
    }
  }

  listModels(): Promise<readonly string[]> {
    return Promise.reject(new Error('FakeProvider has no script for listModels'));
  }
}

/** The parts of a good answer. */
export function answer(text = 'fine', usage = { input: 10, output: 5 }): StreamPart[] {
  return [
    { type: 'text', text },
    { type: 'usage', usage: { ...usage, cached: 0, reasoning: 0, estimated: false } },
    { type: 'finish', reason: 'stop', model: null },
  ];
}

/** The parts of a failed attempt. */
export function failure(cause: FailureCause, extra: Partial<ProviderFailure> = {}): StreamPart[] {
  const base = { cause, status: null, message: `failed: ${cause}`, retryAfterMs: null, possiblyBilled: false };
  return [{ type: 'failure', failure: { ...base, ...extra } }];
}
