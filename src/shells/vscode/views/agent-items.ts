import * as vscode from 'vscode';
import type { RunStatus, TaskStatus } from '../../../core/graph/types.ts';
import { mayPropose, type RunView, type TaskView } from './agents-model.ts';
import { formatCost, formatDuration, formatTokens } from './format.ts';

/** A state as people see it: always a word beside the picture, never colour alone. */
interface Look {
  readonly text: string;
  readonly icon: string;
  readonly color?: string;
}

const GREEN = 'testing.iconPassed';
const RED = 'testing.iconFailed';
const YELLOW = 'problemsWarningIcon.foreground';

function lookOfTask(status: TaskStatus): Look {
  switch (status) {
    case 'pending':
      return { text: vscode.l10n.t('pending'), icon: 'circle-outline' };
    case 'ready':
      return { text: vscode.l10n.t('ready'), icon: 'circle-outline' };
    case 'running':
      return { text: vscode.l10n.t('running'), icon: 'loading~spin' };
    case 'waiting':
      return { text: vscode.l10n.t('waiting'), icon: 'watch' };
    case 'completed':
      return { text: vscode.l10n.t('completed'), icon: 'pass-filled', color: GREEN };
    case 'failed':
      return { text: vscode.l10n.t('failed'), icon: 'error', color: RED };
    case 'skipped':
      return { text: vscode.l10n.t('skipped'), icon: 'debug-step-over' };
    case 'cancelled':
      return { text: vscode.l10n.t('cancelled'), icon: 'circle-slash' };
  }
}

function lookOfRun(status: RunStatus): Look {
  switch (status) {
    case 'queued':
      return { text: vscode.l10n.t('queued'), icon: 'circle-outline' };
    case 'running':
      return { text: vscode.l10n.t('running'), icon: 'loading~spin' };
    case 'suspended':
      return { text: vscode.l10n.t('suspended, can be resumed'), icon: 'debug-pause', color: YELLOW };
    case 'interrupted':
      return { text: vscode.l10n.t('stopped, can be resumed'), icon: 'debug-pause', color: YELLOW };
    case 'completed':
      return { text: vscode.l10n.t('completed'), icon: 'pass-filled', color: GREEN };
    case 'partial':
      return { text: vscode.l10n.t('incomplete'), icon: 'warning', color: YELLOW };
    case 'failed':
      return { text: vscode.l10n.t('failed'), icon: 'error', color: RED };
    case 'cancelled':
      return { text: vscode.l10n.t('cancelled'), icon: 'circle-slash' };
  }
}

function iconOf({ icon, color }: Look): vscode.ThemeIcon {
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Facts in the order of a line: what matters most first, because a narrow side bar cuts the end. */
function factsOf(one: Pick<TaskView, 'tokens' | 'costUSD' | 'durationMs'>): string[] {
  return [
    ...(one.durationMs === null ? [] : [formatDuration(one.durationMs)]),
    ...(one.costUSD === null || one.tokens === 0 ? [] : [formatCost(one.costUSD)]),
    ...(one.tokens === 0 ? [] : [vscode.l10n.t('{0} tokens', formatTokens(one.tokens))]),
  ];
}

/** How a run stands among the others. */
export interface RunPlace {
  /** It goes on in this window, so that it can be cancelled here. */
  readonly active: boolean;
  /** Shown with its agents until the person folds it. */
  readonly expanded: boolean;
}

/** A run as a tree item. */
export function runItem(id: string, run: RunView, { active, expanded }: RunPlace): vscode.TreeItem {
  const elsewhere = run.status === 'running' && !active;
  const look = elsewhere
    ? { text: vscode.l10n.t('not running in this window'), icon: 'debug-disconnect' }
    : lookOfRun(run.status);
  const agents = run.taskCount === 0 ? [] : [vscode.l10n.t('{0} of {1} agents', run.succeeded, run.taskCount)];
  const facts = [look.text, ...agents, ...factsOf(run)];
  const item = new vscode.TreeItem(
    run.title,
    expanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = id;
  item.iconPath = iconOf(look);
  item.description = facts.join(' · ');
  item.contextValue = contextOfRun(run, active);
  item.tooltip = tooltip([run.title, ...facts, started(run.startedAt), ...problem(run)]);
  item.accessibilityInformation = { label: [run.title, ...facts].join(', ') };
  return item;
}

/**
 * A sub-agent at its task as a tree item. An agent may have several tasks in a run: what it does tells them apart. `parts`: how many
 * tasks a super-agent has below it.
 */
export function taskItem(id: string, task: TaskView, parts = 0): vscode.TreeItem {
  const look = lookOfTask(task.status);
  const label = task.description || task.agent;
  const who = [task.agent, task.account, task.model].filter((part) => part !== null);
  const facts = [look.text, ...factsOf(task), ...who];
  const { Expanded, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(label, parts > 0 ? Expanded : None);
  item.id = id;
  item.iconPath = iconOf(look);
  item.description = facts.join(' · ');
  item.contextValue = task.status === 'waiting' ? 'task waiting' : 'task';
  item.tooltip = tooltip([
    label,
    look.text,
    ...factsOf(task),
    vscode.l10n.t('Agent: {0}', task.agent),
    ...(task.account === null ? [] : [vscode.l10n.t('Account: {0}', task.account)]),
    ...(task.model === null ? [] : [vscode.l10n.t('Model: {0}', task.model)]),
    ...(parts === 0 ? [] : [vscode.l10n.t('Parts: {0}', parts)]),
    ...messagesOf(task),
    ...(task.dependencies.length === 0 ? [] : [vscode.l10n.t('After: {0}', task.dependencies.join(', '))]),
    ...problem(task),
  ]);
  item.accessibilityInformation = { label: [label, ...facts].join(', ') };
  return item;
}

function messagesOf({ messages: { sent, received } }: TaskView): string[] {
  return sent + received === 0 ? [] : [vscode.l10n.t('Messages: {0} sent, {1} received', sent, received)];
}

/** Words that the menus of package.json look for: `running`, `resumable`, `result`, `edits`, `tests`. */
function contextOfRun(run: RunView, active: boolean): string {
  if (active) return 'run running';
  if (mayPropose(run)) return run.kind === 'test-gen' ? 'run result edits tests' : 'run result edits';
  const resumable = run.status === 'interrupted' || run.status === 'suspended' || run.status === 'running';
  return resumable ? 'run resumable result' : 'run result';
}

function started(at: string): string {
  return vscode.l10n.t('Started: {0}', new Date(at).toLocaleString(vscode.env.language));
}

function problem(one: Pick<TaskView, 'error'>): string[] {
  if (!one.error) return [];
  return [one.error.message, ...(one.error.hint === null ? [] : [one.error.hint])];
}

/** Plain lines: what agents and models are called is not markdown. */
function tooltip(lines: readonly string[]): string {
  return lines.join('\n');
}
