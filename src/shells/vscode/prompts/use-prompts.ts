import * as vscode from 'vscode';
import type { PromptOutcome } from '../../../core/prompts/prompt.ts';
import type { TaskRequest } from '../../../core/requests.ts';
import { runIdOf } from '../commands/runs.ts';
import { notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { codeEditor } from './code-editor.ts';
import { filledPrompt, fillPrompt } from './fill-prompt.ts';
import { promptOfArgument } from './pick-prompt.ts';
import { PROMPT_SCHEME } from './prompt-uri.ts';

/** Fills a prompt in with the selected code and lets an agent answer it; the answer is a result document. */
export async function run(shell: Shell, argument: unknown): Promise<void> {
  const prompt = await promptOfArgument(shell, argument, vscode.l10n.t('Which prompt shall run?'));
  if (!prompt) return;
  shell.runs.requireTrust();
  const filled = await filledPrompt(shell, prompt.name, true);
  if (filled === undefined) return;
  const request: TaskRequest = {
    kind: 'run',
    task: filled.text,
    context: null,
    strategy: null,
    maxSubTasks: null,
    saveDocument: true,
    direct: true,
    title: prompt.name,
    prompt: filled.prompt,
  };
  await shell.runs.launch(request, vscode.l10n.t('Running the prompt {0}', prompt.name), { document: null });
}

/** Puts the filled-in prompt into the editor: at the cursor, behind a selection. */
export async function insert(shell: Shell, argument: unknown): Promise<void> {
  const editor = codeEditor();
  if (!editor) {
    return notify({ level: 'info', text: vscode.l10n.t('No editor is open to insert the prompt into.'), buttons: [] });
  }
  const prompt = await promptOfArgument(shell, argument, vscode.l10n.t('Which prompt shall be inserted?'));
  const text = prompt && (await fillPrompt(shell, prompt.name, false));
  if (text === undefined) return;
  const shown = await vscode.window.showTextDocument(editor.document, editor.viewColumn);
  const inserted = await shown.edit((edit) => {
    for (const { end } of shown.selections) edit.insert(end, text);
  });
  if (!inserted) notify({ level: 'warning', text: vscode.l10n.t('This editor cannot be changed.'), buttons: [] });
}

/** Remembers whether the answer of a prompt's run was of use; the versions of the prompt show it. */
export async function rate(shell: Shell, argument: unknown, outcome: PromptOutcome): Promise<void> {
  const runId = runIdOf(argument);
  if (runId === null) return;
  const { stores } = await shell.session.open();
  await stores.prompts.recordOutcome(runId, 'answer', outcome);
  shell.prompts.refresh();
  const text =
    outcome === 'accepted'
      ? vscode.l10n.t('$(thumbsup) Counted as helpful.')
      : vscode.l10n.t('$(thumbsdown) Counted as not helpful.');
  vscode.window.setStatusBarMessage(text, 5000);
}

/** Shows a prompt as it would be sent, beside its text. */
export async function preview(shell: Shell, argument: unknown): Promise<void> {
  const { promptPreview, prompts } = shell;
  promptPreview.remember();
  if (argument instanceof vscode.Uri) {
    return promptPreview.show(await vscode.workspace.openTextDocument(argument));
  }
  const active = vscode.window.activeTextEditor?.document;
  if (argument === undefined && active?.uri.scheme === PROMPT_SCHEME) return promptPreview.show(active);
  const prompt = await promptOfArgument(shell, argument, vscode.l10n.t('Which prompt shall be previewed?'));
  if (prompt) await promptPreview.show((await prompts.open(prompt.name)).document);
}

/** Copies the filled-in prompt. */
export async function copy(shell: Shell, argument: unknown): Promise<void> {
  const prompt = await promptOfArgument(shell, argument, vscode.l10n.t('Which prompt shall be copied?'));
  const text = prompt && (await fillPrompt(shell, prompt.name, false));
  if (text === undefined) return;
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) The prompt is on the clipboard.'), 3000);
}
