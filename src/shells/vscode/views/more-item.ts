import * as vscode from 'vscode';

/** The row of a tree that shows the next page: `command` gets the row's id, `left` says how many rows there are still. */
export function moreItem(id: string, left: number, { command, title }: vscode.Command): vscode.TreeItem {
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.None);
  item.id = id;
  item.description = vscode.l10n.t('{0} more', left);
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command, title, arguments: [id] };
  return item;
}
