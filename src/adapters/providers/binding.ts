import type { AccountConfig } from '../../core/config.ts';

/** What a vendor's adapter is bound to: one account and its key (null where none is needed). */
export interface ProviderBinding {
  readonly account: AccountConfig;
  readonly key: string | null;
}
