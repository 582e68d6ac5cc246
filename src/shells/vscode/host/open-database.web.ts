import * as vscode from 'vscode';
import type { BrowserPlace } from '../../../compose.web.ts';

/** Where the history is kept: in files of the folder that the browser keeps for this extension. */
export async function databaseOf(
  context: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'extensionUri'>,
): Promise<{ readonly browser: BrowserPlace }> {
  const folder = context.globalStorageUri;
  await vscode.workspace.fs.createDirectory(folder);
  const wasm = await vscode.workspace.fs.readFile(
    vscode.Uri.joinPath(context.extensionUri, 'dist', 'sql-wasm-debug.wasm'),
  );
  const at = (name: string) => vscode.Uri.joinPath(folder, name);
  const files = {
    location: folder.toString(),
    read: async (name: string) => {
      try {
        return await vscode.workspace.fs.readFile(at(name));
      } catch (error) {
        if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return null;
        throw error;
      }
    },
    write: async (name: string, bytes: Uint8Array) => vscode.workspace.fs.writeFile(at(name), bytes),
  };
  return { browser: { files, wasm } };
}
