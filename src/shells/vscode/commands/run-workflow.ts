import * as vscode from 'vscode';
import type { Json } from '../../../core/json.ts';
import type { WorkflowDefinition } from '../../../core/workflows/catalogue.ts';
import type { ParamDefinition } from '../../../core/workflows/params.ts';
import type { Shell } from '../shell.ts';

interface Choice extends vscode.QuickPickItem {
  readonly workflow: WorkflowDefinition;
}

/** Lets the person choose a workflow, asks for its parameters one by one, and runs it. */
export async function runWorkflow(shell: Shell): Promise<void> {
  shell.runs.requireTrust();
  const { workflows } = await shell.session.open();
  const choices: Choice[] = workflows.map((workflow) => ({
    label: workflow.name,
    description: workflow.category,
    detail: workflow.description,
    workflow,
  }));
  const picked = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Run Workflow'),
    placeHolder: vscode.l10n.t('Which workflow shall the agents run?'),
    matchOnDetail: true,
  });
  if (!picked) return;
  const { workflow } = picked;
  const params = await askForParams(workflow);
  if (params === null) return;
  const request = { kind: 'workflow', workflow: workflow.id, params } as const;
  await shell.runs.launch(request, workflow.name, { document: null });
}

/** Null: left with Escape. What is left empty is as the workflow has it. */
async function askForParams({ name, params }: WorkflowDefinition): Promise<Record<string, Json> | null> {
  const given: Record<string, Json> = {};
  for (const [index, param] of params.entries()) {
    const title = vscode.l10n.t('{0} ({1} of {2}): {3}', name, index + 1, params.length, param.name);
    const value = await (param.values ? pickValue(title, param, param.values) : typeValue(title, param));
    if (value === undefined) return null;
    if (value !== '') given[param.name] = value;
  }
  return given;
}

/** The default comes first. */
async function pickValue(
  title: string,
  param: ParamDefinition,
  values: readonly string[],
): Promise<string | undefined> {
  const usual = vscode.l10n.t('default');
  const sorted = [...values].sort((a, b) => Number(b === param.default) - Number(a === param.default));
  const items = sorted.map((label) => ({ label, description: label === param.default ? usual : '' }));
  const picked = await vscode.window.showQuickPick(items, {
    title,
    placeHolder: param.description,
    ignoreFocusOut: true,
  });
  return picked?.label;
}

async function typeValue(title: string, param: ParamDefinition): Promise<string | undefined> {
  const list = param.type === 'strings' ? ` ${vscode.l10n.t('Separate several by commas.')}` : '';
  const value = await vscode.window.showInputBox({
    title,
    prompt: `${param.description}${list}`,
    value: param.name === 'path' ? activePath() : '',
    ignoreFocusOut: true,
    validateInput: (text) => {
      return param.required === true && text.trim() === '' ? vscode.l10n.t('This has to be given.') : null;
    },
  });
  return value?.trim();
}

/** The file in front, relative to its folder. */
function activePath(): string {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (!uri || !vscode.workspace.getWorkspaceFolder(uri)) return '';
  return vscode.workspace.asRelativePath(uri, false);
}
