import * as vscode from 'vscode';
import type { ProviderId } from '../../../core/model.ts';
import type { AccountTest } from '../../../core/try-provider.ts';
import { nameProblemText } from '../accounts/add-account.ts';
import { askForKey } from '../accounts/ask-for-key.ts';
import { askText, isAnswer } from '../host/multi-step.ts';
import { actions, type Notice, notify, reportError, sentences } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { pickAccount } from './pick-account.ts';
import { noticeOfTest, testNewKey } from './test-accounts.ts';

/**
 * Replaces the key of an account. The new one is tried first: one that does not work replaces nothing unless the person wants
 * it so. Calls in flight finish with the old one.
 */
export async function updateAccountKey(shell: Shell, argument: unknown): Promise<void> {
  const name = await pickAccount(shell, argument, { placeHolder: vscode.l10n.t('Whose key shall be replaced?') });
  if (name === undefined) return;
  const frame = { title: vscode.l10n.t('Update Account Key'), step: 1, totalSteps: 1 };
  const { provider = 'openai-compatible', baseURL = null } = shell.accounts.find(name) ?? {};
  const account = { name, provider: provider as ProviderId, baseURL };
  const key = await askForKey(frame, account, true);
  if (!isAnswer(key) || key === null) return;
  const test = await testNewKey(account, key);
  const replace = async () => {
    await shell.accounts.setKey(name, key);
    await shell.session.reconfigure();
    await shell.accountNotes.noteTest(test, new Date().toISOString());
    await shell.accountsView.refresh();
  };
  if (test.ok) await replace();
  const useAnyway = () => replace().catch((error) => reportError(error, shell.log));
  notify(test.ok ? noticeOfTest(test) : noticeOfRefusedKey(test, useAnyway));
}

/** What is said about a key that did not work; the old one is still there. */
function noticeOfRefusedKey({ name, error }: AccountTest, useAnyway: () => Promise<void>): Notice {
  const reason = error ? sentences(error) : vscode.l10n.t('no answer');
  return {
    level: 'error',
    text: vscode.l10n.t('The new key of {0} does not work, so the former was kept: {1}', name, reason),
    buttons: [actions.updateKey(name), { label: vscode.l10n.t('Use It Anyway'), run: useAnyway }],
  };
}

/** Gives an account another name. Its key goes along; what is kept of earlier runs has the old name. */
export async function renameAccount(shell: Shell, argument: unknown): Promise<void> {
  const name = await pickAccount(shell, argument, { placeHolder: vscode.l10n.t('Which account shall be renamed?') });
  if (name === undefined) return;
  const taken = shell.accounts.list().map((account) => account.name);
  const frame = { title: vscode.l10n.t('Rename {0}', name), step: 1, totalSteps: 1 };
  const to = await askText(frame, {
    prompt: vscode.l10n.t('New name. The history and what was spent so far stay under the old one.'),
    value: name,
    problem: (text) => (text === name ? null : nameProblemText(text, taken)),
  });
  if (!isAnswer(to) || to === name) return;
  await shell.accounts.rename(name, to);
  await shell.accountNotes.move(name, to);
  await shell.accountsView.refresh();
}

/** Lets an account receive calls again. */
export async function enableAccount(shell: Shell, argument: unknown): Promise<void> {
  const name = await pickAccount(shell, argument, {
    placeHolder: vscode.l10n.t('Which account shall be enabled?'),
    none: vscode.l10n.t('Every account is enabled already.'),
    fits: ({ enabled }) => enabled === false,
  });
  if (name !== undefined) await shell.accounts.change(name, { enabled: undefined });
}

/** Keeps an account from receiving further calls; those in flight finish. */
export async function disableAccount(shell: Shell, argument: unknown): Promise<void> {
  const name = await pickAccount(shell, argument, {
    placeHolder: vscode.l10n.t('Which account shall be disabled?'),
    none: vscode.l10n.t('Every account is disabled already.'),
    fits: ({ enabled }) => enabled !== false,
  });
  if (name !== undefined) await shell.accounts.change(name, { enabled: false });
}

/** Removes an account and its key after a confirmation. */
export async function removeAccount(shell: Shell, argument: unknown): Promise<void> {
  const name = await pickAccount(shell, argument, { placeHolder: vscode.l10n.t('Which account shall be removed?') });
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
  await shell.accountNotes.move(name, null);
  notify({ level: 'info', text: vscode.l10n.t('The account {0} was removed and its key deleted.', name), buttons: [] });
}
