import { MemoryQuota } from '../../src/adapters/storage/memory/memory-quota.ts';
import { createAccountPool } from '../../src/core/accounts/pool.ts';
import type { PoolDependencies } from '../../src/core/accounts/pool-dependencies.ts';
import type { Pool } from '../../src/core/accounts/types.ts';
import {
  type AccountConfig,
  DEFAULT_CONFIG,
  type ModelPrice,
  type QuotaLimits,
  UNPACED,
} from '../../src/core/config.ts';
import type { CallOutcome, ModelRequest } from '../../src/core/model.ts';
import type { QuotaStore, UsageRecord } from '../../src/core/ports.ts';
import { MemoryLogger } from './engine-fixture.ts';
import { FakeClock } from './fake-clock.ts';
import type { FakeProvider } from './fake-provider.ts';

/** An account of the vendor `openai`, unpaced. */
export function account(name: string, extra: Partial<AccountConfig> = {}): AccountConfig {
  return {
    name,
    provider: 'openai',
    apiKeyEnv: null,
    baseURL: null,
    quotaGroup: name,
    enabled: true,
    weight: 1,
    budget: { perDayUSD: null, perMonthUSD: null },
    models: {},
    ...extra,
  };
}

/** A small request without a budget. */
export function request(extra: Partial<ModelRequest> = {}): ModelRequest {
  return {
    messages: [{ role: 'user', content: 'x'.repeat(30) }],
    tier: 'simple',
    model: null,
    maxTokens: 100,
    temperature: null,
    responseSchema: null,
    priority: 5,
    runBudget: { usd: null, tokens: null },
    loadBalancing: null,
    attribution: { runId: 'run', instanceId: 'task', agent: 'agent', purpose: 'subtask' },
    ...extra,
  };
}

/** A pool over fake providers, with everything a test may look at. */
export interface PoolWorld {
  readonly pool: Pool;
  readonly clock: FakeClock;
  readonly quota: MemoryQuota;
  readonly ledger: UsageRecord[];
}

/** Another process was told to leave the quota key alone until then (epoch ms). */
export async function holdKey(quota: QuotaStore, key: string, until: number): Promise<void> {
  const lesson = {
    type: 'refused' as const,
    sentAt: -1,
    until,
    refused: { seenPerMinute: 60, retryAfterMs: null },
    unplanned: [],
  };
  await quota.learn({ key, lesson, limits: { requestsPerMinute: 60, burst: 1 }, now: 0 });
}

/** What a test sets. */
export interface PoolSetup {
  readonly providers: Readonly<Record<string, FakeProvider>>;
  readonly accounts?: readonly AccountConfig[];
  readonly limits?: Readonly<Record<string, Partial<QuotaLimits>>>;
  /** USD per million tokens for every model; null: unknown. */
  readonly price?: ModelPrice | null;
  readonly quota?: MemoryQuota;
  readonly clock?: FakeClock;
  readonly overrides?: Partial<PoolDependencies>;
}

/** Makes a pool; accounts are named like the providers unless given. */
export function poolOf(setup: PoolSetup): PoolWorld {
  const { providers, limits = {}, price = { inputPerMTok: 1, outputPerMTok: 2 } } = setup;
  const clock = setup.clock ?? new FakeClock();
  const quota = setup.quota ?? new MemoryQuota();
  const ledger: UsageRecord[] = [];
  const pool = createAccountPool({
    accounts: setup.accounts ?? Object.keys(providers).map((name) => account(name)),
    quotaGroups: Object.fromEntries(Object.entries(limits).map(([name, some]) => [name, { ...UNPACED, ...some }])),
    loadBalancing: 'round-robin',
    budget: { ...DEFAULT_CONFIG.budget, perRunUSD: null, perDayUSD: null },
    prices: { price: () => price },
    quota,
    vendors: {
      defaultModel: (_provider, tier) => `model-${tier}`,
      startLimits: () => null,
      cachesPrompts: () => true,
      takesTools: (account) => providers[account.name]?.capabilities.tools ?? true,
      isLocal: () => false,
      endpoint: (one) => `${one.name}.example`,
      reasoningOnTop: () => false,
      vendorOfModel: () => null,
    },
    clock,
    random: () => 0,
    logger: new MemoryLogger(),
    providerFor: async (one) => {
      const provider = providers[one.name];
      if (!provider) throw new Error(`no provider for ${one.name}`);
      return provider;
    },
    outbound: (call) => call,
    record: async (row) => void ledger.push(row),
    ...setup.overrides,
  });
  return { pool, clock, quota, ledger };
}

/** Lets the clock go on until `work` has ended. */
export async function settle<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let over = false;
  const end = () => {
    over = true;
  };
  work.then(end, end);
  await clock.runUntil(() => over);
  return work;
}

/** Which accounts were tried, in order, as `<account>:<outcome>`. */
export function accountsOf(outcome: CallOutcome): string[] {
  return outcome.attempts.map((attempt) => `${attempt.account}:${attempt.outcome}`);
}
