import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';

const refuse = (uri: vscode.Uri): never => {
  throw vscode.FileSystemError.NoPermissions(uri);
};

/** Registers the History view and the file system of what it opens; both load their code on first use. */
export function registerHistory(shell: Lazy<Shell>, { history, historyLook }: Outlets): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.history', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: history.event,
      getChildren: async (element) => (await shell()).history.children(element ?? null),
      getTreeItem: async (element) => (await shell()).history.item(element),
      getParent: async (element) => (await shell()).history.parent(element),
    },
  });
  const files: vscode.FileSystemProvider = {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => (await shell()).historyFiles.stat(uri),
    readFile: async (uri) => (await shell()).historyFiles.read(uri),
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  return vscode.Disposable.from(
    view,
    vscode.languages.registerCodeLensProvider(
      { scheme: 'ensemble-history' },
      {
        provideCodeLenses: async (document) =>
          (await import('./history-lenses.ts')).historyLenses(document, await shell()),
      },
    ),
    historyLook.event((look) => Object.assign(view, look)),
    vscode.workspace.registerFileSystemProvider('ensemble-history', files, { isReadonly: true, isCaseSensitive: true }),
  );
}
