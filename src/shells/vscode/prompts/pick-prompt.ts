import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { PromptSummary } from '../../../core/prompts/prompt.ts';
import type { Shell } from '../shell.ts';
import { promptOf } from './prompt-uri.ts';
import { parseElement } from './prompts-model.ts';
import { namesOf } from './selected-prompts.ts';

/** The prompt that a row of the view (or a name) stands for, else the one that is picked; undefined: none was. */
export async function promptOfArgument(
  shell: Shell,
  argument: unknown,
  placeHolder: string,
  fits: (prompt: PromptSummary) => boolean = () => true,
): Promise<PromptSummary | undefined> {
  const model = await shell.promptsTree.loaded();
  const element = parseElement(argument);
  if (argument instanceof vscode.Uri) return model.prompt(await savedName(argument)) ?? undefined;
  const name = element?.type === 'prompt' ? element.name : element ? null : argument;
  if (typeof name === 'string') {
    const known = model.prompt(name);
    if (known) return known;
  }
  const prompts = (await shell.prompts.index()).filter(fits);
  const items = prompts
    .toSorted((a, b) => Number(b.favourite) - Number(a.favourite))
    .map((prompt) => ({
      label: prompt.name,
      description: prompt.favourite ? '$(star-full)' : '',
      detail: prompt.description,
      prompt,
    }));
  const options = { placeHolder, matchOnDetail: true };
  return (await vscode.window.showQuickPick(items, options))?.prompt;
}

/** The prompts of all selected rows, those that fit; without a row one that is picked. Empty: none was. */
export async function promptsOfArgument(
  shell: Shell,
  argument: unknown,
  selected: unknown,
  placeHolder: string,
  fits: (prompt: PromptSummary) => boolean = () => true,
): Promise<readonly PromptSummary[]> {
  const names = await namesOf(shell, argument, selected);
  if (!names || names.length === 1) {
    const prompt = await promptOfArgument(shell, argument, placeHolder, fits);
    return prompt ? [prompt] : [];
  }
  const model = await shell.promptsTree.loaded();
  return names.flatMap((name) => model.prompt(name) ?? []).filter(fits);
}

/** The prompt of an open document, after what was typed into it is saved. Rejects where it cannot be. */
async function savedName(uri: vscode.Uri): Promise<string> {
  const { name } = promptOf(uri);
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (document?.isDirty && !(await document.save())) {
    throw new EnsembleError(
      'invalid-input',
      vscode.l10n.t('The prompt "{0}" has changes that could not be saved.', name),
    );
  }
  return name;
}
