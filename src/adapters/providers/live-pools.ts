import type { PoolSource } from '../../core/accounts/configured-accounts.ts';
import { createAccountPool } from '../../core/accounts/pool.ts';
import type { PoolDependencies } from '../../core/accounts/pool-dependencies.ts';
import type { Pool } from '../../core/accounts/types.ts';
import type { AccountConfig, EnsembleConfig } from '../../core/config.ts';
import type { ModelProvider } from '../../core/ports.ts';
import { loadPriceBook } from './price-book.ts';
import { staysLocal, VENDOR_FACTS } from './vendor-facts.ts';

type Outlets = Pick<PoolDependencies, 'quota' | 'clock' | 'random' | 'logger' | 'outbound' | 'record' | 'providerFor'>;

/** The pool of the configured accounts, made on first use because that loads the price data. */
export class LivePools implements PoolSource {
  #config: EnsembleConfig;
  readonly #outlets: Outlets;
  readonly #learnKeys: (accounts: readonly AccountConfig[]) => Promise<void>;
  #pool: Promise<Pool> | null = null;

  /** `learnKeys` is awaited before the first call, so that no key can travel in a prompt to another account. */
  constructor(
    config: EnsembleConfig,
    outlets: Outlets,
    learnKeys: (accounts: readonly AccountConfig[]) => Promise<void>,
  ) {
    this.#config = config;
    this.#outlets = outlets;
    this.#learnKeys = learnKeys;
  }

  get(): Promise<Pool> {
    this.#pool ??= this.#create();
    return this.#pool;
  }

  async reconfigure(config: EnsembleConfig): Promise<void> {
    this.#config = config;
    const { accounts, quotaGroups, loadBalancing, budget } = config;
    const [pool, prices] = await Promise.all([this.get(), loadPriceBook(config.prices), this.#learnKeys(accounts)]);
    // A later change may have overtaken this one while the prices were loaded.
    if (this.#config === config) pool.reconfigure({ accounts, quotaGroups, loadBalancing, budget, prices });
  }

  providerFor(account: AccountConfig): Promise<ModelProvider> {
    return this.#outlets.providerFor(account);
  }

  isLocal(account: AccountConfig): boolean {
    return staysLocal(account);
  }

  async #create(): Promise<Pool> {
    const { accounts, quotaGroups, loadBalancing, budget, prices } = this.#config;
    const [book] = await Promise.all([loadPriceBook(prices), this.#learnKeys(accounts)]);
    return createAccountPool({
      accounts,
      quotaGroups,
      loadBalancing,
      budget,
      prices: book,
      vendors: VENDOR_FACTS,
      ...this.#outlets,
    });
  }
}
