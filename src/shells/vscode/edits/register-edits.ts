import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';
import { EDIT_SCHEME } from './edit-path.ts';
import { registerEditLenses } from './register-edit-lenses.ts';

const refuse = (uri: vscode.Uri): never => {
  throw vscode.FileSystemError.NoPermissions(uri);
};

/** Registers what leads to proposals, and the read-only file system of their texts, made of the stored result when read. */
export function registerEdits(shell: Lazy<Shell>, { proposals }: Outlets): vscode.Disposable {
  const read = async (uri: vscode.Uri) => (await shell()).proposals.read(uri);
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: proposals.event,
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => ({
      type: vscode.FileType.File,
      ctime: 0,
      // Only the person changes what is proposed, by taking a version.
      mtime: (await shell()).proposals.changedAt(uri),
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
  const options = { isReadonly: true, isCaseSensitive: true };
  return vscode.Disposable.from(
    vscode.workspace.registerFileSystemProvider(EDIT_SCHEME, provider, options),
    registerEditLenses(shell),
  );
}
