import * as vscode from 'vscode';
import { composedFiles, registerComposedFiles } from '../host/composed-files.ts';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import { treeData } from '../host/tree-data.ts';
import type { Shell } from '../shell.ts';

const SCHEME = 'ensemble-history';

/** Registers the History view and the file system of what it opens; both load their code on first use. */
export function registerHistory(shell: Lazy<Shell>, { history, historyLook }: Outlets): vscode.Disposable {
  const view = vscode.window.createTreeView<string>('ensemble.history', {
    showCollapseAll: true,
    canSelectMany: true,
    treeDataProvider: treeData(async () => (await shell()).history, history.event),
  });
  const files = composedFiles(async (uri) => (await shell()).historyFiles.compose(uri));
  return vscode.Disposable.from(
    view,
    view.onDidChangeSelection(async ({ selection }) => {
      (await shell()).history.selection = selection;
    }),
    vscode.languages.registerCodeLensProvider(
      { scheme: SCHEME },
      {
        provideCodeLenses: async (document) =>
          (await import('./history-lenses.ts')).historyLenses(document, await shell()),
      },
    ),
    historyLook.event((look) => Object.assign(view, look)),
    registerComposedFiles(SCHEME, files),
  );
}
