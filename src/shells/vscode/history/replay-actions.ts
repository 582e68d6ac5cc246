import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { ConversationRecord } from '../../../core/ports.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { parseElement } from './history-element.ts';
import { HISTORY_SCHEME, type HistoryPlace, isStep, placeOf } from './history-uri.ts';

/** Opens what was said in a run, or around a conversation, step by step. Nothing is sent. */
export async function replay(shell: Shell, argument: unknown): Promise<void> {
  const element = parseElement(argument);
  if (element?.type === 'run') return shell.historyFiles.openReplay({ runId: element.runId });
  const id = conversationOf(argument);
  if (id === null) return askForHistory();
  await shell.historyFiles.openReplay({ conversation: id });
}

/** Goes to the step before or behind the one that is shown. */
export async function goToStep(shell: Shell, by: 1 | -1): Promise<void> {
  const place = shownPlace();
  if (!place || !isStep(place)) return askForHistory();
  const { outline, index } = await shell.historyFiles.stepAt(place);
  const next = outline.steps[index + by];
  if (next) return shell.historyFiles.openStep({ kind: place.kind, id: next.id });
  const text = by > 0 ? vscode.l10n.t('This is the last step.') : vscode.l10n.t('This is the first step.');
  vscode.window.setStatusBarMessage(text, 3000);
}

/** Shows the answer of a call that was made again beside the original one. */
export async function compare(shell: Shell, argument: unknown): Promise<void> {
  const id = conversationOf(argument);
  if (id === null) return askForHistory();
  const { rerunOf } = await read(shell, id);
  if (rerunOf === null) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('This call repeats no other one.'), {
      hint: vscode.l10n.t('Run it again with another model first.'),
    });
  }
  await shell.historyFiles.openComparison(id, rerunOf);
}

/** The conversation that a row, a lens or the document in front stands for; null: none. */
export function conversationOf(argument: unknown): number | null {
  if (typeof argument === 'number') return argument;
  const element = parseElement(argument);
  if (element?.type === 'conversation') return element.id;
  const place = shownPlace();
  return place && (place.kind === 'conversation' || isStep(place)) ? place.id : null;
}

/** Rejects `not-found` where it is gone. */
export async function read(shell: Shell, id: number): Promise<ConversationRecord> {
  const conversation = await (await shell.session.open()).stores.conversations.get(id);
  if (conversation) return conversation;
  throw new EnsembleError('not-found', vscode.l10n.t('This conversation is gone.'));
}

/** A command from the palette that nothing is chosen for. */
export function askForHistory(): void {
  const show = {
    label: vscode.l10n.t('Show History'),
    run: () => vscode.commands.executeCommand('ensemble.history.focus'),
  };
  notify({ level: 'info', text: vscode.l10n.t('Choose a conversation of the history first.'), buttons: [show] });
}

function shownPlace(): HistoryPlace | null {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme !== HISTORY_SCHEME) return null;
  try {
    return placeOf(uri);
  } catch {
    return null;
  }
}
