import * as vscode from 'vscode';
import { PROMPT_SCHEME } from './prompt-uri.ts';

/** The editor with code: the active one, else one that is visible; prompts and results are none. */
export function codeEditor(): vscode.TextEditor | undefined {
  const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  return editors.find((editor) => {
    const scheme = editor?.document.uri.scheme ?? '';
    return editor !== undefined && scheme !== PROMPT_SCHEME && !scheme.startsWith('ensemble-') && scheme !== 'output';
  });
}
