import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';
import { PROMPT_SCHEME } from './prompt-uri.ts';

const refuse = (uri: vscode.Uri): never => {
  throw vscode.FileSystemError.NoPermissions(uri);
};

/** Registers prompts as documents: their file system, completion of variables, and what is wrong while one types. */
export function registerPromptFiles(shell: Lazy<Shell>, { promptFiles, promptViews }: Outlets): vscode.Disposable {
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: promptFiles.event,
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => (await shell()).promptFiles.stat(uri),
    readFile: async (uri) => (await shell()).promptFiles.read(uri),
    writeFile: async (uri, bytes) => (await shell()).promptFiles.write(uri, bytes),
    readDirectory: () => [],
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  const check = async (document: vscode.TextDocument) => {
    if (document.uri.scheme === PROMPT_SCHEME) (await shell()).promptDiagnostics.check(document);
  };
  return vscode.Disposable.from(
    vscode.workspace.registerFileSystemProvider(PROMPT_SCHEME, provider, { isCaseSensitive: true }),
    vscode.workspace.registerTextDocumentContentProvider('ensemble-prompt-view', {
      onDidChange: promptViews.event,
      provideTextDocumentContent: async (uri) => (await shell()).promptViews.text(uri),
    }),
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument(({ document }) => check(document)),
    vscode.workspace.onDidCloseTextDocument(async ({ uri }) => {
      if (uri.scheme === PROMPT_SCHEME) (await shell()).promptDiagnostics.forget(uri);
    }),
    vscode.languages.registerCompletionItemProvider(
      { scheme: PROMPT_SCHEME },
      {
        provideCompletionItems: async (document, position) =>
          (await import('./prompt-completion.ts')).completions(await shell(), document, position),
      },
      '{',
      '#',
      '>',
    ),
  );
}
