import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';
import { RESULT_SCHEME } from './result-path.ts';

const refuse = (uri: vscode.Uri): never => {
  throw vscode.FileSystemError.NoPermissions(uri);
};

/** Registers the read-only file system of results; a document is composed from the database when it is read. */
export function registerResultFiles(shell: Lazy<Shell>, { results }: Outlets): vscode.Disposable {
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: results.event,
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => (await shell()).results.stat(uri),
    readFile: async (uri) => (await shell()).results.read(uri),
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  return vscode.workspace.registerFileSystemProvider(RESULT_SCHEME, provider, {
    isReadonly: true,
    isCaseSensitive: true,
  });
}
