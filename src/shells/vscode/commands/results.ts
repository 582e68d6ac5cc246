import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import { notify } from '../host/report.ts';
import { RESULT_SCHEME, runIdOfResult } from '../results/result-path.ts';
import type { Shell } from '../shell.ts';

/** Writes a result to a file: as Markdown, or as JSON where the name ends so. */
export async function saveResultAs(shell: Shell, argument: unknown): Promise<void> {
  const runId = runOf(argument);
  const { runs } = await shell.session.open();
  const { record } = await runs.get(runId);
  const name = (await shell.results.uriOf(runId)).path.split('/').at(-1) ?? 'Result.md';
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Save Result As'),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    filters: { Markdown: ['md'], JSON: ['json'] },
  });
  if (!target) return;
  const result = await runs.result(runId);
  const text = target.path.endsWith('.json')
    ? `${JSON.stringify(result, null, 2)}\n`
    : (result?.result ?? `# ${record.title}\n`);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  const open = { label: vscode.l10n.t('Open'), run: () => vscode.window.showTextDocument(target) };
  notify({ level: 'info', text: vscode.l10n.t('Result saved.'), buttons: [open] });
}

/** Shows a run in the Agents view. */
export async function showRunInAgents(shell: Shell, argument: unknown): Promise<void> {
  const runId = runOf(argument);
  await vscode.commands.executeCommand('ensemble.agents.focus');
  shell.revealRun(runId);
}

/** The run that an argument names, else that of the result document in front; null: neither. */
export function runInFront(argument: unknown): string | null {
  if (typeof argument === 'string' && argument !== '') return argument;
  const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === RESULT_SCHEME ? runIdOfResult(uri) : null;
}

function runOf(argument: unknown): string {
  const runId = runInFront(argument);
  if (runId !== null) return runId;
  throw new EnsembleError('invalid-input', vscode.l10n.t('No result is open.'), {
    hint: vscode.l10n.t('Open one from the Agents view first.'),
  });
}
