import * as vscode from 'vscode';
import type { AccountTest } from '../../../core/ensemble.ts';
import { EnsembleError } from '../../../core/errors.ts';
import { signalOf } from '../host/cancellation.ts';
import { actions, type Notice, notify, sentences } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { askForKey } from './ask-for-key.ts';

/** Asks an account's provider for its models and says what came of it. Undefined: no account was chosen. */
export async function testAccount(shell: Shell, argument: unknown): Promise<AccountTest | undefined> {
  const name = await accountOf(shell, argument, vscode.l10n.t('Which account shall be tested?'));
  if (name === undefined) return undefined;
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Testing {0}', name),
    cancellable: true,
  };
  const test = await vscode.window.withProgress(progress, async (_, token) => {
    const ensemble = await shell.session.open();
    // The settings may have changed a moment ago, in this very command.
    await shell.session.reconfigure();
    return ensemble.accounts.test(name, signalOf(token));
  });
  notify(noticeOf(test));
  return test;
}

/** Replaces the key of an account and tries it. */
export async function updateAccountKey(shell: Shell, argument: unknown): Promise<void> {
  const name = await accountOf(shell, argument, vscode.l10n.t('Whose key shall be replaced?'));
  if (name === undefined) return;
  const key = await askForKey(vscode.l10n.t('Update Account Key'), name, true);
  if (key === undefined || key === null) return;
  await shell.accounts.setKey(name, key);
  await testAccount(shell, name);
}

/** Removes an account and its key after a confirmation. */
export async function removeAccount(shell: Shell, argument: unknown): Promise<void> {
  const name = await accountOf(shell, argument, vscode.l10n.t('Which account shall be removed?'));
  if (name === undefined) return;
  const remove = vscode.l10n.t('Remove');
  const detail = vscode.l10n.t('Its key is deleted from the secret storage. Runs and results stay.');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove the account {0}?', name),
    { modal: true, detail },
    remove,
  );
  if (answer !== remove) return;
  await shell.accounts.remove(name);
  notify({ level: 'info', text: vscode.l10n.t('The account {0} was removed and its key deleted.', name), buttons: [] });
}

function noticeOf({ name, ok, models, latencyMs, error }: AccountTest): Notice {
  if (ok) {
    const text = vscode.l10n.t('{0} works: {1} models, answered in {2} ms.', name, models.length, latencyMs);
    return { level: 'info', text, buttons: [] };
  }
  const reason = error ? sentences(error) : vscode.l10n.t('no answer');
  const text = vscode.l10n.t('{0} does not work: {1}', name, reason);
  return { level: 'error', text, buttons: [actions.updateKey(name), actions.showLog()] };
}

/** The account that a menu names, else the only one, else the one that is picked. */
async function accountOf(shell: Shell, argument: unknown, placeHolder: string): Promise<string | undefined> {
  const accounts = shell.accounts.list();
  const named = accounts.find((account) => account.name === argument);
  if (named) return named.name;
  if (accounts.length === 0) {
    throw new EnsembleError('no-usable-account', vscode.l10n.t('There is no account yet.'));
  }
  const items = accounts.map(({ name, provider, baseURL }) => ({
    label: name,
    description: [provider, baseURL ?? ''].join(' ').trim(),
  }));
  const [only] = items;
  if (items.length === 1 && only) return only.label;
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.label;
}
