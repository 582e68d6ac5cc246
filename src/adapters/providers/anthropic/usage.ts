import type { CacheWrites, TokenUsage } from '../../../core/model.ts';

/** Counters as they come in `message_start` and, cumulative, in each `message_delta`; later ones replace earlier ones. */
export interface RunningUsage {
  readonly input_tokens?: number | null;
  readonly output_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  readonly cache_creation_input_tokens?: number | null;
  /** The same tokens, by how long they are kept. */
  readonly cache_creation?: { readonly ephemeral_1h_input_tokens?: number | null } | null;
  readonly output_tokens_details?: { readonly thinking_tokens?: number | null } | null;
}

/** Takes over the counters that an event names. */
export function addUsage(before: RunningUsage, event: RunningUsage): RunningUsage {
  return {
    input_tokens: event.input_tokens ?? before.input_tokens ?? null,
    output_tokens: event.output_tokens ?? before.output_tokens ?? null,
    cache_read_input_tokens: event.cache_read_input_tokens ?? before.cache_read_input_tokens ?? null,
    cache_creation_input_tokens: event.cache_creation_input_tokens ?? before.cache_creation_input_tokens ?? null,
    cache_creation: event.cache_creation ?? before.cache_creation ?? null,
    output_tokens_details: event.output_tokens_details ?? before.output_tokens_details ?? null,
  };
}

/** Our usage: `input_tokens` leaves cache reads and writes out, ours includes them. */
export function tokenUsage(usage: RunningUsage): TokenUsage {
  const cached = usage.cache_read_input_tokens ?? 0;
  return {
    input: (usage.input_tokens ?? Number.NaN) + cached + (usage.cache_creation_input_tokens ?? 0),
    output: usage.output_tokens ?? Number.NaN,
    cached,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
    estimated: false,
  };
}

/** What was written to the prompt cache, by the time that it is kept. */
export function cacheWrites(usage: RunningUsage): CacheWrites {
  const all = usage.cache_creation_input_tokens ?? 0;
  const long = Math.min(all, usage.cache_creation?.ephemeral_1h_input_tokens ?? 0);
  return { short: all - long, long };
}
