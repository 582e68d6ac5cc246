import * as vscode from 'vscode';

/** The row that stands where the content of a view could not be read; a click tries again by the command `retry`. */
export function errorItem(id: string, message: string, retry: string): vscode.TreeItem {
  const item = new vscode.TreeItem(message, vscode.TreeItemCollapsibleState.None);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground'));
  item.tooltip = message;
  item.command = { command: retry, title: vscode.l10n.t('Try Again') };
  return item;
}
