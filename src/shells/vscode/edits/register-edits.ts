import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Shell } from '../shell.ts';
import { EDIT_SCHEME } from './edit-path.ts';

const refuse = (uri: vscode.Uri): never => {
  throw vscode.FileSystemError.NoPermissions(uri);
};

/** Registers the read-only file system of proposed texts; each is made of the stored result when it is read. */
export function registerEdits(shell: Lazy<Shell>): vscode.Disposable {
  const read = async (uri: vscode.Uri) => (await shell()).proposals.read(uri);
  const provider: vscode.FileSystemProvider = {
    // What is proposed never changes.
    onDidChangeFile: () => new vscode.Disposable(() => {}),
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => ({
      type: vscode.FileType.File,
      ctime: 0,
      mtime: 0,
      size: (await read(uri)).byteLength,
      permissions: vscode.FilePermission.Readonly,
    }),
    readFile: read,
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  return vscode.workspace.registerFileSystemProvider(EDIT_SCHEME, provider, {
    isReadonly: true,
    isCaseSensitive: true,
  });
}
