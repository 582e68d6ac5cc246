import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';

/** Longest selection that goes along as context of a task, characters. */
const CONTEXT_LIMIT = 100_000;

/** Asks what to do and lets a super-agent split it; selected code goes along as context. */
export async function runTask(shell: Shell): Promise<void> {
  const task = await vscode.window.showInputBox({
    title: vscode.l10n.t('Run Task'),
    prompt: vscode.l10n.t('What shall the agents do? Selected code goes along.'),
    placeHolder: vscode.l10n.t('Explain the risks of this module and propose a plan'),
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Say what the agents should do.') : null),
  });
  if (task === undefined) return;
  const editor = vscode.window.activeTextEditor;
  const selected = editor?.document.getText(editor.selection) ?? '';
  const request = {
    kind: 'run',
    task: task.trim(),
    context: selected.trim() === '' ? null : selected.slice(0, CONTEXT_LIMIT),
    strategy: null,
    maxSubTasks: null,
    saveDocument: true,
  } as const;
  await shell.runs.launch(request, vscode.l10n.t('Working on the task'), { document: null });
}
