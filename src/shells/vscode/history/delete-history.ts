import * as vscode from 'vscode';
import type { Ensemble } from '../../../core/ensemble.ts';
import { clearHistory } from '../../../core/history/clear-history.ts';
import type { DeletionCount, DeletionQuery } from '../../../core/history/history.ts';
import { signalOf } from '../host/cancellation.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';

const DAY_MS = 86_400_000;

/** Deletes what is older than an age that is picked, of this workspace or of all, after a question that says how much that is. */
export async function deleteHistory(shell: Shell): Promise<void> {
  const query = await askWhich(shell);
  if (!query) return;
  const ensemble = await shell.session.open();
  const count = await ensemble.history.deletable(query);
  if (count.runs + count.conversations + count.documents === 0) {
    return notify({ level: 'info', text: vscode.l10n.t('There is nothing that old.'), buttons: [] });
  }
  const keepDocuments = count.documents > 0 ? await askForDocuments(count) : false;
  if (keepDocuments === undefined) return;
  const backUp = await confirm(count, keepDocuments);
  if (backUp === undefined) return;
  const { deleted, freedBytes } = await work(ensemble, { ...query, keepDocuments, backUp });
  shell.history.refresh();
  shell.documents.refresh();
  await shell.agents.refresh();
  const room = (freedBytes / 1024 / 1024).toFixed(1);
  const text =
    deleted === 1
      ? vscode.l10n.t('1 run was deleted; the database is {0} MB smaller.', room)
      : vscode.l10n.t('{0} runs were deleted; the database is {1} MB smaller.', deleted, room);
  if (!backUp) return void vscode.window.setStatusBarMessage(`$(check) ${text}`, 5000);
  const restore = {
    label: vscode.l10n.t('Restore Backup...'),
    run: () => vscode.commands.executeCommand('ensemble.restoreBackup'),
  };
  notify({ level: 'info', text, buttons: [restore] });
}

async function askWhich(shell: Shell): Promise<DeletionQuery | undefined> {
  const title = vscode.l10n.t('Delete History');
  const ages = [
    { label: vscode.l10n.t('Older than 7 days'), days: 7 },
    { label: vscode.l10n.t('Older than 30 days'), days: 30 },
    { label: vscode.l10n.t('Older than 90 days'), days: 90 },
    { label: vscode.l10n.t('Older than a year'), days: 365 },
    { label: vscode.l10n.t('All of it'), days: 0 },
  ];
  const age = await vscode.window.showQuickPick(ages, {
    title,
    placeHolder: vscode.l10n.t('Which part of the history shall be deleted?'),
  });
  if (!age) return undefined;
  const scopes = [
    { label: vscode.l10n.t('Of this workspace'), filter: { workspace: shell.workspace.roots } },
    { label: vscode.l10n.t('Of all workspaces'), filter: {} },
  ];
  const scope = await vscode.window.showQuickPick(scopes, { title, placeHolder: age.label });
  return scope && { ...scope.filter, before: new Date(Date.now() - age.days * DAY_MS).toISOString() };
}

async function askForDocuments({ documents }: DeletionCount): Promise<boolean | undefined> {
  const items = [
    { label: vscode.l10n.t('Keep the documents'), keep: true },
    { label: vscode.l10n.t('Delete them too'), keep: false },
  ];
  const placeHolder =
    documents === 1
      ? vscode.l10n.t('1 document was made by these runs.')
      : vscode.l10n.t('{0} documents were made by these runs.', documents);
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Delete History'), placeHolder }))?.keep;
}

/** Whether a backup is made first; undefined: nothing shall be deleted. */
async function confirm(count: DeletionCount, keepDocuments: boolean): Promise<boolean | undefined> {
  const withBackup = vscode.l10n.t('Back Up and Delete');
  const remove = vscode.l10n.t('Delete');
  const question =
    count.runs === 1
      ? vscode.l10n.t('Delete 1 run of the history?')
      : vscode.l10n.t('Delete {0} runs of the history?', count.runs);
  const parts = [
    count.conversations === 1
      ? vscode.l10n.t('1 conversation')
      : vscode.l10n.t('{0} conversations', count.conversations),
    ...(keepDocuments || count.documents === 0
      ? []
      : [count.documents === 1 ? vscode.l10n.t('1 document') : vscode.l10n.t('{0} documents', count.documents)]),
    vscode.l10n.t('all findings'),
  ].join(', ');
  const detail = vscode.l10n.t(
    'Deleted with that: {0}. Only a backup brings it back. The record of what was spent stays.',
    parts,
  );
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, withBackup, remove);
  return answer === undefined ? undefined : answer === withBackup;
}

function work(
  ensemble: Ensemble,
  query: DeletionQuery & { readonly keepDocuments: boolean; readonly backUp: boolean },
): Promise<{ readonly deleted: number; readonly freedBytes: number }> {
  const title = vscode.l10n.t('Deleting history');
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, (bar, token) =>
      clearHistory(ensemble, query, {
        signal: signalOf(token),
        onDeleted: (runs) => bar.report({ message: vscode.l10n.t('{0} runs', runs) }),
      }),
    ),
  );
}
