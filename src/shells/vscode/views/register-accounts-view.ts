import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import { treeData } from '../host/tree-data.ts';
import type { Shell } from '../shell.ts';

/** Registers the Accounts view; its content is loaded when the view is first shown. */
export function registerAccountsView(shell: Lazy<Shell>, { accounts, waiting }: Outlets): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.accounts', {
    treeDataProvider: treeData(async () => (await shell()).accountsView, accounts.event),
  });
  const tell = async (visible: boolean) => {
    const parts = visible ? await shell() : await shell.started();
    parts?.accountsView.setVisible(visible);
  };
  if (view.visible) void tell(true);
  return vscode.Disposable.from(
    view,
    view.onDidChangeVisibility(({ visible }) => tell(visible)),
    waiting.event((value) => {
      view.badge = value === 0 ? undefined : { value, tooltip: waitingText(value) };
    }),
  );
}

function waitingText(count: number): string {
  return count === 1 ? vscode.l10n.t('1 account waits for you') : vscode.l10n.t('{0} accounts wait for you', count);
}
