import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { elementOf, type HistoryElement, parseElement } from './history-element.ts';
import { conversationTitle } from './history-items.ts';

/** Opens the conversation or document that a row stands for. */
export async function openEntry(shell: Shell, argument: unknown): Promise<void> {
  const element = parseElement(argument);
  if (element?.type === 'document') return openVersionOf(shell, element.id, element.runId);
  if (element?.type !== 'conversation') return;
  const conversation = await (await shell.session.open()).stores.conversations.get(element.id);
  if (!conversation) throw new EnsembleError('not-found', vscode.l10n.t('This conversation is gone.'));
  await shell.historyFiles.openConversation(element.id, conversationTitle(conversation));
}

/** The version that the run has made, where it has made one. */
async function openVersionOf(shell: Shell, id: number, runId: string): Promise<void> {
  const { items } = await (await shell.documentFiles.store()).versions(id, { limit: 1000 });
  await shell.documentFiles.open(id, items.find((one) => one.runId === runId)?.version);
}

/** Copies the id of a run, conversation or document, as the command line takes it. */
export async function copyId(_shell: Shell, argument: unknown): Promise<void> {
  const element = parseElement(argument);
  const id = element && idOf(element);
  if (id === null) return;
  await vscode.env.clipboard.writeText(id);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) {0} is on the clipboard.', id), 3000);
}

function idOf(element: HistoryElement): string | null {
  if (element.type === 'run') return element.runId;
  return element.type === 'conversation' || element.type === 'document' ? String(element.id) : null;
}

/** Deletes runs with all that belongs to them, after a confirmation that says what that is. */
export async function deleteRuns(shell: Shell, argument: unknown, selected: unknown): Promise<void> {
  const elements = Array.isArray(selected) && selected.includes(argument) ? selected : [argument];
  const runIds = elements.flatMap((one) => {
    const element = parseElement(one);
    return element?.type === 'run' ? [element.runId] : [];
  });
  const [first] = runIds;
  if (first === undefined) return;
  const { history, runs } = await shell.session.open();
  const { title } = (await runs.get(first)).record;
  const question =
    runIds.length === 1
      ? vscode.l10n.t('Delete the run "{0}"?', title)
      : vscode.l10n.t('Delete {0} runs?', runIds.length);
  if (!(await isConfirmed(question))) return;
  const deleted = await history.deleteRuns(runIds);
  await refresh(shell);
  const left = runIds.length - deleted.length;
  if (left > 0) {
    const text = vscode.l10n.t('{0} of the runs are still going on and were not deleted. Cancel them first.', left);
    notify({ level: 'info', text, buttons: [] });
  }
}

/** Reads the views again that list runs. */
async function refresh(shell: Shell): Promise<void> {
  shell.history.refresh();
  shell.documents.refresh();
  await shell.agents.refresh();
}

async function isConfirmed(question: string): Promise<boolean> {
  const remove = vscode.l10n.t('Delete');
  const detail = vscode.l10n.t(
    'Results, conversations, documents and findings go with it and cannot be brought back. The record of what was spent stays.',
  );
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) === remove;
}

/** Row of an entry, for the search. */
export function entryId(kind: 'conversation' | 'document', runId: string, id: number): string {
  return elementOf({ type: kind, runId: runId === '' ? '-' : runId, id });
}
