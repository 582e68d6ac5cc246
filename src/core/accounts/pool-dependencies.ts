import type { AccountConfig } from '../config.ts';
import type { ProviderCall } from '../model.ts';
import type { Clock, Logger, ModelProvider, ProviderCapabilities, QuotaStore, Random, UsageRecord } from '../ports.ts';
import type { VendorFacts } from './models.ts';
import type { PoolSettings } from './types.ts';

/** What a pool works with. */
export interface PoolDependencies extends PoolSettings {
  readonly quota: QuotaStore;
  readonly vendors: VendorFacts;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Longest time a call waits for accounts that cool, ms; default 120,000. */
  readonly maxWaitMs?: number;
  /** The account's provider, with its key as it is now. Rejects `no-usable-account` where there is no key. */
  providerFor(account: AccountConfig): Promise<ModelProvider>;
  /** The privacy gate: sees every call last. Throws to refuse it. */
  outbound(call: ProviderCall, account: AccountConfig, capabilities: ProviderCapabilities): ProviderCall;
  /** The ledger: hears of every attempt, also of failed ones; `requestedModel` is the vendor's id of what was asked for. */
  record(row: UsageRecord, requestedModel: string): Promise<void>;
}
