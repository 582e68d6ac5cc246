import path from 'node:path';
import * as vscode from 'vscode';
import type { EnsembleOverrides } from '../../../compose.ts';
import { EnsembleError } from '../../../core/errors.ts';
import { databaseFile } from './database-file.ts';

/** What of the editor decides where the database lies. */
export type DatabasePlace = Pick<vscode.ExtensionContext, 'globalStorageUri' | 'extensionUri'>;

/** Where the history is kept; its folder is made. Rejects `storage-failed` where that cannot be. */
export async function databaseOf(context: DatabasePlace): Promise<Pick<EnsembleOverrides, 'databaseFile'>> {
  const file = databaseFile(context);
  const folder = path.dirname(file);
  try {
    await vscode.workspace.fs.createDirectory(vscode.Uri.file(folder));
  } catch (cause) {
    throw new EnsembleError('storage-failed', vscode.l10n.t('The folder of the database cannot be made: {0}', folder), {
      hint: vscode.l10n.t('Check the setting ensemble.databasePath.'),
      cause,
    });
  }
  return { databaseFile: file };
}
