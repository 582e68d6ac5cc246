import * as vscode from 'vscode';
import { reasonText } from '../../../core/review/report.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';

/** Lets dismissed findings show again: the one that a code lens names, else those that are picked. */
export async function restoreDismissedFindings(shell: Shell, argument: unknown): Promise<void> {
  const workspace = shell.workspace.root;
  if (typeof argument === 'string') return restore(shell, workspace, [argument]);
  const decisions = await shell.findings.decisions(null, workspace);
  const items = decisions
    .filter(({ decision }) => decision === 'dismissed')
    .map(({ title, file, reason, note, fingerprint, at }) => ({
      label: title,
      description: file,
      detail: `${reasonText({ reason: reason ?? 'other', note })}, ${new Date(at).toLocaleString(vscode.env.language)}`,
      fingerprint,
    }));
  if (items.length === 0) {
    return notify({
      level: 'info',
      text: vscode.l10n.t('No finding of this workspace has been dismissed.'),
      buttons: [],
    });
  }
  const picked = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDescription: true,
    placeHolder: vscode.l10n.t('Which findings shall show again?'),
  });
  if (picked && picked.length > 0) {
    await restore(
      shell,
      workspace,
      picked.map(({ fingerprint }) => fingerprint),
    );
  }
}

async function restore(shell: Shell, workspace: string, fingerprints: readonly string[]): Promise<void> {
  await shell.findings.forget(workspace, fingerprints);
  const text =
    fingerprints.length === 1
      ? vscode.l10n.t('The finding shows again in the next review.')
      : vscode.l10n.t('{0} findings show again in the next review.', fingerprints.length);
  notify({ level: 'info', text, buttons: [] });
}
