import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import { askForTask } from './ask-for-task.ts';

/** Longest selection that goes along as context of a task, characters. */
const CONTEXT_LIMIT = 100_000;

/** Asks what to do and lets a super-agent split it; selected code goes along as context. */
export async function runTask(shell: Shell): Promise<void> {
  const { config } = await shell.session.config();
  const asked = await askForTask(config.history.memory);
  if (asked === undefined) return;
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection) ?? '';
  const request = {
    kind: 'run',
    task: asked.task,
    context: selected.trim() === '' ? null : selected.slice(0, CONTEXT_LIMIT),
    strategy: null,
    maxSubTasks: null,
    saveDocument: true,
  } as const;
  const { memory } = asked;
  await shell.runs.launch(request, vscode.l10n.t('Working on the task'), { document: null }, { memory });
}
