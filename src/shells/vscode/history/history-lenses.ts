import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import { isStep, placeOf } from './history-uri.ts';

/** Actions at the top of a conversation, of a step of a replay and of a comparison. */
export async function historyLenses(document: vscode.TextDocument, shell: Shell): Promise<vscode.CodeLens[]> {
  const place = placeOf(document.uri);
  const { kind, id } = place;
  if (kind !== 'conversation' && kind !== 'comparison' && !isStep(place)) return [];
  const lens = (title: string, command: string, ...args: unknown[]) =>
    new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: args });
  const lenses: vscode.CodeLens[] = [];
  if (isStep(place)) {
    const { outline, index } = await shell.historyFiles.stepAt(place);
    if (index > 0) lenses.push(lens(vscode.l10n.t('$(arrow-left) Previous Step'), 'ensemble.previousReplayStep'));
    if (index < outline.steps.length - 1)
      lenses.push(lens(vscode.l10n.t('Next Step $(arrow-right)'), 'ensemble.nextReplayStep'));
  }
  if (kind === 'conversation')
    lenses.push(lens(vscode.l10n.t('Replay Step by Step'), 'ensemble.replayConversation', id));
  const conversation = await (await shell.session.open()).stores.conversations.get(id);
  if (!conversation) return lenses;
  if (conversation.type !== 'tool')
    lenses.push(lens(vscode.l10n.t('Run Again With...'), 'ensemble.rerunConversation', id));
  if (conversation.rerunOf !== null) lenses.push(lens(vscode.l10n.t('Compare Answers'), 'ensemble.compareAnswers', id));
  return lenses;
}
