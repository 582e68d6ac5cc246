import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';

const DRAG_TYPES = ['application/vnd.code.tree.ensemble.prompts'];

/** Registers the Prompt Library view; its content is loaded when the view is first shown. */
export function registerPromptsView(shell: Lazy<Shell>, { prompts, promptsLook }: Outlets): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.prompts', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: prompts.event,
      getChildren: async (element) => (await shell()).promptsTree.children(element ?? null),
      getTreeItem: async (element) => (await shell()).promptsTree.item(element),
      getParent: async (element) => (await shell()).promptsTree.parent(element),
    },
    dragAndDropController: {
      dragMimeTypes: DRAG_TYPES,
      dropMimeTypes: DRAG_TYPES,
      handleDrag: async (elements, data) => (await shell()).promptsTree.drag(elements, data),
      handleDrop: async (target, data) => {
        const parts = await shell();
        await parts.promptsTree.drop(target, data).catch((error: unknown) => parts.report(error));
      },
    },
  });
  return vscode.Disposable.from(
    view,
    promptsLook.event((look) => Object.assign(view, look)),
  );
}
