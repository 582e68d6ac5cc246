import path from 'node:path';
import * as vscode from 'vscode';

/** The database of this user: `ensemble.databasePath` where it is an absolute path, else a file in the extension's own folder. */
export function databaseFile(context: Pick<vscode.ExtensionContext, 'globalStorageUri'>): string {
  const configured = vscode.workspace.getConfiguration('ensemble').get<unknown>('databasePath');
  if (typeof configured === 'string' && path.isAbsolute(configured.trim())) return configured.trim();
  return path.join(context.globalStorageUri.fsPath, 'ensemble.db');
}
