import * as vscode from 'vscode';

/** The folder that the browser keeps for this extension; what is written there is read whole. */
export function databaseFile(context: Pick<vscode.ExtensionContext, 'globalStorageUri'>): string {
  return headOf(context).toString();
}

/** What is wrong with the configured path; null: nothing. */
export function databasePathProblem(): string | null {
  const configured = vscode.workspace.getConfiguration('ensemble').get<unknown>('databasePath');
  if (typeof configured !== 'string' || configured.trim() === '') return null;
  return vscode.l10n.t('databasePath: VS Code for the Web keeps the history in the browser.');
}

/** Whether there is a database. */
export async function databaseExists(context: Pick<vscode.ExtensionContext, 'globalStorageUri'>): Promise<boolean> {
  return vscode.workspace.fs.stat(headOf(context)).then(
    () => true,
    () => false,
  );
}

/** What lies there when there is a database. */
function headOf(context: Pick<vscode.ExtensionContext, 'globalStorageUri'>): vscode.Uri {
  return vscode.Uri.joinPath(context.globalStorageUri, 'ensemble.head');
}
