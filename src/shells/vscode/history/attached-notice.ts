import * as vscode from 'vscode';
import { type AttachParts, detachHistory } from '../../../core/history/attach-history.ts';
import { notify } from '../host/report.ts';

/** Says which folder's history is shown here from now on, with a button that undoes it. */
export function told(history: { refresh(): void }, ensemble: AttachParts, paths: readonly string[]): void {
  const undo = {
    label: vscode.l10n.t('Undo'),
    run: async () => {
      for (const path of paths) await detachHistory(ensemble, path);
      history.refresh();
    },
  };
  const names = [...new Set(paths.map(folderName))].join(', ');
  const text = vscode.l10n.t('The history of {0} is shown here too.', names);
  notify({ level: 'info', text, buttons: [undo] });
}

/** The last part of a workspace's path, as the editor shows it; one of several folders that was never saved has no name yet. */
export function folderName(path: string): string {
  if (path.startsWith('untitled:')) return vscode.l10n.t('Untitled Workspace');
  const file = /([^/\\]+)\.code-workspace$/.exec(path)?.[1];
  if (file !== undefined) return vscode.l10n.t('{0} (Workspace)', file);
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? vscode.l10n.t('no folder');
}
