import type * as vscode from 'vscode';

/** Rows of a view, each known by its element's text. */
export interface Tree {
  /** Null: the topmost rows. */
  children(element: string | null): vscode.ProviderResult<string[]>;
  item(element: string): vscode.TreeItem | Promise<vscode.TreeItem>;
  parent(element: string): vscode.ProviderResult<string>;
}

/** What a view asks for its rows; `tree` is loaded when the view is first shown. */
export function treeData(
  tree: () => Promise<Tree>,
  changed: vscode.Event<string[] | undefined>,
): vscode.TreeDataProvider<string> {
  return {
    onDidChangeTreeData: changed,
    getChildren: async (element) => (await tree()).children(element ?? null),
    getTreeItem: async (element) => (await tree()).item(element),
    getParent: async (element) => (await tree()).parent(element),
  };
}
