import * as vscode from 'vscode';
import type { Tier } from '../../../core/model.ts';
import type { SecretStore } from '../../../core/ports.ts';

/** An account as it stands in the settings; what is left out has its default. */
export interface AccountSetting {
  readonly name: string;
  readonly provider: string;
  readonly baseURL?: string | null;
  readonly apiKeyEnv?: string | null;
  readonly quotaGroup?: string;
  /** Default: true. */
  readonly enabled?: boolean;
  /** USD; null or left out: unlimited. */
  readonly budget?: { readonly perDayUSD?: number | null; readonly perMonthUSD?: number | null };
  readonly models?: Partial<Readonly<Record<Tier, string>>>;
}

/** The usable entries of `ensemble.accounts`; what is malformed is reported when the settings are parsed. */
export function accountSettings(): readonly AccountSetting[] {
  const value = vscode.workspace.getConfiguration('ensemble').get<unknown>('accounts');
  return Array.isArray(value) ? value.filter(isAccount) : [];
}

/** The accounts of the user: what they are in the user's settings, their keys in the secret store. */
export class AccountSettings {
  readonly #secrets: SecretStore;

  constructor(secrets: SecretStore) {
    this.#secrets = secrets;
  }

  list(): readonly AccountSetting[] {
    return accountSettings();
  }

  /** Stores the key first: an account without its key would only fail. */
  async add(account: AccountSetting, key: string | null): Promise<void> {
    if (key !== null) await this.#secrets.set(account.name, key);
    await this.#write((accounts) => [...accounts, account]);
  }

  async setKey(name: string, key: string): Promise<void> {
    await this.#secrets.set(name, key);
  }

  /** Lets the account use one model for everything. */
  async setModel(name: string, model: string): Promise<void> {
    const models = { simple: model, medium: model, complex: model };
    await this.#write((accounts) =>
      accounts.map((account) => (isAccount(account) && account.name === name ? { ...account, models } : account)),
    );
  }

  /** Removes the account and deletes its key. */
  async remove(name: string): Promise<void> {
    await this.#write((accounts) => accounts.filter((account) => !isAccount(account) || account.name !== name));
    await this.#secrets.delete(name);
  }

  async #write(change: (accounts: readonly unknown[]) => readonly unknown[]): Promise<void> {
    const configuration = vscode.workspace.getConfiguration('ensemble');
    const present = configuration.inspect<readonly unknown[]>('accounts')?.globalValue;
    await configuration.update(
      'accounts',
      change(Array.isArray(present) ? present : []),
      vscode.ConfigurationTarget.Global,
    );
  }
}

function isAccount(value: unknown): value is AccountSetting {
  if (typeof value !== 'object' || value === null) return false;
  const { name, provider } = value as Partial<AccountSetting>;
  return typeof name === 'string' && typeof provider === 'string';
}
