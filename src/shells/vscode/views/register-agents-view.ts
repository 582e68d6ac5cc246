import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';

/** Registers the Agents view; its content is loaded when the view is first shown. */
export function registerAgentsView(shell: Lazy<Shell>, { agents }: Outlets): vscode.Disposable {
  return vscode.window.createTreeView<string>('ensemble.agents', {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: agents.event,
      getChildren: async (element) => (await shell()).agents.children(element ?? null),
      getTreeItem: async (element) => (await shell()).agents.item(element),
      getParent: async (element) => (await shell()).agents.parent(element),
    },
  });
}
