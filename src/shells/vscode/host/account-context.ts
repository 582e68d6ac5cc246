import * as vscode from 'vscode';

/** Keeps the context key `ensemble.hasAccounts`, by which welcome texts and menus choose, true to the settings. */
export function followAccounts(): vscode.Disposable {
  const update = () => {
    const accounts = vscode.workspace.getConfiguration('ensemble').get<unknown>('accounts');
    const some = Array.isArray(accounts) && accounts.length > 0;
    void vscode.commands.executeCommand('setContext', 'ensemble.hasAccounts', some);
  };
  update();
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('ensemble.accounts')) update();
  });
}
