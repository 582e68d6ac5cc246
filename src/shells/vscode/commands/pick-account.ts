import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { AccountSetting } from '../accounts/account-settings.ts';
import type { Shell } from '../shell.ts';
import { parseAccountElement } from '../views/accounts-model.ts';

/** What is asked and said where no menu has named the account. */
export interface AccountQuestion {
  readonly placeHolder: string;
  /** Said when no account fits. */
  readonly none?: string;
  fits?(account: AccountSetting): boolean;
}

/** The account that a menu or a button names, else the only one that fits, else the one that is picked. */
export async function pickAccount(
  shell: Shell,
  argument: unknown,
  { placeHolder, none, fits = () => true }: AccountQuestion,
): Promise<string | undefined> {
  const all = shell.accounts.list();
  const element = parseAccountElement(argument);
  const wanted = element && element.kind !== 'problem' ? element.name : argument;
  const named = all.find((account) => account.name === wanted);
  if (named) return named.name;
  const accounts = all.filter(fits);
  if (accounts.length === 0) {
    throw new EnsembleError('not-found', (all.length > 0 && none) || vscode.l10n.t('There is no account yet.'));
  }
  const items = accounts.map(({ name, provider, baseURL }) => ({
    label: name,
    description: [provider, baseURL ?? ''].join(' ').trim(),
  }));
  const [only] = items;
  if (items.length === 1 && only) return only.label;
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.label;
}
