import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import { treeData } from '../host/tree-data.ts';
import type { Shell } from '../shell.ts';

const DRAG_TYPES = ['application/vnd.code.tree.ensemble.prompts'];
/** Prompts of the view, and files of the explorer or of the system. */
const DROP_TYPES = [...DRAG_TYPES, 'text/uri-list'];

/** Registers the Prompt Library view; its content is loaded when the view is first shown. */
export function registerPromptsView(shell: Lazy<Shell>, { prompts, promptsLook }: Outlets): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.prompts', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: treeData(async () => (await shell()).promptsTree, prompts.event),
    dragAndDropController: {
      dragMimeTypes: DRAG_TYPES,
      dropMimeTypes: DROP_TYPES,
      handleDrag: async (elements, data) => (await shell()).promptsTree.drag(elements, data),
      handleDrop: async (target, data) => {
        const parts = await shell();
        const { dropped } = await import('./drop-on-prompts.ts');
        await dropped(parts, target, data).catch((error: unknown) => parts.report(error));
      },
    },
  });
  return vscode.Disposable.from(
    view,
    view.onDidChangeSelection(async ({ selection }) => {
      (await shell()).promptsTree.selection = selection;
    }),
    promptsLook.event((look) => Object.assign(view, look)),
  );
}
