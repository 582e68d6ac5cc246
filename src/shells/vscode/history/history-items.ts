import * as vscode from 'vscode';
import type { ConversationSummary, DocumentSummary } from '../../../core/history/history.ts';
import type { RunRecord } from '../../../core/ports.ts';
import { documentIcon, kindLabel } from '../documents/document-items.ts';
import { conversationIcon, runItem } from '../views/agent-items.ts';
import { formatCost, formatTokens } from '../views/format.ts';
import { runViewOf } from '../views/stored-views.ts';
import type { Span } from './spans.ts';

/** Key of the group of runs that have not ended. */
export const UNFINISHED = 'unfinished';

/** A group as a tree item. */
export function groupItem(id: string, label: string, count: number, expanded: boolean): vscode.TreeItem {
  const state = expanded ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  const item = new vscode.TreeItem(label, state);
  item.id = id;
  item.description = String(count);
  item.contextValue = 'group';
  const runs = count === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', count);
  item.accessibilityInformation = { label: `${label}, ${runs}` };
  return item;
}

/** What a stretch of time is called. */
export function spanLabel({ kind, key }: Span): string {
  switch (kind) {
    case 'today':
      return vscode.l10n.t('Today');
    case 'yesterday':
      return vscode.l10n.t('Yesterday');
    case 'week':
      return vscode.l10n.t('This Week');
    case 'older':
      return vscode.l10n.t('Older');
    case 'month': {
      const [year, month] = key.split('-').map(Number);
      const date = new Date(year ?? 0, (month ?? 1) - 1, 1);
      return date.toLocaleDateString(vscode.env.language, { month: 'long', year: 'numeric' });
    }
  }
}

/** How a run stands in the history. */
export interface HistoryPlaceOfRun {
  /** It goes on in this window. */
  readonly active: boolean;
  /** Its process, here or elsewhere, still runs. */
  readonly live: boolean;
  /** Told where the runs of all workspaces are listed; null: not. */
  readonly workspace: string | null;
  /** Only the time of day matters below the heading of a day. */
  readonly timeOnly: boolean;
}

/** A run as a tree item. */
export function historyRunItem(id: string, run: RunRecord, place: HistoryPlaceOfRun): vscode.TreeItem {
  const item = runItem(id, runViewOf(run), { active: place.active, questions: 0, expanded: false });
  const when = timeOf(run.createdAt, place.timeOnly);
  const name = place.workspace === null ? [] : [place.workspace];
  item.description = [when, ...name, item.description].join(' · ');
  item.accessibilityInformation = { label: [item.accessibilityInformation?.label, when, ...name].join(', ') };
  item.contextValue = `${item.contextValue}${place.live ? '' : ' deletable'}`;
  return item;
}

/** A conversation as a tree item. */
export function conversationItem(id: string, row: ConversationSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(conversationTitle(row), vscode.TreeItemCollapsibleState.None);
  const facts = [
    row.status,
    ...(row.tokens === null ? [] : [vscode.l10n.t('{0} tokens', formatTokens(row.tokens))]),
    ...(row.costUSD === null || !row.tokens ? [] : [formatCost(row.costUSD)]),
    row.model,
    row.account,
  ];
  item.id = id;
  item.iconPath = conversationIcon(row.status);
  item.description = facts.join(' · ');
  item.tooltip = [conversationTitle(row), ...facts, timeOf(row.createdAt, false)].join('\n');
  item.accessibilityInformation = {
    label: [vscode.l10n.t('conversation'), conversationTitle(row), ...facts].join(', '),
  };
  item.contextValue = 'conversation';
  item.command = { command: 'ensemble.openHistoryEntry', title: vscode.l10n.t('Open'), arguments: [id] };
  return item;
}

/** What a conversation is called: the task, and what kind of call it was. */
export function conversationTitle({
  taskId,
  runId,
  type,
}: Pick<ConversationSummary, 'taskId' | 'runId' | 'type'>): string {
  const task = taskId.startsWith(`${runId}/`) ? taskId.slice(runId.length + 1) : '';
  return task === '' || task === type ? type : `${task} (${type})`;
}

/** A document as a tree item. */
export function documentItem(id: string, row: DocumentSummary): vscode.TreeItem {
  const item = new vscode.TreeItem(row.title, vscode.TreeItemCollapsibleState.None);
  item.id = id;
  item.iconPath = documentIcon(row.kind);
  item.description = kindLabel(row.kind);
  item.tooltip = [row.title, kindLabel(row.kind), timeOf(row.createdAt, false)].join('\n');
  item.accessibilityInformation = { label: [vscode.l10n.t('document'), row.title, kindLabel(row.kind)].join(', ') };
  item.contextValue = 'document';
  item.command = { command: 'ensemble.openHistoryEntry', title: vscode.l10n.t('Open'), arguments: [id] };
  return item;
}

/** A moment as people write it, in the editor's language. */
export function timeOf(at: string, timeOnly: boolean): string {
  const date = new Date(at);
  const language = vscode.env.language;
  if (timeOnly) return date.toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
  return date.toLocaleString(language, { dateStyle: 'short', timeStyle: 'short' });
}
