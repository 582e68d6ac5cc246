import * as vscode from 'vscode';
import type { Ensemble } from '../../../core/ensemble.ts';
import { attachHistory, detachHistory } from '../../../core/history/attach-history.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';

/** Shows the history of another folder, which may have been renamed, with that of the one that is open; or undoes that. */
export async function attachFolder(shell: Shell): Promise<void> {
  const ensemble = await shell.session.open();
  const { root } = shell.workspace;
  const known = (await ensemble.history.workspaces()).filter(({ path }) => path !== root);
  const others = known.filter(({ runs, attachedTo }) => runs > 0 && attachedTo !== root);
  const attached = known.filter(({ attachedTo }) => attachedTo === root);
  if (others.length + attached.length === 0) {
    return notify({ level: 'info', text: vscode.l10n.t('There is no history of another folder.'), buttons: [] });
  }
  const items = [
    ...others.map(({ path, runs }) => ({
      label: nameOf(path),
      description: countOf(runs),
      detail: path,
      path,
      on: true,
    })),
    ...attached.map(({ path, runs }) => ({
      label: vscode.l10n.t('$(close) No Longer Show {0}', nameOf(path)),
      ...{ description: countOf(runs), detail: path, path, on: false },
    })),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Attach History From Another Folder'),
    placeHolder: vscode.l10n.t('Whose history shall be shown here too? Nothing in it is changed.'),
    matchOnDetail: true,
  });
  if (!picked) return;
  if (picked.on) await attachHistory(ensemble, picked.path, root);
  else await detachHistory(ensemble, picked.path);
  shell.history.refresh();
  if (picked.on) told(shell, ensemble, [picked.path]);
}

/** Says which folder's history is shown here from now on, with a button that undoes it. */
export function told(shell: Pick<Shell, 'history'>, ensemble: Ensemble, paths: readonly string[]): void {
  const undo = {
    label: vscode.l10n.t('Undo'),
    run: async () => {
      for (const path of paths) await detachHistory(ensemble, path);
      shell.history.refresh();
    },
  };
  const text = vscode.l10n.t('The history of {0} is shown with that of this folder.', paths.map(nameOf).join(', '));
  notify({ level: 'info', text, buttons: [undo] });
}

function countOf(runs: number): string {
  return runs === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', runs);
}

function nameOf(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? vscode.l10n.t('no folder');
}
