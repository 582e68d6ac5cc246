import * as vscode from 'vscode';
import type { ProviderId } from '../../../core/model.ts';
import type { AccountTest } from '../../../core/try-provider.ts';
import { signalOf } from '../host/cancellation.ts';
import { actions, type Notice, notify, sentences } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { pickAccount } from './pick-account.ts';

/** Asks an account's provider for its models and says what came of it. */
export async function testAccount(shell: Shell, argument: unknown): Promise<void> {
  const name = await pickAccount(shell, argument, { placeHolder: vscode.l10n.t('Which account shall be tested?') });
  if (name === undefined) return;
  const [test] = await testAll(shell, [name], vscode.l10n.t('Testing {0}', name));
  if (test) notify(noticeOfTest(test));
}

/** Tests every account that is enabled, all at once. */
export async function testAllAccounts(shell: Shell): Promise<void> {
  const names = shell.accounts
    .list()
    .filter(({ enabled }) => enabled !== false)
    .map(({ name }) => name);
  const tests = await testAll(shell, names, vscode.l10n.t('Testing {0} accounts', names.length));
  const failed = tests.filter(({ ok }) => !ok).map(({ name }) => name);
  const text =
    failed.length === 0
      ? vscode.l10n.t('All {0} accounts work.', tests.length)
      : vscode.l10n.t('{0} of {1} accounts do not work: {2}.', failed.length, tests.length, failed.join(', '));
  notify({ level: failed.length === 0 ? 'info' : 'warning', text, buttons: [] });
}

/** Asks for the models with a key that is not stored yet; rejects when the person stops it. */
export async function testNewKey(
  account: { readonly name: string; readonly provider: ProviderId; readonly baseURL: string | null },
  key: string,
): Promise<AccountTest> {
  const title = vscode.l10n.t('Testing {0}', account.name);
  const progress = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const { tryAccount } = await import('../../../compose.ts');
  return vscode.window.withProgress(progress, (_, token) => tryAccount(account, key, signalOf(token)));
}

async function testAll(shell: Shell, names: readonly string[], title: string): Promise<readonly AccountTest[]> {
  const progress = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(progress, async (_, token) => {
    const ensemble = await shell.session.open();
    // The settings may have changed a moment ago, in this very command; and a test may mend what was refused.
    await shell.session.reconfigure();
    const tests = await Promise.all(names.map((name) => ensemble.accounts.test(name, signalOf(token))));
    // One after the other: each note is written beside those before.
    for (const test of tests) await shell.accountNotes.noteTest(test, new Date().toISOString());
    await shell.accountsView.refresh();
    return tests;
  });
}

/** What a test of an account comes to, for the person. */
export function noticeOfTest({ name, ok, models, latencyMs, error }: AccountTest): Notice {
  if (ok) {
    const text = vscode.l10n.t('{0} works: {1} models, answered in {2} ms.', name, models.length, latencyMs);
    return { level: 'info', text, buttons: [] };
  }
  const reason = error ? sentences(error) : vscode.l10n.t('no answer');
  const text = vscode.l10n.t('{0} does not work: {1}', name, reason);
  return { level: 'error', text, buttons: [actions.updateKey(name), actions.showLog()] };
}
