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
  const text = vscode.l10n.t('The history of {0} is shown with that of this folder.', paths.map(folderName).join(', '));
  notify({ level: 'info', text, buttons: [undo] });
}

/** The last part of a workspace's path. */
export function folderName(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? vscode.l10n.t('no folder');
}
