import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';

/** Registers the Agents view; its content is loaded when the view is first shown. */
export function registerAgentsView(shell: Lazy<Shell>, { agents, revealed }: Outlets): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.agents', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: agents.event,
      getChildren: async (element) => {
        const tree = (await shell()).agents;
        const children = await tree.children(element ?? null);
        if (element === undefined) view.badge = badgeOf(tree.stopped());
        return children;
      },
      getTreeItem: async (element) => (await shell()).agents.item(element),
      getParent: async (element) => (await shell()).agents.parent(element),
    },
  });
  const reveal = revealed.event(async (runId) => {
    const element = (await shell()).agents.elementOf(runId);
    await view.reveal(element, { select: true, focus: true, expand: true });
  });
  return vscode.Disposable.from(view, reveal);
}

/** What waits for the person: runs that stopped and can go on. */
function badgeOf(stopped: number): vscode.ViewBadge | undefined {
  if (stopped === 0) return undefined;
  const tooltip =
    stopped === 1
      ? vscode.l10n.t('1 stopped run can be resumed')
      : vscode.l10n.t('{0} stopped runs can be resumed', stopped);
  return { value: stopped, tooltip };
}
