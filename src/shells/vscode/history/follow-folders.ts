import * as vscode from 'vscode';
import type { Ensemble } from '../../../core/ensemble.ts';
import type { EditorWorkspace } from '../host/editor-workspace.ts';
import type { Session } from '../host/session.ts';
import type { HistorySurface } from './history-surface.ts';

/** Lists what belongs to the folders that are open whenever that changes without a new window. */
export function onFoldersChanged(
  surface: Pick<HistorySurface, 'history' | 'documents'>,
  session: Session,
  workspace: EditorWorkspace,
): vscode.Disposable {
  return vscode.workspace.onDidChangeWorkspaceFolders(() => {
    surface.history.refresh();
    surface.documents.refresh();
    if (session.opened) void followFolders(surface, session.opened, workspace);
  });
}

/**
 * Lets the history follow folders on this machine that were renamed or moved, and workspaces of several folders whose file was, or
 * that were saved for the first time; and says so.
 */
export async function followFolders(
  surface: Pick<HistorySurface, 'history'>,
  ensemble: Ensemble,
  workspace: EditorWorkspace,
): Promise<void> {
  const open = vscode.workspace.workspaceFolders ?? [];
  if (!open.every(({ uri }) => uri.scheme === 'file')) return;
  const { followFolder, followWorkspaceFile } = await import('../../../compose.ts');
  const folders = open.map(({ uri }) => uri.fsPath);
  const moved: string[] = [];
  for (const folder of folders) moved.push(...(await followFolder(ensemble, folder)));
  if (open.length > 1) moved.push(...(await followWorkspaceFile(ensemble, workspace.root, folders)));
  if (moved.length === 0) return;
  surface.history.refresh();
  const { told } = await import('./attached-notice.ts');
  told(surface.history, ensemble, moved);
}
