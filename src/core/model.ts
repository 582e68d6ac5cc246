import type { JsonObject } from './json.ts';
import type { LoadBalancing } from './load-balancing.ts';

/** How much model a piece of work needs; each account maps a tier to one of its models (design, decision 9). */
export type Tier = 'simple' | 'medium' | 'complex';

/** Vendors that an account can belong to (contracts.md). `vscode-lm` exists only inside the editor. */
export type ProviderId =
  | 'xai'
  | 'openai'
  | 'anthropic'
  | 'gemini'
  | 'openrouter'
  | 'groq'
  | 'ollama'
  | 'openai-compatible'
  | 'offline'
  | 'vscode-lm';

/**
 * Tokens of one or more calls. `input` includes `cached`, `output` includes `reasoning`; `estimated` is true when any
 * part was counted by us because the vendor did not report it.
 */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly estimated: boolean;
}

/** Input tokens that a call wrote to the vendor's prompt cache at a price of their own; `input` includes them. */
export interface CacheWrites {
  /** Kept for five minutes. */
  readonly short: number;
  /** Kept for an hour. */
  readonly long: number;
}

/** Neutral element of {@link addUsage}. */
export const NO_USAGE: TokenUsage = { input: 0, output: 0, cached: 0, reasoning: 0, estimated: false };

/** Sums two usages field by field. */
export function addUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
  if (b === NO_USAGE) return a;
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cached: a.cached + b.cached,
    reasoning: a.reasoning + b.reasoning,
    estimated: a.estimated || b.estimated,
  };
}

/** A tool that a model may ask for. What happens then is the agent loop's decision; the provider only passes it on. */
export interface ToolDefinition {
  /** Letters, digits, `_` and `-`, at most 64: what all vendors take. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: JsonObject;
}

/** A model's wish to use a tool. */
export interface ToolCall {
  /** Names the call in the conversation; made by us where the vendor has none. */
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it: it may be cut, malformed or of another shape than the tool's schema. */
  readonly arguments: string;
  /**
   * What the vendor wants to get back with the call, unread, under the vendor's own name of it (Gemini's thought signatures,
   * Anthropic's signed thinking). Another vendor's adapter leaves out what it does not know.
   */
  readonly vendorData?: JsonObject;
}

/** One message of a conversation with a model. */
export type Message =
  | {
      readonly role: 'system' | 'user' | 'assistant';
      readonly content: string;
      /** Only of the assistant: the tools it asked for, beside what it said. */
      readonly toolCalls?: readonly ToolCall[];
      /** True: other calls begin with the same messages up to here, so that a prompt cache pays. Default false. */
      readonly stable?: boolean;
    }
  /** What a tool gave back. */
  | { readonly role: 'tool'; readonly content: string; readonly toolCallId: string };

/** A schema the answer must satisfy: sent natively where the API has it, else described in the prompt. */
export interface ResponseSchema {
  readonly name: string;
  /** JSON Schema (draft 2020-12), made from a zod schema by the caller. */
  readonly schema: JsonObject;
}

/** Who a call is made for: carried into usage rows, conversations, spans and events. */
export interface Attribution {
  readonly runId: string;
  readonly instanceId: string;
  readonly agent: string;
  /** `decomposition`, `subtask`, `aggregation` (S1) or another conversation type of ours. */
  readonly purpose: ConversationType;
}

/** Kinds of conversation rows (contracts.md, Database). */
export type ConversationType =
  | 'decomposition'
  | 'subtask'
  | 'aggregation'
  | 'review'
  | 'summary'
  | 'repair'
  | 'test'
  | 'tool'
  | 'digest'
  | 'guard';

/** What an agent asks of the pool. Which account and model serve it is the pool's decision. */
export interface ModelRequest {
  readonly messages: readonly Message[];
  readonly tier: Tier;
  /** `<provider>/<id>` or a bare id or alias; null: by tier. A model no account has falls to the tier, with a notice. */
  readonly model: string | null;
  /** Upper bound of output tokens, always sent (budgets reserve against it). */
  readonly maxTokens: number;
  readonly temperature: number | null;
  readonly responseSchema: ResponseSchema | null;
  /** Tools the model may ask for. Default none. */
  readonly tools?: readonly ToolDefinition[];
  /** 1-10, higher goes first when calls queue. */
  readonly priority: number;
  /** Budget of the run the call belongs to, shared by all its calls; null: none. */
  readonly runBudget: { readonly usd: number | null; readonly tokens: number | null };
  /** A part of the run's budget that the calls with the same owner share, beside the run's own. Default none. */
  readonly budgetShare?: { readonly owner: string; readonly usd: number | null; readonly tokens: number | null };
  /** The only account that may serve it; it fails where that one cannot. Default: any. */
  readonly account?: string;
  /** Null: the pool's own strategy. */
  readonly loadBalancing: LoadBalancing | null;
  /**
   * Names of accounts whose work this call judges: it goes to another vendor where one takes calls, else to another account, else to
   * whichever there is. Default none.
   */
  readonly avoid?: readonly string[];
  readonly attribution: Attribution;
}

/** What a provider adapter gets: the request with the model already chosen. */
export interface ProviderCall {
  /** The vendor's own model id. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly maxTokens: number;
  readonly temperature: number | null;
  readonly responseSchema: ResponseSchema | null;
  /** Default none. */
  readonly tools?: readonly ToolDefinition[];
  /** Stable per run and agent: vendors with a prompt cache route by it. */
  readonly cacheKey: string;
}

/** Why a model stopped; `length` means the answer is cut at maxTokens. */
export type FinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'other';

/** Causes of a failed attempt. The pool decides retry, failover and cooldown by this alone. */
export type FailureCause =
  | 'rate-limited'
  | 'daily-quota'
  | 'out-of-credits'
  | 'auth'
  | 'overloaded'
  | 'server-error'
  | 'network'
  | 'timeout'
  | 'cut-stream'
  | 'model-not-found'
  | 'invalid-request'
  | 'too-large'
  | 'refused'
  | 'invalid-response'
  | 'cancelled';

/** A failed attempt. `message` is safe to show: the adapter has removed keys from it. */
export interface ProviderFailure {
  readonly cause: FailureCause;
  readonly status: number | null;
  readonly message: string;
  /** The vendor's advice, already capped by the adapter to at least 0; null where it gave none. */
  readonly retryAfterMs: number | null;
  /** True when the request may have reached the model, so that its worst case stays charged. */
  readonly possiblyBilled: boolean;
  /** True: a limit of the model that was asked for is used up; other models of the account are free. Default false. */
  readonly perModel?: boolean;
  /** What to do about it, where that is known better than its cause tells. */
  readonly hint?: string;
}

/** One limit as a response header states it; `resetMs` is a duration from the response. */
export interface LimitReading {
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetMs: number | null;
}

/** Limits read from response headers; per minute unless named otherwise, null where the vendor says nothing. */
export interface LimitReport {
  readonly requests: LimitReading | null;
  readonly tokens: LimitReading | null;
  /** Groq counts requests per day. */
  readonly requestsPerDay?: LimitReading;
  /** Anthropic counts both apart. */
  readonly inputTokens?: LimitReading;
  readonly outputTokens?: LimitReading;
}

/**
 * Parts of a provider's answer, in order: any number of `text`, `tool-call` (each whole), `usage` (the last one wins;
 * cumulative) and `limits`, then exactly one of `finish` or `failure`. A stream that ends without either is treated as
 * `cut-stream` by the pool where the provider reports finishes.
 */
export type StreamPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  | {
      readonly type: 'usage';
      readonly usage: TokenUsage;
      /** What the vendor says that it charges, USD; absent where it does not say. */
      readonly costUSD?: number;
      /** Absent where the vendor charges nothing of its own for them. */
      readonly cacheWrites?: CacheWrites;
    }
  | { readonly type: 'limits'; readonly limits: LimitReport }
  | { readonly type: 'finish'; readonly reason: FinishReason; readonly model: string | null }
  | { readonly type: 'failure'; readonly failure: ProviderFailure };

/** One attempt of a call at one account, as contracts.md lists it under a task. */
export interface AttemptRecord {
  readonly account: string;
  /** `<provider>/<id>` as billed: the model named in the response, else the one asked for. */
  readonly model: string;
  readonly outcome: 'completed' | 'partial' | FailureCause;
  readonly tokens: TokenUsage;
  /** USD with at most 6 decimals; null: price unknown. */
  readonly costUSD: number | null;
  readonly latencyMs: number;
}

/** How a pool call ended. Expected failures are values, not exceptions; only cancellation rejects. */
export type CallOutcome =
  | {
      readonly status: 'completed' | 'partial';
      readonly text: string;
      /** Tools the model asked for; absent where there are none. An answer that is cut asks for none. */
      readonly toolCalls?: readonly ToolCall[];
      readonly finishReason: FinishReason | null;
      readonly attempts: readonly AttemptRecord[];
    }
  | {
      readonly status: 'failed';
      readonly failure: ProviderFailure;
      /** Epoch ms at which an account is expected to be free again; null: waiting does not help. */
      readonly retryAt: number | null;
      readonly attempts: readonly AttemptRecord[];
    }
  | {
      readonly status: 'refused';
      readonly reason: string;
      readonly scope: string;
      readonly attempts: readonly AttemptRecord[];
    };
