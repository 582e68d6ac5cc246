import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { KnownVariable } from '../../../core/prompts/prompt-rules.ts';
import type { RenderedPrompt } from '../../../core/requests.ts';
import type { Shell } from '../shell.ts';
import { codeEditor } from './code-editor.ts';
import { askForVariables } from './prompt-form.ts';
import { selectedText } from './text-sources.ts';

/** Longest text that goes into a prompt, characters. */
const LONGEST_CODE = 512 * 1024;

/**
 * The text of a prompt: `code` and `language` from the editor, the rest from a form. `wholeFile`: without a selection all
 * of the file is the code. Undefined: the person stopped.
 */
export async function fillPrompt(shell: Shell, name: string, wholeFile: boolean): Promise<string | undefined> {
  return (await filledPrompt(shell, name, wholeFile))?.text;
}

/** The same, with the version and what it was filled in with. */
export async function filledPrompt(
  shell: Shell,
  name: string,
  wholeFile: boolean,
): Promise<{ readonly text: string; readonly prompt: RenderedPrompt } | undefined> {
  const library = await shell.prompts.library();
  const variables = await library.variables(name);
  const selection = selectedText();
  const ofSelection = variables.filter(({ type }) => type === 'selection');
  const selected = selection === undefined ? {} : Object.fromEntries(ofSelection.map((one) => [one.name, selection]));
  const known: Record<string, string> = variables.some((one) => one.name === 'code' || one.name === 'language')
    ? { ...editorValues(wholeFile), ...selected }
    : selected;
  if (wholeFile && !known.code && variables.some((one) => one.name === 'code' && one.required)) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('The prompt "{0}" needs code.', name), {
      hint: vscode.l10n.t('Open a file and select the code first.'),
    });
  }
  const missing = variables.filter((one) => known[one.name] === undefined).sort(requiredFirst);
  const answers = await askForVariables(name, missing, shell.promptValues.of(name));
  if (!answers) return undefined;
  await shell.promptValues.remember(name, answers);
  const values = { ...known, ...answers };
  const { version } = await library.get(name);
  return { text: await library.render(name, values), prompt: { name, version, values } };
}

/** Required ones first, otherwise in the order of the template. */
function requiredFirst(a: KnownVariable, b: KnownVariable): number {
  return Number(b.required) - Number(a.required);
}

/** The selected code, else the whole file, and its language; nothing where no code is open. */
export function editorValues(wholeFile: boolean): Record<string, string> {
  const editor = codeEditor();
  if (!editor) return {};
  const { document, selection } = editor;
  const selected = document.getText(selection);
  const code = selected.trim() !== '' ? selected : wholeFile ? document.getText() : '';
  if (code.length > LONGEST_CODE) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('The code is too long for a prompt.'), {
      hint: vscode.l10n.t('Select the part that matters.'),
    });
  }
  return { language: document.languageId, ...(code.trim() === '' ? {} : { code }) };
}
