import * as vscode from 'vscode';
import type { ProviderChoice } from '../../../compose.ts';
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
  await testAccount(shell, name);
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

/** Null: the provider's own; undefined: escaped. */
async function askForBaseURL(title: string, provider: ProviderChoice): Promise<string | null | undefined> {
  if (provider.id === 'offline') return null;
  const required = provider.defaultBaseURL === null;
  const value = await vscode.window.showInputBox({
    title,
    prompt: required
      ? vscode.l10n.t('Base URL of the server, such as https://models.example.com/v1')
      : vscode.l10n.t("Base URL. Leave it empty for the provider's own: {0}", provider.defaultBaseURL ?? ''),
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '' && !required) return null;
      return baseURLProblem(text.trim())
        ? vscode.l10n.t('Give an https:// address, or http:// on this machine.')
        : null;
    },
  });
  return value === undefined ? undefined : value.trim() || null;
}
