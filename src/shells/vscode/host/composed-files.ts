import * as vscode from 'vscode';

/** The text of a document that is made whenever it is read, and since when it is as it is (ISO times). */
export interface ComposedText {
  readonly text: string;
  readonly createdAt: string;
  /** Default: `createdAt`. */
  readonly updatedAt?: string;
}

const refuse = (uri: vscode.Uri): never => {
  throw vscode.FileSystemError.NoPermissions(uri);
};

/**
 * A file system without folders that nothing can be written to: `compose` makes the text of an address. `changed`: default
 * never.
 */
export function composedFiles(
  compose: (uri: vscode.Uri) => Promise<ComposedText>,
  changed: vscode.Event<vscode.FileChangeEvent[]> = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
): vscode.FileSystemProvider {
  const encoder = new TextEncoder();
  return {
    onDidChangeFile: changed,
    watch: () => new vscode.Disposable(() => {}),
    stat: async (uri) => {
      const { text, createdAt, updatedAt = createdAt } = await compose(uri);
      return {
        type: vscode.FileType.File,
        ctime: Date.parse(createdAt),
        mtime: Date.parse(updatedAt),
        size: encoder.encode(text).byteLength,
        permissions: vscode.FilePermission.Readonly,
      };
    },
    readFile: async (uri) => encoder.encode((await compose(uri)).text),
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}

/** Registers {@link composedFiles} under a scheme. */
export function registerComposedFiles(scheme: string, files: vscode.FileSystemProvider): vscode.Disposable {
  return vscode.workspace.registerFileSystemProvider(scheme, files, { isReadonly: true, isCaseSensitive: true });
}
