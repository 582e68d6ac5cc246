import { configChanges } from '../audit/changed-settings.ts';
import { type AccountBudget, type AccountConfig, type EnsembleConfig, withOffline } from '../config.ts';
import { EnsembleError } from '../errors.ts';
import { NO_USAGE, type TokenUsage } from '../model.ts';
import type { Clock, ModelProvider, Stores, UsageSummary } from '../ports.ts';
import { type AccountTest, tryProvider } from '../try-provider.ts';
import type { AccountStatus, Pool } from './types.ts';

/** Spending of one account by the ledger, over all processes; days and months are UTC. */
export interface AccountSpending {
  /** Sums of the known costs, USD. */
  readonly todayUSD: number;
  readonly monthUSD: number;
  /** Calls of this month whose price is unknown: the sums are then lower bounds. */
  readonly unknownCosts: number;
  readonly callsToday: number;
  readonly failuresToday: number;
  readonly tokensToday: TokenUsage;
  /** The account's own budgets, USD; null: unlimited. */
  readonly perDayUSD: number | null;
  readonly perMonthUSD: number | null;
}

/** An account as views and `accounts list` show it. */
export interface AccountOverview extends AccountStatus {
  readonly spending: AccountSpending;
}

/** The pool of the configured accounts, built on first use and rebuilt in place when the configuration changes. */
export interface PoolSource {
  get(): Promise<Pool>;
  /** Takes the changed configuration over; calls in flight finish as they began. */
  reconfigure(config: EnsembleConfig): Promise<void>;
  /** The provider of an account, with its key as it is now. */
  providerFor(account: AccountConfig): Promise<ModelProvider>;
  /** True for vendors that run on this machine, so that nothing leaves it. */
  isLocal(account: AccountConfig): boolean;
}

/** What {@link ConfiguredAccounts} works with. */
export interface AccountParts {
  readonly config: EnsembleConfig;
  readonly pools: PoolSource;
  readonly usage: Stores['usage'];
  readonly audit: Stores['audit'];
  readonly clock: Clock;
  /** Told of a changed configuration before the pool is. */
  onReconfigured(config: EnsembleConfig): void;
}

/** The configuration as it is now, its accounts and how they do. */
export class ConfiguredAccounts {
  readonly #parts: AccountParts;
  #config: EnsembleConfig;

  constructor(parts: AccountParts) {
    this.#parts = parts;
    this.#config = parts.config;
  }

  get config(): EnsembleConfig {
    return this.#config;
  }

  configured(): readonly AccountConfig[] {
    return this.#config.accounts;
  }

  /** How each does now, and what it has spent by the ledger. */
  async status(): Promise<readonly AccountOverview[]> {
    const { clock, pools, usage } = this.#parts;
    const day = new Date(clock.now()).toISOString().slice(0, 10);
    const [pool, today, month] = await Promise.all([
      pools.get(),
      usage.summary(`${day}T00:00:00.000Z`),
      usage.summary(`${day.slice(0, 7)}-01T00:00:00.000Z`),
    ]);
    await pool.look();
    return pool.status().map((status) => {
      const account = this.#config.accounts.find(({ name }) => name === status.name);
      const of = (rows: readonly UsageSummary[]) => rows.find((row) => row.account === status.name);
      return { ...status, spending: spendingOf(of(today), of(month), account?.budget) };
    });
  }

  /** Sums of the ledger since a time (ISO), per account. */
  usage(since: string): Promise<readonly UsageSummary[]> {
    return this.#parts.usage.summary(since);
  }

  /** Asks the account for its models. Rejects `not-found`. */
  async test(name: string, signal: AbortSignal): Promise<AccountTest> {
    const account = this.#config.accounts.find((one) => one.name === name);
    if (!account) {
      throw new EnsembleError('not-found', `There is no account named "${name}".`, {
        hint: 'List the accounts to see their names.',
      });
    }
    return tryProvider(name, () => this.#parts.pools.providerFor(account), this.#parts.clock, signal);
  }

  /** Takes changed settings over without losing calls in flight. */
  async reconfigure(changed: EnsembleConfig): Promise<void> {
    const { audit, onReconfigured, pools } = this.#parts;
    const config = withOffline(changed);
    for (const { action, subject, detail } of configChanges(this.#config, config))
      await audit.record(action, subject, detail);
    this.#config = config;
    onReconfigured(config);
    await pools.reconfigure(config);
  }
}

function spendingOf(
  today: UsageSummary | undefined,
  month: UsageSummary | undefined,
  budget: AccountBudget | undefined,
): AccountSpending {
  return {
    todayUSD: today?.costUSD ?? 0,
    monthUSD: month?.costUSD ?? 0,
    unknownCosts: month?.unknownCosts ?? 0,
    callsToday: today?.calls ?? 0,
    failuresToday: today?.failures ?? 0,
    tokensToday: today?.tokens ?? NO_USAGE,
    perDayUSD: budget?.perDayUSD ?? null,
    perMonthUSD: budget?.perMonthUSD ?? null,
  };
}
