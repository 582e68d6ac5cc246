import type { ProviderCall, ProviderFailure } from '../../core/model.ts';
import { withoutTools } from '../../core/tool-conversation.ts';

/** Parameters that make an answer better or cheaper and that some models and servers refuse. */
export type OptionalParameter = 'schema' | 'temperature' | 'cache-key' | 'usage' | 'tools';

/** How refusals name them. */
const NAMES: Readonly<Record<OptionalParameter, RegExp>> = {
  schema: /response_format|json_schema|output_(config|format)|\bschema\b|structured output/i,
  temperature: /temperature/i,
  'cache-key': /prompt_cache_key/i,
  usage: /stream_options|include_usage/i,
  tools: /\btools?\b|tool[_ ]?(?:use|choice|calling)|function.?call/i,
};

/**
 * What an endpoint has refused is left out from then on: a vendor that does not know one keyword of a schema must not make
 * every review fail. Per model, as vendors differ by model.
 */
export class OptionalParameters {
  readonly #refused = new Set<string>();

  /** Those of the wanted parameters that the model has not refused. */
  of(model: string, wanted: Partial<Readonly<Record<OptionalParameter, boolean>>>): readonly OptionalParameter[] {
    const names = Object.keys(NAMES) as OptionalParameter[];
    return names.filter((name) => wanted[name] && !this.#refused.has(`${model} ${name}`));
  }

  /**
   * Looks whether a failure is about one of the parameters that were sent. If so it is remembered, and the failure becomes
   * one that another attempt mends.
   */
  learn(failure: ProviderFailure, model: string, sent: readonly OptionalParameter[]): ProviderFailure {
    if (failure.cause !== 'invalid-request') return failure;
    const refused = sent.filter((parameter) => NAMES[parameter].test(failure.message));
    if (refused.length === 0) return failure;
    for (const parameter of refused) this.#refused.add(`${model} ${parameter}`);
    return { ...failure, cause: 'invalid-response', message: `${failure.message} (left out from now on)` };
  }
}

/** The call as it goes to a model that may have refused tools: what was asked of them stands as text then. */
export function withRefusedToolsLeftOut(call: ProviderCall, sent: readonly OptionalParameter[]): ProviderCall {
  return (call.tools ?? []).length > 0 && !sent.includes('tools') ? withoutTools(call) : call;
}
