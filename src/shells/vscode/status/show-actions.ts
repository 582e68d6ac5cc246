import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import { elementId, type RunView } from '../views/agent-views.ts';

interface ActionItem extends vscode.QuickPickItem {
  readonly command?: string;
  readonly argument?: unknown;
}

/** Offers what one may want from the status bar: the runs that go on, and the places to look at. */
export async function showActions(shell: Shell): Promise<void> {
  const known = new Set(await vscode.commands.getCommands(true));
  const active = new Set(shell.session.opened?.runs.active() ?? []);
  const running = (await shell.agents.runs()).filter(({ runId }) => active.has(runId));
  const items = [
    ...questionItems(shell.questions.list().length),
    ...runItems(running),
    ...placeItems(),
    ...startItems(),
  ].filter(({ command }) => command === undefined || known.has(command));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Ensemble',
    placeHolder: vscode.l10n.t('What do you want to do?'),
    matchOnDescription: true,
  });
  if (picked?.command) await vscode.commands.executeCommand(picked.command, picked.argument);
}

function questionItems(count: number): ActionItem[] {
  if (count === 0) return [];
  const label = vscode.l10n.t('Answer Waiting Agents ({0})', count);
  return [separator(vscode.l10n.t('Waiting for You')), action('bell-dot', label, 'ensemble.answerAgents')];
}

function runItems(runs: readonly RunView[]): ActionItem[] {
  if (runs.length === 0) return [];
  return [
    separator(vscode.l10n.t('Running')),
    ...runs.map(
      (run): ActionItem => ({
        label: `$(debug-stop) ${vscode.l10n.t('Cancel: {0}', run.title)}`,
        description: vscode.l10n.t('{0} of {1} agents done', run.succeeded, run.taskCount),
        command: 'ensemble.cancelRun',
        argument: elementId(run.runId, null),
      }),
    ),
  ];
}

function placeItems(): ActionItem[] {
  return [
    separator(vscode.l10n.t('Look')),
    action('dashboard', vscode.l10n.t('Open Dashboard'), 'ensemble.openDashboard'),
    action('type-hierarchy', vscode.l10n.t('Show Agents'), 'ensemble.agents.focus'),
    action('key', vscode.l10n.t('Show Accounts'), 'ensemble.accounts.focus'),
    action('history', vscode.l10n.t('Show History'), 'ensemble.history.focus'),
    action('output', vscode.l10n.t('Show Log'), 'ensemble.showLog'),
    {
      ...action('gear', vscode.l10n.t('Open Settings'), 'workbench.action.openSettings'),
      argument: '@ext:ensemble.ensemble-agents',
    },
  ];
}

function startItems(): ActionItem[] {
  return [
    separator(vscode.l10n.t('Start')),
    action('checklist', vscode.l10n.t('Review File'), 'ensemble.reviewFile'),
    action('git-compare', vscode.l10n.t('Review Changes'), 'ensemble.reviewChanges'),
    action('play', vscode.l10n.t('Run Task...'), 'ensemble.runTask'),
    action('add', vscode.l10n.t('Add Account...'), 'ensemble.addAccount'),
    action('book', vscode.l10n.t('Open Walkthrough'), 'ensemble.openWalkthrough'),
  ];
}

function action(icon: string, label: string, command: string): ActionItem {
  return { label: `$(${icon}) ${label}`, command };
}

function separator(label: string): ActionItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
