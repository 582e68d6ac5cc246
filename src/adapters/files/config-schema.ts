import * as z from 'zod';
import { validateBaseURL } from '../../core/accounts/base-url.ts';
import { UNPACED } from '../../core/config.ts';

/** Names of accounts and quota groups: they stand in file names of keyrings, scopes of budgets and on the command line. */
const nameSchema = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, "-", "_" or "."');

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be the name of an environment variable');

/** More than any vendor allows; what is above, or next to nothing, is a slip of the fingers. */
const MOST_PER_MINUTE = 1e12;
const LEAST_PER_MINUTE = 0.001;
const MOST_USD = 1e9;

const usd = z.number().nonnegative().max(MOST_USD).nullable();
const rate = z.number().min(LEAST_PER_MINUTE).max(MOST_PER_MINUTE);
const perMinute = rate.nullable();
const modelName = z.string().min(1).max(200);

/** Vendors that a config can name. `vscode-lm` works only inside the editor; elsewhere its first use says so. */
export const CONFIGURABLE_PROVIDERS = [
  'xai',
  'openai',
  'anthropic',
  'gemini',
  'openrouter',
  'groq',
  'ollama',
  'openai-compatible',
  'offline',
  'vscode-lm',
] as const;

/** One entry of `accounts`, defaults filled in; `quotaGroup` stays open because its default is the name. */
export const accountSchema = z.object({
  name: nameSchema,
  provider: z.enum(CONFIGURABLE_PROVIDERS),
  apiKeyEnv: variableName.nullable().default(null),
  baseURL: z.string().max(2_000).nullable().default(null),
  quotaGroup: nameSchema.nullable().default(null),
  enabled: z.boolean().default(true),
  weight: z.number().positive().max(1_000).default(1),
  budget: z
    .object({ perDayUSD: usd.default(null), perMonthUSD: usd.default(null) })
    .default({ perDayUSD: null, perMonthUSD: null }),
  models: z
    .object({ simple: modelName.optional(), medium: modelName.optional(), complex: modelName.optional() })
    .default({}),
});

const quotaLimitsSchema = z.object({
  requestsPerMinute: perMinute.default(UNPACED.requestsPerMinute),
  burst: z.number().int().min(1).max(1_000_000).nullable().default(UNPACED.burst),
  tokensPerMinute: perMinute.default(UNPACED.tokensPerMinute),
  inputTokensPerMinute: perMinute.default(UNPACED.inputTokensPerMinute),
  outputTokensPerMinute: perMinute.default(UNPACED.outputTokensPerMinute),
  requestsPerDay: perMinute.default(UNPACED.requestsPerDay),
  dayResets: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\dZ$/, 'must be a time such as "00:00Z"')
    .default(UNPACED.dayResets),
  concurrent: z.number().int().positive().max(MOST_PER_MINUTE).nullable().default(UNPACED.concurrent),
  perModel: z.record(modelName, z.object({ requestsPerMinute: rate })).default({}),
});

const price = z.number().nonnegative().max(MOST_USD);

/** A preset may be written as its name alone (S2). */
function named(value: unknown): unknown {
  return typeof value === 'string' ? { type: value } : value;
}

const destinationSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('logfire'),
    region: z.enum(['us', 'eu']).default('us'),
    keyEnv: variableName.default('LOGFIRE_TOKEN'),
  }),
  z.object({ type: z.literal('agentops'), keyEnv: variableName.default('AGENTOPS_API_KEY') }),
  z.object({
    type: z.literal('otlp'),
    endpoint: z
      .string()
      .max(2_000)
      .superRefine((url, context) => {
        const problem = validateBaseURL(url);
        if (problem !== null) context.addIssue({ code: 'custom', message: problem });
      }),
    headersEnv: z
      .record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'must be the name of a header'), variableName)
      .default({}),
  }),
  z.object({ type: z.literal('jsonl'), file: z.string().min(1).max(4_000) }),
]);

/**
 * The sections of the user's config beside `accounts`, each without its defaults: a section that is there may leave fields
 * out. Ranges are those of contracts.md and of the settings in the editor.
 */
export const SECTION_SCHEMAS = {
  quotaGroups: z.record(nameSchema, quotaLimitsSchema),
  loadBalancing: z.enum(['round-robin', 'least-loaded', 'cost-optimized', 'balanced']),
  strategy: z.enum(['parallel', 'sequential', 'adaptive', 'balanced', 'coordinated']),
  engine: z
    .object({
      maxParallelAgents: z.number().int().min(1).max(50),
      globalTimeoutMs: z.number().int().min(1_000),
      contextStrategy: z.enum(['shared', 'isolated', 'hierarchical']),
      pruningThreshold: z.number().int().min(1_000),
      enableCommunication: z.boolean(),
      maxSubTasks: z.number().int().min(1).max(50),
      maxDepth: z.number().int().min(1).max(5),
      maxTasks: z.number().int().min(1).max(1_000),
    })
    .partial(),
  budget: z
    .object({
      perRunUSD: usd,
      perDayUSD: usd,
      perMonthUSD: usd,
      perAgentUSD: usd,
      askAboveUSD: usd,
      perRunTokens: z.number().int().nonnegative().nullable(),
      perDayTokens: z.number().int().nonnegative().nullable(),
      allowUnknownPrices: z.boolean(),
    })
    .partial(),
  prices: z.record(
    z.string().regex(/^[^/]+\/.+$/, 'must be "<provider>/<model>"'),
    z.object({
      inputPerMTok: price,
      outputPerMTok: price,
      cachedInputPerMTok: price.optional(),
      cacheWritePerMTok: price.optional(),
    }),
  ),
  history: z.object({ keepDays: z.number().int().min(1).max(36_500).nullable(), memory: z.boolean() }).partial(),
  tracing: z
    .object({
      level: z.enum(['off', 'error', 'info']),
      content: z.boolean(),
      destinations: z.array(z.preprocess(named, destinationSchema)).max(8),
    })
    .partial(),
} as const;

/** Sections that a repository's own file may have (contracts.md); the budget only to lower it, guardrails only to add some. */
export const REPOSITORY_SECTIONS = ['strategy', 'engine', 'budget', 'guardrails'] as const;

/** Top-level keys that the user's config may have; the last two are read elsewhere. */
export const CONFIG_SECTIONS: readonly string[] = ['accounts', ...Object.keys(SECTION_SCHEMAS), 'guardrails', 'schema'];
