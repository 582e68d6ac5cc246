import type { AccountConfig, EnsembleConfig } from '../config.ts';
import type { Json } from '../json.ts';

/** What the audit log says of a changed configuration: the settings by name, and accounts that came, went or were renamed. */
export function configChanges(
  before: EnsembleConfig,
  after: EnsembleConfig,
): { readonly action: string; readonly subject: string; readonly detail: Json }[] {
  const settings = changedSettings(before, after);
  return [
    ...(settings.length === 0 ? [] : [{ action: 'settings-changed', subject: settings.join(', '), detail: null }]),
    ...accountChanges(before, after).map(({ action, account, detail }) => ({ action, subject: account, detail })),
  ];
}

/** Names of the settings in which two configurations differ, such as `accounts.work.limits`; values are not told. */
export function changedSettings(before: EnsembleConfig, after: EnsembleConfig): string[] {
  const { accounts: accountsBefore, ...restBefore } = before;
  const { accounts: accountsAfter, ...restAfter } = after;
  const byName = (accounts: EnsembleConfig['accounts']) =>
    Object.fromEntries(accounts.map((account) => [account.name, account]));
  return [
    ...differences(byName(accountsBefore), byName(accountsAfter), 'accounts', 2),
    ...differences(restBefore, restAfter, '', 2),
  ].sort();
}

/** An account that came, went, or has another name. */
export interface AccountChange {
  readonly action: 'account-added' | 'account-removed' | 'account-renamed';
  readonly account: string;
  readonly detail: Json;
}

/** Which accounts one configuration has and the other has not. One that is the same but for its name was renamed. */
export function accountChanges(before: EnsembleConfig, after: EnsembleConfig): AccountChange[] {
  const lacks =
    ({ accounts }: EnsembleConfig) =>
    (account: AccountConfig) =>
      !accounts.some(({ name }) => name === account.name);
  const removed = before.accounts.filter(lacks(after));
  const added = after.accounts.filter(lacks(before));
  const renamed = added.flatMap((account) => {
    const from = removed.find((one) => JSON.stringify(unnamed(one)) === JSON.stringify(unnamed(account)));
    return from && removed.length === 1 && added.length === 1 ? [{ from, account }] : [];
  });
  const isRenamed = (account: AccountConfig) => renamed.some((one) => one.from === account || one.account === account);
  const plain = (action: AccountChange['action'], accounts: readonly AccountConfig[]) =>
    accounts
      .filter((account) => !isRenamed(account))
      .map(({ name, provider }) => ({ action, account: name, detail: { provider } }));
  return [
    ...plain('account-removed', removed),
    ...plain('account-added', added),
    ...renamed.map(({ from, account }) => {
      return { action: 'account-renamed' as const, account: account.name, detail: { before: from.name } };
    }),
  ];
}

/** A group of its own is named like the account. */
function unnamed({ name, quotaGroup, ...rest }: AccountConfig): object {
  return { ...rest, quotaGroup: quotaGroup === name ? null : quotaGroup };
}

function differences(before: unknown, after: unknown, path: string, depth: number): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (depth === 0 || !isRecord(before) || !isRecord(after)) return [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) =>
    differences(before[key], after[key], path === '' ? key : `${path}.${key}`, depth - 1),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
