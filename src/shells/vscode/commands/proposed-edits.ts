import * as vscode from 'vscode';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { mayPropose } from '../views/agent-views.ts';
import { runIdOf, runOf } from './runs.ts';

/** Shows what a run proposes: the one of a tree element or result document, else the one that is picked. */
export async function showProposedEdits(shell: Shell, argument: unknown): Promise<void> {
  const run = await runOf(shell, argument, mayPropose, {
    none: vscode.l10n.t('No run has proposed changes yet.'),
    pick: vscode.l10n.t('Whose proposed changes shall be shown?'),
  });
  if (run) await shell.edits.show(run.runId);
}

/** Applies the proposal that is shown. */
export async function applyProposedEdits(shell: Shell, argument: unknown, preview: boolean): Promise<void> {
  const runId = shownRun(shell, argument);
  if (runId !== null) await shell.edits.apply(runId, preview);
}

/** Puts the proposal that is shown away. */
export async function discardProposedEdits(shell: Shell, argument: unknown): Promise<void> {
  const runId = shownRun(shell, argument);
  if (runId !== null) await shell.edits.discard(runId);
}

function shownRun(shell: Shell, argument: unknown): string | null {
  const runId = runIdOf(argument) ?? shell.edits.activeRun();
  if (runId === null) {
    const show = { label: vscode.l10n.t('Show Proposed Changes...'), run: () => showAny() };
    notify({ level: 'info', text: vscode.l10n.t('No proposed changes are shown.'), buttons: [show] });
  }
  return runId;
}

function showAny(): Thenable<unknown> {
  return vscode.commands.executeCommand('ensemble.showProposedEdits');
}
