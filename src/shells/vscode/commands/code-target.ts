import * as vscode from 'vscode';
import { plainText } from '../../../core/edits/line-changes.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { CodeTarget } from '../../../core/requests.ts';
import { linesNow } from '../edits/line-replacements.ts';
import { notify } from '../host/report.ts';
import { selectedLines } from '../host/selected-lines.ts';
import { requireTrust } from '../runs/run-launcher.ts';
import type { Shell } from '../shell.ts';

/** More lines than this are refused: nobody could look through what agents make of them. */
const MOST_LINES = 5000;

/** Lines of a document, 1-based inclusive; null: all of them. */
export type Lines = { readonly first: number; readonly last: number } | null;

/** Code that a command is about. */
export interface ChosenCode {
  readonly document: vscode.TextDocument;
  readonly lines: Lines;
}

/** The selected lines of the active editor; null, with a message: nothing is open, or nothing is selected. */
export function chosenSelection(): ChosenCode | null {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return sayNothingOpen();
  const lines = selectedLines(editor.selection, (line) => editor.document.lineAt(line).text);
  if (lines) return { document: editor.document, lines };
  notify({ level: 'info', text: vscode.l10n.t('Select the code first.'), buttons: [] });
  return null;
}

/** The file that a menu names, else the one in the active editor, whole; null, with a message: nothing is open. */
export async function chosenFile(argument: unknown): Promise<ChosenCode | null> {
  const active = vscode.window.activeTextEditor?.document;
  const uri = argument instanceof vscode.Uri ? argument : active?.uri;
  if (!uri) return sayNothingOpen();
  if (active?.uri.toString() === uri.toString()) return { document: active, lines: null };
  try {
    return { document: await vscode.workspace.openTextDocument(uri), lines: null };
  } catch {
    throw new EnsembleError('invalid-input', vscode.l10n.t('{0} has no text that agents could work on.', nameOf(uri)));
  }
}

/**
 * Code as a request names it: the document as it stands, saved or not. Throws where nothing may or can be done with it, so
 * that this is said before anything else is asked.
 */
export function targetOf(shell: Shell, { document, lines }: ChosenCode): CodeTarget & { readonly type: 'document' } {
  requireTrust();
  const text = plainText(document.getText());
  if (text.trim() === '') throw new EnsembleError('invalid-input', vscode.l10n.t('There is no code here yet.'));
  const count = lines ? lines.last - lines.first + 1 : document.lineCount;
  if (count > MOST_LINES) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('These are {0} lines, too many at once.', count), {
      hint: vscode.l10n.t('Select the part that matters most, at most {0} lines.', MOST_LINES),
    });
  }
  const file = shell.workspace.pathOf(document.uri) ?? nameOf(document.uri);
  return { type: 'document', file, languageId: document.languageId, text, lines };
}

/** Where the lines that an earlier run was about stand now; undefined: they are not there any more as they were. */
export function linesAgain(lines: Lines, before: string, document: vscode.TextDocument): Lines | undefined {
  if (lines === null) return null;
  return linesNow(plainText(before), lines, plainText(document.getText())) ?? undefined;
}

/** Code in words for titles: its file, and the lines unless all are meant. */
export function nameOfCode({ file }: { readonly file: string }, lines: Lines): string {
  if (!lines) return file;
  return lines.first === lines.last
    ? vscode.l10n.t('{0}, line {1}', file, lines.first)
    : vscode.l10n.t('{0}, lines {1} to {2}', file, lines.first, lines.last);
}

/** Name of a document outside the folders: where it lies is nobody else's business. */
function nameOf(uri: vscode.Uri): string {
  return uri.path.split('/').filter(Boolean).at(-1) ?? 'document';
}

function sayNothingOpen(): null {
  notify({ level: 'info', text: vscode.l10n.t('No code is open. Open a file first.'), buttons: [] });
  return null;
}
