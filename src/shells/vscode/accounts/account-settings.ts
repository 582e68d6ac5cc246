import * as vscode from 'vscode';
import type { Tier } from '../../../core/model.ts';
import type { SecretStore } from '../../../core/ports.ts';
import { environment } from '../host/environment.ts';

/** Spending limits of an account, USD; null or left out: unlimited. */
export interface BudgetSetting {
  readonly perDayUSD?: number | null;
  readonly perMonthUSD?: number | null;
}

/** Limits of a quota group that the person can be asked for; null or left out: learned from answers. */
export interface LimitsSetting {
  readonly requestsPerMinute?: number | null;
  readonly tokensPerMinute?: number | null;
  readonly concurrent?: number | null;
}

/** An account as it stands in the settings; what is left out has its default. */
export interface AccountSetting {
  readonly name: string;
  readonly provider: string;
  readonly baseURL?: string | null;
  readonly apiKeyEnv?: string | null;
  readonly quotaGroup?: string;
  /** Default: true. */
  readonly enabled?: boolean;
  readonly budget?: BudgetSetting;
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

  /** The account of that name; null: there is none. */
  find(name: string): AccountSetting | null {
    return this.list().find((account) => account.name === name) ?? null;
  }

  /** Stores the key first: an account without its key would only fail. */
  async add(account: AccountSetting, key: string | null): Promise<void> {
    if (key !== null) await this.#secrets.set(account.name, key);
    await this.#write((accounts) => [...accounts, account]);
  }

  async setKey(name: string, key: string): Promise<void> {
    await this.#secrets.set(name, key);
  }

  /** Changes some properties of an account; undefined removes one, so that its default holds. */
  async change(
    name: string,
    properties: { readonly [K in keyof AccountSetting]?: AccountSetting[K] | undefined },
  ): Promise<void> {
    await this.#write((accounts) =>
      accounts.map((account) => (isNamed(account, name) ? without({ ...account, ...properties }) : account)),
    );
  }

  /** Renames an account. Its key and the limits of its own quota group go along; rows of the history keep the old name. */
  async rename(from: string, to: string): Promise<void> {
    const key = await this.#secrets.get(from);
    const account = this.find(from);
    const fromEnvironment = account?.apiKeyEnv ? environment[account.apiKeyEnv] : undefined;
    if (key !== null && key !== fromEnvironment) await this.#secrets.set(to, key);
    await this.change(from, { name: to });
    if (!account?.quotaGroup) await this.#moveGroup(from, to);
    await this.#secrets.delete(from);
  }

  /** Removes the account and deletes its key, and the limits of its group when no other account uses them. */
  async remove(name: string): Promise<void> {
    const group = this.groupOf(name);
    await this.#write((accounts) => accounts.filter((account) => !isNamed(account, name)));
    if (this.sharing(group).length === 0) await this.#moveGroup(group, null);
    await this.#secrets.delete(name);
  }

  /** The quota group of an account: its own name, unless the settings name another one. */
  groupOf(name: string): string {
    return this.find(name)?.quotaGroup ?? name;
  }

  /** Names of the accounts of a quota group. */
  sharing(group: string): readonly string[] {
    return this.list()
      .map(({ name }) => name)
      .filter((name) => this.groupOf(name) === group);
  }

  limits(group: string): LimitsSetting {
    const limits = this.#groups()[group];
    return typeof limits === 'object' && limits !== null ? limits : {};
  }

  /** Changes some limits of a quota group and leaves the others; null removes one. */
  async setLimits(group: string, limits: LimitsSetting): Promise<void> {
    const changed = without({ ...this.limits(group), ...limits }, null);
    const { [group]: _, ...others } = this.#groups();
    await this.#update('quotaGroups', Object.keys(changed).length === 0 ? others : { ...others, [group]: changed });
  }

  #groups(): Readonly<Record<string, unknown>> {
    return (
      vscode.workspace.getConfiguration('ensemble').inspect<Record<string, unknown>>('quotaGroups')?.globalValue ?? {}
    );
  }

  async #moveGroup(from: string, to: string | null): Promise<void> {
    const { [from]: limits, ...others } = this.#groups();
    if (limits === undefined) return;
    await this.#update('quotaGroups', to === null ? others : { ...others, [to]: limits });
  }

  async #write(change: (accounts: readonly unknown[]) => readonly unknown[]): Promise<void> {
    const present = vscode.workspace.getConfiguration('ensemble').inspect<readonly unknown[]>('accounts')?.globalValue;
    await this.#update('accounts', change(Array.isArray(present) ? present : []));
  }

  async #update(key: string, value: unknown): Promise<void> {
    await vscode.workspace.getConfiguration('ensemble').update(key, value, vscode.ConfigurationTarget.Global);
  }
}

function isNamed(value: unknown, name: string): value is AccountSetting {
  return isAccount(value) && value.name === name;
}

function isAccount(value: unknown): value is AccountSetting {
  if (typeof value !== 'object' || value === null) return false;
  const { name, provider } = value as Partial<AccountSetting>;
  return typeof name === 'string' && typeof provider === 'string';
}

/** Without the properties that are undefined, or `gone`. */
function without(fields: object, gone?: null): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== gone));
}
