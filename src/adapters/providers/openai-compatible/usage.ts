import type { StreamPart } from '../../../core/model.ts';

/** The usage of a chat completion as vendors send it; fields may be missing or nonsense. */
export interface RawUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
  /** OpenRouter: USD. */
  readonly cost?: number | null;
  /** xAI: 1e10 of them are one USD. */
  readonly cost_in_usd_ticks?: number | null;
}

const TICKS_PER_USD = 1e10;

/**
 * Our usage of a vendor's. Reasoning that comes on top of `completion_tokens` is added, so that output always includes it:
 * as xAI reports it (`reasoningOnTop`), or where the total is more than its parts, as Gemini reports its thoughts. Nonsense
 * stays NaN, which the pool replaces by an estimate.
 */
export function usageOf(raw: RawUsage, reasoningOnTop: boolean): Extract<StreamPart, { type: 'usage' }> {
  const input = raw.prompt_tokens ?? Number.NaN;
  const completion = raw.completion_tokens ?? Number.NaN;
  const beyond = Math.max(0, (raw.total_tokens ?? Number.NaN) - input - completion) || 0;
  const reasoning = raw.completion_tokens_details?.reasoning_tokens ?? beyond;
  const usage = {
    input,
    output: completion + Math.max(beyond, reasoningOnTop ? reasoning : 0),
    cached: raw.prompt_tokens_details?.cached_tokens ?? 0,
    reasoning,
    estimated: false,
  };
  const costUSD = costOf(raw);
  return costUSD === null ? { type: 'usage', usage } : { type: 'usage', usage, costUSD };
}

function costOf({ cost, cost_in_usd_ticks: ticks }: RawUsage): number | null {
  if (typeof cost === 'number') return cost;
  return typeof ticks === 'number' ? ticks / TICKS_PER_USD : null;
}
