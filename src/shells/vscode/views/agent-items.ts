import * as vscode from 'vscode';
import type { RunStatus, TaskStatus } from '../../../core/graph/types.ts';
import type { OpenApproval } from '../../../core/policy/approval.ts';
import type { HandoffResult } from '../../../core/results.ts';
import { mayPropose, type RunView, type TaskView } from './agent-views.ts';
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

/** What a status of a run is called. */
export function statusText(status: RunStatus): string {
  return lookOfRun(status).text;
}

/** A call that failed does not look like the others. */
export function conversationIcon(status: string): vscode.ThemeIcon {
  if (status === 'failed') return new vscode.ThemeIcon('error', new vscode.ThemeColor(RED));
  return new vscode.ThemeIcon(status === 'partial' ? 'warning' : 'comment-discussion');
}

/** Facts in the order of a line: what matters most first, because a narrow side bar cuts the end. */
function factsOf(one: Pick<TaskView, 'tokens' | 'costUSD' | 'durationMs'>): string[] {
  return [
    ...(one.durationMs === null ? [] : [formatDuration(one.durationMs)]),
    ...(one.costUSD === null || one.tokens === 0 ? [] : [formatCost(one.costUSD)]),
    ...(one.tokens === 0 ? [] : [vscode.l10n.t('{0} tokens', formatTokens(one.tokens))]),
  ];
}

/** What the person is asked. The bell and the words, for colour alone says nothing. */
function asking(text: string): Look {
  return { text, icon: 'bell-dot', color: YELLOW };
}

/** How a run stands among the others. */
export interface RunPlace {
  /** It goes on in this window, so that it can be cancelled here. */
  readonly active: boolean;
  /** Questions of its agents that nobody has answered. */
  readonly questions: number;
  /** Shown with its agents until the person folds it. */
  readonly expanded: boolean;
}

/** A run as a tree item. */
export function runItem(id: string, run: RunView, place: RunPlace): vscode.TreeItem {
  const { expanded } = place;
  const look = lookOfPlaced(run, place);
  const agents = run.taskCount === 0 ? [] : [vscode.l10n.t('{0} of {1} agents', run.succeeded, run.taskCount)];
  const facts = [look.text, ...agents, ...factsOf(run)];
  const item = new vscode.TreeItem(
    run.title,
    expanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
  );
  item.id = id;
  item.iconPath = iconOf(look);
  item.description = facts.join(' · ');
  item.contextValue = contextOfRun(run, place);
  item.tooltip = tooltip([run.title, ...facts, started(run.startedAt), ...problem(run)]);
  item.accessibilityInformation = { label: [run.title, ...facts].join(', ') };
  return item;
}

function lookOfPlaced(run: RunView, { active, questions }: RunPlace): Look {
  if (questions === 1) return asking(vscode.l10n.t('1 agent waits for your decision'));
  if (questions > 1) return asking(vscode.l10n.t('{0} agents wait for your decision', questions));
  if (run.status !== 'running' || active) return lookOfRun(run.status);
  return { text: vscode.l10n.t('not running in this window'), icon: 'debug-disconnect' };
}

/** How a task stands in its run. */
export interface TaskPlace {
  /** Tasks that a super-agent has below it. */
  readonly parts: number;
  /** What it asks the person; null: nothing. */
  readonly question: OpenApproval | null;
}

/** A sub-agent at its task as a tree item. An agent may have several tasks in a run: what it does tells them apart. */
export function taskItem(id: string, task: TaskView, { parts, question }: TaskPlace): vscode.TreeItem {
  const look = question === null ? lookOfTask(task.status) : asking(vscode.l10n.t('asks: {0}', question.title));
  const label = labelOf(task);
  const counts = countsOf(task);
  const who = [task.agent, ...counts, task.account, task.model].filter((part) => part !== null);
  const facts = [look.text, ...factsOf(task), ...who];
  const { Expanded, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(label, parts > 0 ? Expanded : None);
  // The editor keeps a row folded that was shown without parts before, unless it becomes another row.
  item.id = parts > 0 ? `${id}/` : id;
  item.iconPath = iconOf(look);
  item.description = facts.join(' · ');
  item.contextValue = question === null ? 'task' : 'task asking';
  item.tooltip = tooltip([
    label,
    look.text,
    ...(question?.details ?? []),
    ...factsOf(task),
    vscode.l10n.t('Agent: {0}', task.agent),
    ...(task.account === null ? [] : [vscode.l10n.t('Account: {0}', task.account)]),
    ...(task.model === null ? [] : [vscode.l10n.t('Model: {0}', task.model)]),
    ...(parts === 0 ? [] : [vscode.l10n.t('Parts: {0}', parts)]),
    ...(task.attempts > 1 ? [vscode.l10n.t('Attempts: {0}', task.attempts)] : []),
    ...toolsOf(task),
    ...messagesOf(task),
    ...task.handoffs.map(handoffLine),
    ...task.notices,
    ...(task.dependencies.length === 0 ? [] : [vscode.l10n.t('After: {0}', task.dependencies.join(', '))]),
    ...problem(task),
  ]);
  item.accessibilityInformation = { label: [label, ...facts, ...(question?.details ?? [])].join(', ') };
  return item;
}

/** Copies of a task do the same, so that their number tells them apart. */
function labelOf({ taskId, description, agent }: TaskView): string {
  const copy = /\[(\d+)\]$/.exec(taskId)?.[1];
  const text = description || agent;
  return copy === undefined ? text : `${text} (${Number(copy) + 1})`;
}

/** What it did beside writing, in few words. */
function countsOf({ tools, messages: { sent, received }, handoffs, attempts }: TaskView): string[] {
  const calls = tools.reduce((sum, use) => sum + use.calls, 0);
  const messages = sent + received;
  const handed = handoffs.filter(({ accepted }) => accepted);
  return [
    ...(calls === 0 ? [] : [calls === 1 ? vscode.l10n.t('1 tool call') : vscode.l10n.t('{0} tool calls', calls)]),
    ...(messages === 0 ? [] : [messages === 1 ? vscode.l10n.t('1 message') : vscode.l10n.t('{0} messages', messages)]),
    ...handed.slice(0, 1).map(({ from }) => vscode.l10n.t('handed over by {0}', from)),
    ...(attempts > 1 ? [vscode.l10n.t('attempt {0}', attempts)] : []),
  ];
}

function toolsOf({ tools }: TaskView): string[] {
  const names = tools.map(({ tool, calls, failed }) => {
    const times = calls === 1 ? tool : vscode.l10n.t('{0} ({1} times)', tool, calls);
    return failed === 0 ? times : vscode.l10n.t('{0}, {1} failed', times, failed);
  });
  return names.length === 0 ? [] : [vscode.l10n.t('Tools: {0}', names.join('; '))];
}

function messagesOf({ messages: { sent, received } }: TaskView): string[] {
  return sent + received === 0 ? [] : [vscode.l10n.t('Messages: {0} sent, {1} received', sent, received)];
}

function handoffLine({ from, to, accepted, reason }: HandoffResult): string {
  return accepted
    ? vscode.l10n.t('Handed over: {0} to {1}', from, to)
    : vscode.l10n.t('Not handed over: {0} to {1} ({2})', from, to, reason ?? '');
}

/** Words that the menus of package.json look for: `running`, `asking`, `resumable`, `result`, `edits`, `tests`. */
function contextOfRun(run: RunView, { active, questions }: RunPlace): string {
  if (active) return questions > 0 ? 'run running asking' : 'run running';
  if (mayPropose(run)) return run.kind === 'test-gen' ? 'run result edits tests' : 'run result edits';
  const stopped = run.status === 'interrupted' || run.status === 'suspended' || run.status === 'running';
  if (!stopped) return 'run result';
  // It goes on with the answer; resumed before, it would only stop again.
  return questions > 0 ? 'run stopped asking result' : 'run stopped resumable result';
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
