import type { AccountConfig } from '../../core/config.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { ProviderId } from '../../core/model.ts';
import type { ModelProvider, SecretStore } from '../../core/ports.ts';
import { VENDORS } from './catalogue.ts';
import { requireUsableKey } from './checked-key.ts';

/** Providers that only the process around us can make, such as the editor's own models; they come before the catalogue's. */
export type HostProviders = Partial<Readonly<Record<ProviderId, () => Promise<ModelProvider>>>>;

interface Bound {
  readonly key: string | null;
  readonly config: string;
  readonly provider: Promise<ModelProvider>;
}

/**
 * Gives each account its provider, with the key as the secret store has it at that moment: a rotated key serves the next
 * call, a removed one refuses it, and calls in flight finish on the key they began with.
 */
export class AccountProviders {
  readonly #secrets: SecretStore;
  readonly #host: HostProviders;
  readonly #bound = new Map<string, Bound>();
  #knownKeys: readonly string[] = [];

  constructor(secrets: SecretStore, host: HostProviders = {}) {
    this.#secrets = secrets;
    this.#host = host;
  }

  /** Every key known so far, the same array until there is another; the privacy gate removes them wherever they turn up. */
  knownKeys(): readonly string[] {
    return this.#knownKeys;
  }

  /** Learns the keys of all accounts, so that the privacy gate knows them before any of them is used. */
  async learnKeys(accounts: readonly AccountConfig[]): Promise<void> {
    const remote = accounts.filter((account) => !VENDORS[account.provider].isLocal);
    const keys = await Promise.allSettled(remote.map((account) => this.#secrets.get(account.name)));
    // A store that fails is reported when a call needs the key.
    for (const key of keys) if (key.status === 'fulfilled' && key.value !== null) this.#know(key.value);
  }

  /**
   * Rejects `no-usable-account` where the vendor needs a key and there is none, or none that may be sent there, and
   * `secret-store-failed` as the store does.
   */
  async providerFor(account: AccountConfig): Promise<ModelProvider> {
    const vendor = VENDORS[account.provider];
    const key = vendor.isLocal ? null : await this.#secrets.get(account.name);
    if (key === null && vendor.needsKey) {
      throw new EnsembleError('no-usable-account', `There is no key for the account "${account.name}".`, {
        hint: account.apiKeyEnv
          ? `Set the environment variable ${account.apiKeyEnv}.`
          : 'Store one for it ("Update Account Key...", or "ensemble accounts rotate"), or name a variable that holds it in apiKeyEnv.',
      });
    }
    if (key !== null) {
      this.#know(key);
      requireUsableKey(account, key);
    }
    const config = JSON.stringify(account);
    const bound = this.#bound.get(account.name);
    if (bound && bound.key === key && bound.config === config) return bound.provider;
    const provider = this.#host[account.provider]?.() ?? vendor.create({ account, key });
    this.#bound.set(account.name, { key, config, provider });
    return provider;
  }

  #know(key: string): void {
    if (!this.#knownKeys.includes(key)) this.#knownKeys = [...this.#knownKeys, key];
  }
}
