import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';

const SCHEME = 'ensemble-document';

const refuse = (uri: vscode.Uri): never => {
  throw vscode.FileSystemError.NoPermissions(uri);
};

/** Registers the Documents view and the file system of what it opens; both load their code on first use. */
export function registerDocuments(
  shell: Lazy<Shell>,
  { documents, documentsLook, documentLenses }: Outlets,
): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.documents', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: {
      onDidChangeTreeData: documents.event,
      getChildren: async (element) => (await shell()).documents.children(element ?? null),
      getTreeItem: async (element) => (await shell()).documents.item(element),
      getParent: async (element) => (await shell()).documents.parent(element),
    },
    dragAndDropController: {
      dragMimeTypes: ['text/uri-list'],
      dropMimeTypes: [],
      handleDrag: async (elements, data) => (await shell()).documents.drag(elements, data),
    },
  });
  const files: vscode.FileSystemProvider = {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => (await shell()).documentFiles.stat(uri),
    readFile: async (uri) => (await shell()).documentFiles.read(uri),
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  return vscode.Disposable.from(
    view,
    view.onDidChangeSelection(async ({ selection }) => {
      (await shell()).documents.selection = selection;
    }),
    documentsLook.event((look) => Object.assign(view, look)),
    vscode.workspace.registerFileSystemProvider(SCHEME, files, { isReadonly: true, isCaseSensitive: true }),
    vscode.languages.registerCodeLensProvider(
      { scheme: SCHEME },
      {
        onDidChangeCodeLenses: documentLenses.event,
        provideCodeLenses: async (document) =>
          (await import('./document-lenses.ts')).documentLenses(document, await shell()),
      },
    ),
  );
}
