import type { LimitReader } from '../limit-headers.ts';
import type { ReasoningField } from './given-back.ts';

/** In what a vendor's dialect differs from OpenAI's. */
export interface OpenAiDialect {
  readonly baseURL: string;
  /** OpenAI's newer models take only `max_completion_tokens`; most others only `max_tokens`. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /**
   * How an answer's schema is asked for: `native` in `response_format`; `described` in the prompt; `both` where the native
   * way may be ignored without a word.
   */
  readonly schema: 'native' | 'described' | 'both';
  /** How usage is asked for on a stream. */
  readonly usageRequest: 'stream_options' | 'usage.include';
  /** Reports reasoning on top of `completion_tokens`. */
  readonly reasoningOnTop: boolean;
  /** How requests of one agent are kept on one prompt cache; null: not at all. */
  readonly cacheRouting: 'prompt_cache_key' | 'x-grok-conv-id' | null;
  /** What of its reasoning the vendor wants back in a conversation with tools; null: nothing. */
  readonly reasoningField: ReasoningField | null;
  /** Wants Google's `extra_content` back with a tool call. Others refuse what they do not know. */
  readonly extraContent: boolean;
  /** Limits in the response headers. */
  readonly readLimits: LimitReader;
  /** A path below the base URL that answers only to a good key, where the list of models is public; null: it is not. */
  readonly keyCheckPath: string | null;
}
