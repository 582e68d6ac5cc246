import * as vscode from 'vscode';
import type { Ensemble } from '../../../core/ensemble.ts';
import type { EditorWorkspace } from '../host/editor-workspace.ts';
import type { HistorySurface } from './history-surface.ts';

/** Lets the history follow folders on this machine that were renamed or moved, and says so. */
export async function followFolders(
  surface: Pick<HistorySurface, 'history'>,
  ensemble: Ensemble,
  workspace: EditorWorkspace,
): Promise<void> {
  const isLocal = (vscode.workspace.workspaceFolders ?? []).every(({ uri }) => uri.scheme === 'file');
  if (!isLocal) return;
  const { followFolder } = await import('../../../compose.ts');
  const moved: string[] = [];
  for (const folder of workspace.roots) moved.push(...(await followFolder(ensemble, folder)));
  if (moved.length === 0) return;
  surface.history.refresh();
  const { told } = await import('./attached-notice.ts');
  told(surface.history, ensemble, moved);
}
