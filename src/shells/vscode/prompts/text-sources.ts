import * as vscode from 'vscode';
import { promptImport } from '../../../compose.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { PromptVariable } from '../../../core/prompts/prompt.ts';
import { codeEditor } from './code-editor.ts';

/** Largest file whose content becomes a value, bytes. */
const LARGEST_FILE = 512 * 1024;

/** A button of the form that takes a text with several lines from elsewhere; undefined: nothing came of it. */
export interface TextSource extends vscode.QuickInputButton {
  read(variable: PromptVariable): Promise<string | undefined>;
}

/** Where the value of a variable may come from, what suits its type first. */
export function textSources({ type }: PromptVariable): readonly TextSource[] {
  const selection: TextSource = {
    iconPath: new vscode.ThemeIcon('list-selection'),
    tooltip: vscode.l10n.t('Use What Is Selected in the Editor'),
    read: async () => selectedText(),
  };
  const file: TextSource = {
    iconPath: new vscode.ThemeIcon('file'),
    tooltip: vscode.l10n.t('Use the Content of a File...'),
    read: pickFile,
  };
  const clipboard: TextSource = {
    iconPath: new vscode.ThemeIcon('clippy'),
    tooltip: vscode.l10n.t('Use the text of the clipboard, with all its lines'),
    read: async () => (await vscode.env.clipboard.readText()) || undefined,
  };
  const editor: TextSource = {
    iconPath: new vscode.ThemeIcon('edit'),
    tooltip: vscode.l10n.t('Write It in an Editor, with Several Lines'),
    read: write,
  };
  switch (type) {
    case 'file':
      return [file, clipboard];
    case 'multiline':
      return [editor, selection, file, clipboard];
    default:
      return [selection, file, clipboard];
  }
}

/** What is selected in the editor with code; undefined: nothing. */
export function selectedText(): string | undefined {
  const editor = codeEditor();
  const text = editor?.document.getText(editor.selection) ?? '';
  return text.trim() === '' ? undefined : text;
}

/** Asks for a file and reads it. Rejects `invalid-input` for one that is too large or no text. */
export async function pickFile({ name }: PromptVariable): Promise<string | undefined> {
  const title = vscode.l10n.t('The file for "{0}"', name);
  const [uri] = (await vscode.window.showOpenDialog({ title, openLabel: vscode.l10n.t('Use') })) ?? [];
  if (!uri) return undefined;
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > LARGEST_FILE) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('The file is too long for a prompt.'), {
      hint: vscode.l10n.t('It may have {0} kB.', LARGEST_FILE / 1024),
    });
  }
  return (await promptImport()).decodeText(await vscode.workspace.fs.readFile(uri));
}

/** A new document in which the value is written; it is closed when its text is taken. */
async function write({ name, description }: PromptVariable): Promise<string | undefined> {
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content: '' });
  await vscode.window.showTextDocument(document);
  const use = vscode.l10n.t('Use This Text');
  const text = vscode.l10n.t('Write the value of "{0}" in the new document. {1}', name, description);
  if ((await vscode.window.showInformationMessage(text, use)) !== use) return undefined;
  const written = document.getText();
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  return written.trim() === '' ? undefined : written;
}
