import * as vscode from 'vscode';
import { runOfAddress } from '../edits/shown-proposals.ts';
import { notify } from '../host/report.ts';
import { RESULT_SCHEME, runIdOfResult } from '../results/result-path.ts';
import type { Shell } from '../shell.ts';
import { parseElement, type RunView } from '../views/agent-views.ts';

const RESUMABLE: ReadonlySet<string> = new Set(['interrupted', 'suspended', 'running']);

/** Stops a run of this window, resumable. */
export async function cancelRun(shell: Shell, argument: unknown): Promise<void> {
  const active = new Set(shell.session.opened?.runs.active() ?? []);
  const run = await runOf(shell, argument, (each) => active.has(each.runId), {
    none: vscode.l10n.t('No run is going on in this window.'),
    pick: vscode.l10n.t('Which run shall stop?'),
  });
  if (run) await (await shell.session.open()).cancel(run.runId, false);
}

/** Ends a stopped run for good: it keeps what it has and is no longer offered to be resumed. */
export async function endRun(shell: Shell, argument: unknown): Promise<void> {
  const run = await runOf(shell, argument, canGoOn(shell), {
    none: vscode.l10n.t('There is no stopped run to end.'),
    pick: vscode.l10n.t('Which run shall end here?'),
  });
  if (!run) return;
  await (await shell.session.open()).cancel(run.runId, true);
  await shell.agents.reload(run.runId);
  shell.history.refresh();
}

/** Takes a stopped run up where it was. */
export async function resumeRun(shell: Shell, argument: unknown): Promise<void> {
  const run = await runOf(shell, argument, canGoOn(shell), {
    none: vscode.l10n.t('There is no stopped run to resume.'),
    pick: vscode.l10n.t('Which run shall go on?'),
  });
  if (run) await shell.runs.resume(run.runId, vscode.l10n.t('Resumed: {0}', run.title));
}

/** Opens the result document of a run. */
export async function openResult(shell: Shell, argument: unknown): Promise<void> {
  const run = await runOf(shell, argument ?? shell.edits.activeRun(), () => true, {
    none: vscode.l10n.t('There is no result yet.'),
    pick: vscode.l10n.t('Which result shall be opened?'),
  });
  if (run) await shell.results.open(run.runId);
}

/** Picks stored runs that have not ended and do not go on in this window. */
function canGoOn(shell: Shell): (run: RunView) => boolean {
  const active = new Set(shell.session.opened?.runs.active() ?? []);
  return (run) => RESUMABLE.has(run.status) && !active.has(run.runId);
}

/** The run that an argument names, else the only one that fits, else the one that is picked. */
export async function runOf(
  shell: Shell,
  argument: unknown,
  fits: (run: RunView) => boolean,
  texts: { readonly none: string; readonly pick: string },
): Promise<Pick<RunView, 'runId' | 'title'> | undefined> {
  const runs = await shell.agents.runs();
  const runId = runIdOf(argument);
  if (runId !== null) return runs.find((run) => run.runId === runId) ?? { runId, title: runId };
  const candidates = runs.filter(fits);
  if (candidates.length === 0) {
    notify({ level: 'info', text: texts.none, buttons: [] });
    return undefined;
  }
  const items = candidates.map((run) => ({
    label: run.title,
    description: new Date(run.startedAt).toLocaleString(vscode.env.language),
    run,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: texts.pick }))?.run;
}

/** What menus and buttons name a run by: an element of the Agents view, or the address of one of its documents. */
export function runIdOf(argument: unknown): string | null {
  if (typeof argument === 'string') return parseElement(argument).runId;
  if (!(argument instanceof vscode.Uri)) return null;
  return argument.scheme === RESULT_SCHEME ? runIdOfResult(argument) : runOfAddress(argument);
}
