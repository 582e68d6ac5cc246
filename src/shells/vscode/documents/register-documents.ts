import * as vscode from 'vscode';
import { composedFiles, registerComposedFiles } from '../host/composed-files.ts';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import { treeData } from '../host/tree-data.ts';
import type { Shell } from '../shell.ts';

const SCHEME = 'ensemble-document';

/** Registers the Documents view and the file system of what it opens; both load their code on first use. */
export function registerDocuments(
  shell: Lazy<Shell>,
  { documents, documentsLook, documentLenses }: Outlets,
): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.documents', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: treeData(async () => (await shell()).documents, documents.event),
    dragAndDropController: {
      dragMimeTypes: ['text/uri-list'],
      dropMimeTypes: [],
      handleDrag: async (elements, data) => (await shell()).documents.drag(elements, data),
    },
  });
  const files = composedFiles(async (uri) => (await shell()).documentFiles.compose(uri));
  return vscode.Disposable.from(
    view,
    view.onDidChangeSelection(async ({ selection }) => {
      (await shell()).documents.selection = selection;
    }),
    documentsLook.event((look) => Object.assign(view, look)),
    registerComposedFiles(SCHEME, files),
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
