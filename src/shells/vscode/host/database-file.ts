import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

/** What `ensemble.databasePath` says; null: nothing. */
function configuredPath(): string | null {
  const value = vscode.workspace.getConfiguration('ensemble').get<unknown>('databasePath');
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** The database of this user: the file that is configured, if its path is absolute, else one in the extension's own folder. */
export function databaseFile(context: Pick<vscode.ExtensionContext, 'globalStorageUri'>): string {
  const configured = configuredPath();
  if (configured !== null && path.isAbsolute(configured)) return configured;
  return path.join(context.globalStorageUri.fsPath, 'ensemble.db');
}

/** What is wrong with the configured path; null: nothing. */
export function databasePathProblem(): string | null {
  const configured = configuredPath();
  if (configured === null || path.isAbsolute(configured)) return null;
  return vscode.l10n.t('databasePath: {0} is not absolute, so the usual file is used.', configured);
}

/** Whether there is a database. The editor's own file system would ask its window, which is slow while it draws a view. */
export function databaseExists(context: Pick<vscode.ExtensionContext, 'globalStorageUri'>): Promise<boolean> {
  return stat(databaseFile(context)).then(
    () => true,
    () => false,
  );
}
