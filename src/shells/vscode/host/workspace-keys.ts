import * as vscode from 'vscode';

/** Settings of a folder are read up to this size, bytes. */
const MOST_BYTES = 1_000_000;

/**
 * The editor ignores accounts in the settings of a workspace, but a key that somebody put there still lies open to
 * everyone who has the repository. One sentence per file that has one.
 */
export async function keysInWorkspaceSettings(): Promise<readonly string[]> {
  const { workspaceFile, workspaceFolders = [] } = vscode.workspace;
  const files = [
    ...workspaceFolders.map(({ uri }) => vscode.Uri.joinPath(uri, '.vscode', 'settings.json')),
    ...(workspaceFile && workspaceFile.scheme !== 'untitled' ? [workspaceFile] : []),
  ];
  const found = await Promise.all(files.map(keepsKey));
  return files
    .filter((_, index) => found[index])
    .map((file) =>
      vscode.l10n.t(
        'ensemble.accounts in {0} holds a key and is ignored. Remove it, revoke it if others could read the file, and run "Ensemble: Add Account...".',
        vscode.workspace.asRelativePath(file),
      ),
    );
}

async function keepsKey(file: vscode.Uri): Promise<boolean> {
  try {
    const { size } = await vscode.workspace.fs.stat(file);
    if (size > MOST_BYTES) return false;
    const bytes = await vscode.workspace.fs.readFile(file);
    const { textKeepsKey } = await import('../../../compose.ts');
    return textKeepsKey(new TextDecoder().decode(bytes));
  } catch {
    // Most folders have no settings of their own.
    return false;
  }
}
