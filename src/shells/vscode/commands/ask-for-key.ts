import * as vscode from 'vscode';

/** Asks for a key in a password box. Undefined: escaped; null: left empty where the provider needs none. */
export async function askForKey(title: string, account: string, required: boolean): Promise<string | null | undefined> {
  const value = await vscode.window.showInputBox({
    title,
    password: true,
    ignoreFocusOut: true,
    prompt: required
      ? vscode.l10n.t("Key of {0}. It is kept in the editor's secret storage and sent only to the provider.", account)
      : vscode.l10n.t('Key of {0}. Leave it empty if the server needs none.', account),
    validateInput: (text) => {
      if (text.trim() === '') return required ? vscode.l10n.t('Enter the key.') : null;
      return /\s/.test(text.trim()) ? vscode.l10n.t('A key has no spaces or line breaks in it.') : null;
    },
  });
  return value === undefined ? undefined : value.trim() || null;
}
