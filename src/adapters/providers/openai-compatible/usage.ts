import type { TokenUsage } from '../../../core/model.ts';

/** The usage of a chat completion as vendors send it; fields may be missing or nonsense. */
export interface RawUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
}

/**
 * Our usage of a vendor's. Where reasoning comes on top of `completion_tokens` (xAI) it is added, so that output always
 * includes it. Nonsense stays NaN, which the pool replaces by an estimate.
 */
export function usageOf(raw: RawUsage, reasoningOnTop: boolean): TokenUsage {
  const reasoning = raw.completion_tokens_details?.reasoning_tokens ?? 0;
  return {
    input: raw.prompt_tokens ?? Number.NaN,
    output: (raw.completion_tokens ?? Number.NaN) + (reasoningOnTop ? reasoning : 0),
    cached: raw.prompt_tokens_details?.cached_tokens ?? 0,
    reasoning,
    estimated: false,
  };
}
