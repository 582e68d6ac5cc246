import * as vscode from 'vscode';
import { type Period, performanceUri, periodTitle } from '../results/performance-files.ts';
import type { Shell } from '../shell.ts';
import { runInFront } from './results.ts';

interface Choice extends vscode.QuickPickItem {
  readonly uri: vscode.Uri;
}

const PERIODS: readonly Period[] = [30, 7, 1, 0];

/** Opens a performance report: of a period that is asked for, or of the run that a menu or a result stands for. */
export async function showPerformanceReport(shell: Shell, argument: unknown): Promise<void> {
  if (typeof argument === 'string') {
    await show(shell, await uriOfRun(shell, argument));
    return;
  }
  const inFront = runInFront(undefined);
  const ofRun = inFront === null ? [] : [await choiceOfRun(shell, inFront)];
  const choices: Choice[] = [
    ...ofRun,
    ...PERIODS.map((period) => ({ label: periodTitle(period), uri: performanceUri(period) })),
  ];
  const picked = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Performance Report'),
    placeHolder: vscode.l10n.t('What should the report be about?'),
  });
  if (picked) await show(shell, picked.uri);
}

async function choiceOfRun(shell: Shell, runId: string): Promise<Choice> {
  const { record } = await (await shell.session.open()).runs.get(runId);
  return {
    label: vscode.l10n.t('This Run'),
    description: record.title,
    uri: performanceUri({ runId, title: record.title }),
  };
}

async function uriOfRun(shell: Shell, runId: string): Promise<vscode.Uri> {
  const { record } = await (await shell.session.open()).runs.get(runId);
  return performanceUri({ runId, title: record.title });
}

async function show(shell: Shell, uri: vscode.Uri): Promise<void> {
  const progress = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Adding up what the agents did...'),
  };
  await vscode.window.withProgress(progress, () => shell.results.openWide(uri));
}
