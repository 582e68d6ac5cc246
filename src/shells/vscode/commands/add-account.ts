import * as vscode from 'vscode';
import type { ProviderChoice } from '../../../compose.ts';
import { validateBaseURL } from '../../../core/accounts/base-url.ts';
import { accountNameProblem, suggestName } from '../accounts/account-input.ts';
import type { Shell } from '../shell.ts';
import { testAccount } from './accounts.ts';
import { askForKey } from './ask-for-key.ts';

interface ProviderItem extends vscode.QuickPickItem {
  readonly provider: ProviderChoice;
}

/** Asks for provider, name, endpoint and key, stores them and tries the account. Escape at any step changes nothing. */
export async function addAccount(shell: Shell): Promise<void> {
  const { providerChoices } = await import('../../../compose.ts');
  const provider = await pickProvider(providerChoices());
  if (!provider) return;
  const title = vscode.l10n.t('Add Account: {0}', provider.label);
  const name = await askForName(
    title,
    provider,
    shell.accounts.list().map((account) => account.name),
  );
  if (name === undefined) return;
  const baseURL = await askForBaseURL(title, provider);
  if (baseURL === undefined) return;
  const key = provider.isLocal ? null : await askForKey(title, name, provider.needsKey);
  if (key === undefined) return;
  await shell.accounts.add({ name, provider: provider.id, ...(baseURL === null ? {} : { baseURL }) }, key);
  const test = await testAccount(shell, name);
  if (test?.ok && hasOwnServer(provider)) await chooseModel(shell, name, test.models);
}

async function pickProvider(choices: readonly ProviderChoice[]): Promise<ProviderChoice | undefined> {
  const items = choices.map(
    (provider): ProviderItem => ({
      label: provider.label,
      description: provider.isLocal ? vscode.l10n.t('on this machine') : (provider.defaultBaseURL ?? ''),
      provider,
    }),
  );
  const title = vscode.l10n.t('Add Account');
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: vscode.l10n.t('Whose account is it?'),
    matchOnDescription: true,
  });
  return picked?.provider;
}

function askForName(title: string, provider: ProviderChoice, taken: readonly string[]): Thenable<string | undefined> {
  return vscode.window
    .showInputBox({
      title,
      prompt: vscode.l10n.t('Name of the account. It is shown beside everything that the account does.'),
      value: suggestName(provider.id, taken),
      ignoreFocusOut: true,
      validateInput: (value) => {
        switch (accountNameProblem(value.trim(), taken)) {
          case 'empty':
          case 'characters':
            return vscode.l10n.t("Use 1 to 64 letters, digits, '-', '_' or '.'.");
          case 'taken':
            return vscode.l10n.t('There is already an account with this name.');
          case null:
            return null;
        }
      },
    })
    .then((value) => value?.trim());
}

/** Only where it has to be known: a server of one's own, or one on this machine. Null: the usual one; undefined: escaped. */
async function askForBaseURL(title: string, provider: ProviderChoice): Promise<string | null | undefined> {
  if (!hasOwnServer(provider)) return null;
  const value = await vscode.window.showInputBox({
    title,
    prompt: vscode.l10n.t('Base URL of the server, such as https://models.example.com/v1'),
    value: provider.defaultBaseURL ?? '',
    ignoreFocusOut: true,
    validateInput: (text) => validateBaseURL(text.trim()),
  });
  if (value === undefined) return undefined;
  return value.trim() === provider.defaultBaseURL ? null : value.trim();
}

/** Whether its models are whatever somebody has installed there. */
function hasOwnServer(provider: ProviderChoice): boolean {
  return provider.id !== 'offline' && (provider.isLocal || provider.defaultBaseURL === null);
}

/** A server of one's own has no models that we could know: one of those it offers has to be named. */
async function chooseModel(shell: Shell, name: string, models: readonly string[]): Promise<void> {
  const placeHolder = vscode.l10n.t('Which model shall {0} use?', name);
  const model = models.length === 1 ? models[0] : await vscode.window.showQuickPick(models, { placeHolder });
  if (model !== undefined) await shell.accounts.setModel(name, model);
}
