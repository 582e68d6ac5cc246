import * as vscode from 'vscode';
import type { RefactorRequest } from '../../../core/requests.ts';
import type { Shell } from '../shell.ts';
import { askForGoals } from './ask-for-goals.ts';
import { type ChosenCode, chosenFile, chosenSelection, nameOfCode, targetOf } from './code-target.ts';

/** Asks for goals and lets agents propose changes of the selected lines. */
export async function refactorSelection(shell: Shell): Promise<void> {
  const code = chosenSelection();
  if (code) await refactor(shell, code);
}

/** The same for a whole file: the one that a menu names, else the active one. */
export async function refactorFile(shell: Shell, argument: unknown): Promise<void> {
  const code = await chosenFile(argument);
  if (code) await refactor(shell, code);
}

/** Runs a refactoring whose goals are known; null: readability. */
export async function refactorFor(shell: Shell, code: ChosenCode, goals: string | null): Promise<void> {
  const target = targetOf(shell, code);
  const request: RefactorRequest = { kind: 'refactor', target, goals };
  const title = vscode.l10n.t('Refactoring {0}', nameOfCode(target, code.lines));
  const document = { file: target.file, uri: code.document.uri, lines: code.lines };
  await shell.runs.launch(request, title, { document });
}

async function refactor(shell: Shell, code: ChosenCode): Promise<void> {
  // Whatever is wrong with the code is said before the person has typed goals.
  const name = nameOfCode(targetOf(shell, code), code.lines);
  const goals = await askForGoals(shell.context.globalState, vscode.l10n.t('Refactor {0}', name));
  if (goals !== undefined) await refactorFor(shell, code, goals);
}
