import * as vscode from 'vscode';
import { attachHistory, detachHistory } from '../../../core/history/attach-history.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { folderName, told } from './attached-notice.ts';

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
      label: folderName(path),
      description: countOf(runs),
      detail: path,
      path,
      on: true,
    })),
    ...attached.map(({ path, runs }) => ({
      label: vscode.l10n.t('$(close) No Longer Show {0}', folderName(path)),
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
  if (picked.on) told(shell.history, ensemble, [picked.path]);
}

function countOf(runs: number): string {
  return runs === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', runs);
}
