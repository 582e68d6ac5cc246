import type { ConfiguredGuardrails } from './agents/guardrails.ts';
import type { Json } from './json.ts';
import type { LoadBalancing } from './load-balancing.ts';
import type { ProviderId, Tier } from './model.ts';

/** How a super-agent's sub-tasks are ordered (contracts.md, `run`). */
export type Strategy = 'parallel' | 'sequential' | 'adaptive' | 'balanced' | 'coordinated';

/** What a task sees of the others (S3). */
export type ContextStrategy = 'shared' | 'isolated' | 'hierarchical';

/** Spending limits of one account. USD; null: unlimited. */
export interface AccountBudget {
  readonly perDayUSD: number | null;
  readonly perMonthUSD: number | null;
}

/** One account of the user, without its key. */
export interface AccountConfig {
  /** Unique, 1-64 characters of letters, digits, `-`, `_`, `.`. */
  readonly name: string;
  readonly provider: ProviderId;
  /** Environment variable that holds the key (command line); null: the secret store has it, or none is needed. */
  readonly apiKeyEnv: string | null;
  /** https, or http on loopback; null: the vendor's own. */
  readonly baseURL: string | null;
  /** Accounts of one group share one quota; default: the account's own name. */
  readonly quotaGroup: string;
  readonly enabled: boolean;
  /** Relative share under `balanced`; default 1. */
  readonly weight: number;
  readonly budget: AccountBudget;
  /** Overrides of the vendor's default model per tier. */
  readonly models: Partial<Readonly<Record<Tier, string>>>;
}

/** Limits of one quota group; null: unknown, unpaced until the vendor teaches one. */
export interface QuotaLimits {
  readonly requestsPerMinute: number | null;
  /** Sends allowed at once before even pacing begins; null: as many as the vendor's answers show to be free, 1 before the first. */
  readonly burst: number | null;
  readonly tokensPerMinute: number | null;
  readonly inputTokensPerMinute: number | null;
  readonly outputTokensPerMinute: number | null;
  readonly requestsPerDay: number | null;
  /** `HH:MMZ` at which the daily quota resets; default 00:00Z. */
  readonly dayResets: string;
  readonly concurrent: number | null;
  readonly perModel: Readonly<Record<string, { readonly requestsPerMinute: number }>>;
}

/** Prices of a model, USD per million tokens. */
export interface ModelPrice {
  readonly inputPerMTok: number;
  readonly outputPerMTok: number;
  /** Input that the vendor has in its prompt cache; default: as other input. */
  readonly cachedInputPerMTok?: number;
  /** Input that the vendor puts into its prompt cache for five minutes. */
  readonly cacheWritePerMTok?: number;
  /** What all tokens of a call cost whose input has more tokens than `above`. Default: the same. */
  readonly longContext?: Omit<ModelPrice, 'longContext'> & { readonly above: number };
}

/** Engine settings (S3 names and defaults; contracts.md). */
export interface EngineConfig {
  readonly maxParallelAgents: number;
  readonly globalTimeoutMs: number;
  readonly contextStrategy: ContextStrategy;
  readonly pruningThreshold: number;
  readonly enableCommunication: boolean;
  readonly maxSubTasks: number;
  /** Levels of super-agents, the run's own included: 1 splits a task once. Default 3. */
  readonly maxDepth: number;
  /** Sub-tasks of a run at all levels together. Default 50. */
  readonly maxTasks: number;
}

/** What of the configuration agents work by; a run keeps what it began with. */
export type AgentSettings = Pick<EnsembleConfig, 'engine' | 'guardrails'>;

/** The settings that a run began with; undefined: it has none (a bare graph). */
export function agentSettingsOf({ config }: { readonly config: Json }): AgentSettings | undefined {
  const { engine, guardrails = {} } = (config ?? {}) as unknown as Partial<EnsembleConfig>;
  return engine && { engine, guardrails };
}

/** Budgets over all accounts. USD or tokens; null: unlimited. */
export interface BudgetConfig {
  readonly perRunUSD: number | null;
  readonly perDayUSD: number | null;
  readonly perRunTokens: number | null;
  readonly perMonthUSD?: number | null;
  readonly perDayTokens?: number | null;
  /** What one agent may spend within a run. */
  readonly perAgentUSD?: number | null;
  /** A run whose calls may cost more than this asks first; default {@link ASK_ABOVE_USD}, null: never because of the cost. */
  readonly askAboveUSD?: number | null;
  readonly allowUnknownPrices: boolean;
}

/** The whole configuration after merging the user's file or settings, the environment and the repository's limits. */
export interface EnsembleConfig {
  readonly accounts: readonly AccountConfig[];
  readonly quotaGroups: Readonly<Record<string, QuotaLimits>>;
  readonly loadBalancing: LoadBalancing;
  readonly strategy: Strategy;
  readonly engine: EngineConfig;
  readonly budget: BudgetConfig;
  /** By `<provider>/<id>`. */
  readonly prices: Readonly<Record<string, ModelPrice>>;
  readonly tracing: TracingConfig;
  readonly history: HistoryConfig;
  /** Beside those of the agents themselves. */
  readonly guardrails: ConfiguredGuardrails;
}

/** How long the history is kept, and whether agents know it. Only the user's own configuration may say so. */
export interface HistoryConfig {
  /** Days since a run was last touched; null: for ever. */
  readonly keepDays: number | null;
  /** True: agents of tasks, workflows and pipelines are told what was done before in the workspace. */
  readonly memory: boolean;
}

/** Where traces go beside the database. Keys are named, never written: an environment variable, else the secret store. */
export type TracingDestination =
  | { readonly type: 'logfire'; readonly region: 'us' | 'eu'; readonly keyEnv: string }
  | { readonly type: 'agentops'; readonly keyEnv: string }
  /** Any OpenTelemetry collector: OTLP over HTTP in JSON, with its path. Values of headers come from the variables named. */
  | { readonly type: 'otlp'; readonly endpoint: string; readonly headersEnv: Readonly<Record<string, string>> }
  /** Relative to the user's home folder unless absolute. */
  | { readonly type: 'jsonl'; readonly file: string };

/** Traces for other programs. Only the user's own configuration may say so, never a repository's. */
export interface TracingConfig {
  /** `error`: runs and what went wrong in them; `off`: nothing. The database keeps everything in any case. */
  readonly level: 'off' | 'error' | 'info';
  /** True: spans hold prompts and answers, also those in the database. */
  readonly content: boolean;
  readonly destinations: readonly TracingDestination[];
}

/** Limits of a group nobody configured. */
export const UNPACED: QuotaLimits = {
  requestsPerMinute: null,
  burst: null,
  tokensPerMinute: null,
  inputTokensPerMinute: null,
  outputTokensPerMinute: null,
  requestsPerDay: null,
  dayResets: '00:00Z',
  concurrent: null,
  perModel: {},
};

/** From this estimate on a run is asked about, USD: only runs whose budget was raised can come there. */
export const ASK_ABOVE_USD = 1;

/** The defaults of contracts.md; an empty account list means the offline provider. */
export const DEFAULT_CONFIG: EnsembleConfig = {
  accounts: [],
  quotaGroups: {},
  loadBalancing: 'round-robin',
  strategy: 'adaptive',
  engine: {
    maxParallelAgents: 3,
    globalTimeoutMs: 300_000,
    contextStrategy: 'shared',
    pruningThreshold: 150_000,
    enableCommunication: true,
    maxSubTasks: 5,
    maxDepth: 3,
    maxTasks: 50,
  },
  budget: { perRunUSD: 1, perDayUSD: 10, perRunTokens: null, allowUnknownPrices: false },
  prices: {},
  tracing: { level: 'info', content: false, destinations: [] },
  history: { keepDays: null, memory: false },
  guardrails: {},
};

/** The account that exists without any configuration (design, decision 10). */
export const OFFLINE_ACCOUNT: AccountConfig = {
  name: 'offline',
  provider: 'offline',
  apiKeyEnv: null,
  baseURL: null,
  quotaGroup: 'offline',
  enabled: true,
  weight: 1,
  budget: { perDayUSD: null, perMonthUSD: null },
  models: {},
};

/** The configuration with the offline account where it has none, so that everything works without a key. */
export function withOffline(config: EnsembleConfig): EnsembleConfig {
  return config.accounts.length > 0 ? config : { ...config, accounts: [OFFLINE_ACCOUNT] };
}
