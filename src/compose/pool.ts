import { SECTION_SCHEMAS } from '../adapters/files/config-schema.ts';
import { VENDORS } from '../adapters/providers/catalogue.ts';
import { loadPriceBook } from '../adapters/providers/price-book.ts';
import { VENDOR_FACTS } from '../adapters/providers/vendor-facts.ts';
import { openMemoryStorage } from '../adapters/storage/memory/open-memory-storage.ts';
import { openStorage } from '../adapters/storage/open-storage.ts';
import { SystemClock } from '../adapters/system-clock.ts';
import { validateBaseURL } from '../core/accounts/base-url.ts';
import { createAccountPool } from '../core/accounts/pool.ts';
import type { Pool } from '../core/accounts/types.ts';
import {
  type AccountConfig,
  type BudgetConfig,
  DEFAULT_CONFIG,
  type EnsembleConfig,
  OFFLINE_ACCOUNT,
  type QuotaLimits,
  UNPACED,
} from '../core/config.ts';
import { EnsembleError } from '../core/errors.ts';
import type { LoadBalancing } from '../core/load-balancing.ts';
import { createPrivacyGate } from '../core/policy/privacy-gate.ts';
import type { Clock, ModelProvider, QuotaStore, Random, UsageRecord } from '../core/ports.ts';
import { storageWorkerUrl } from './storage-worker.ts';

/** An account of a bare pool; what is left out is at its default. The key stays in memory. */
export type PoolAccount = Pick<AccountConfig, 'name' | 'provider'> &
  Partial<AccountConfig> & { readonly apiKey?: string };

/** Options of {@link createPool}. */
export interface CreatePoolOptions {
  readonly accounts: readonly PoolAccount[];
  /** Limits per quota group; what is left out is unlimited. A vendor's start limits hold for groups that are not named. */
  readonly quotaGroups?: Readonly<Record<string, Partial<QuotaLimits>>>;
  /** Default `round-robin`. */
  readonly loadBalancing?: LoadBalancing;
  /** Default: no limits. */
  readonly budget?: Partial<BudgetConfig>;
  readonly prices?: EnsembleConfig['prices'];
  readonly clock?: Clock;
  readonly random?: Random;
  /** Default: in memory. One on a database is shared with other processes. */
  readonly quota?: QuotaStore;
  /** Replaces the vendors, for tests. */
  readonly providerFor?: (account: AccountConfig) => Promise<ModelProvider>;
  /** Hears of every attempt. */
  readonly onAttempt?: (row: UsageRecord) => void;
}

/**
 * The account pool alone: paced, failing over, within budgets; without engine, database and editor. Rejects `invalid-config` for
 * accounts of the same name, unknown providers, limits that make no sense, and endpoints that are neither https nor on this machine.
 */
export async function createPool(options: CreatePoolOptions): Promise<Pool> {
  const accounts = options.accounts.map(withDefaults);
  checkAccounts(accounts);
  const keys = new Map(options.accounts.map((account) => [account.name, account.apiKey ?? null]));
  const gate = createPrivacyGate({ knownSecrets: () => [...keys.values()].filter((key) => key !== null) });
  const providers = new Map<string, Promise<ModelProvider>>();
  const providerFor = (account: AccountConfig) => {
    const known = providers.get(account.name);
    const provider = known ?? VENDORS[account.provider].create({ account, key: keys.get(account.name) ?? null });
    providers.set(account.name, provider);
    return provider;
  };
  return createAccountPool({
    accounts,
    quotaGroups: mapLimits(options.quotaGroups ?? {}),
    loadBalancing: options.loadBalancing ?? 'round-robin',
    budget: { ...DEFAULT_CONFIG.budget, perRunUSD: null, perDayUSD: null, ...options.budget },
    prices: await loadPriceBook(options.prices ?? {}),
    vendors: VENDOR_FACTS,
    clock: options.clock ?? new SystemClock(),
    random: options.random ?? Math.random,
    quota: options.quota ?? openMemoryStorage().quota,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    providerFor: options.providerFor ?? providerFor,
    outbound: (call) => gate.outbound(call).call,
    record: async (row) => options.onAttempt?.(row),
  });
}

/** A quota store on a database, and how to end it. */
export interface SharedQuota {
  readonly quota: QuotaStore;
  close(): Promise<void>;
}

/** Opens a database whose quotas and budgets all processes that open it share; for {@link CreatePoolOptions.quota}. */
export async function openSharedQuota(databaseFile: string, workerUrl?: URL): Promise<SharedQuota> {
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const storage = await openStorage({ file: databaseFile, workerUrl: workerUrl ?? storageWorkerUrl(), logger: silent });
  return { quota: storage.quota, close: () => storage.close() };
}

function withDefaults({ apiKey: _apiKey, ...account }: PoolAccount): AccountConfig {
  return { ...OFFLINE_ACCOUNT, quotaGroup: account.name, ...account };
}

function checkAccounts(accounts: readonly AccountConfig[]): void {
  const names = new Set<string>();
  for (const { name, provider, baseURL } of accounts) {
    if (!Object.hasOwn(VENDORS, provider)) {
      throw new EnsembleError('invalid-config', `The provider "${provider}" of "${name}" does not exist.`);
    }
    if (names.has(name)) throw new EnsembleError('invalid-config', `Two accounts are named "${name}".`);
    names.add(name);
    const problem = baseURL === null ? null : validateBaseURL(baseURL);
    if (problem) throw new EnsembleError('invalid-config', `The endpoint of "${name}" cannot be used: ${problem}`);
  }
}

function mapLimits(groups: Readonly<Record<string, Partial<QuotaLimits>>>): Record<string, QuotaLimits> {
  const { error } = SECTION_SCHEMAS.quotaGroups.safeParse(groups);
  const [issue] = error?.issues ?? [];
  if (issue) {
    throw new EnsembleError('invalid-config', `quotaGroups.${issue.path.join('.')} cannot be used: ${issue.message}.`);
  }
  return Object.fromEntries(Object.entries(groups).map(([name, limits]) => [name, { ...UNPACED, ...limits }]));
}
