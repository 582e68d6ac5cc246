import type { EnsembleConfig } from '../config.ts';

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
