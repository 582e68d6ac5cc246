import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { TestPlan } from '../../../core/results.ts';
import { commandInFolder } from './test-command.ts';
import { type Program, type ProgramEnd, TestTerminal } from './test-terminal.ts';

const TASK_TYPE = 'ensemble-test';

/** Folders of the window by the first segment of our paths; see EditorWorkspace. */
export interface Folders {
  segmentOf(folder: vscode.WorkspaceFolder): string;
  uriOf(path: string): vscode.Uri | null;
}

/** What would be run for generated tests, and where. */
export interface TestRun {
  readonly program: Program;
  readonly folder: vscode.WorkspaceFolder;
  /** As it is shown to the person who decides. */
  readonly commandLine: string;
}

/**
 * How generated tests are run here. Throws with the reason where they cannot be: no known command, no folder on a disk, or
 * a folder that nobody trusts.
 */
export function testRunOf(plan: Pick<TestPlan, 'file' | 'command'> | null | undefined, folders: Folders): TestRun {
  const uri = plan ? folders.uriOf(plan.file) : null;
  const folder = uri ? vscode.workspace.getWorkspaceFolder(uri) : undefined;
  if (!plan?.command) {
    throw cannotRun(vscode.l10n.t('It is not known how tests are run here.'));
  }
  if (!folder) throw cannotRun(vscode.l10n.t('The tests are in none of the open folders.'));
  if (folder.uri.scheme !== 'file') {
    throw cannotRun(vscode.l10n.t('Programs can only be run in folders on a disk, and this one is not.'));
  }
  if (!vscode.workspace.isTrusted) {
    throw new EnsembleError(
      'untrusted-workspace',
      vscode.l10n.t('Tests are not run here: the folder is in Restricted Mode.'),
    );
  }
  const command = commandInFolder(plan.command, folders.segmentOf(folder), process.platform);
  if (!command) throw cannotRun(vscode.l10n.t('The command has characters in it that are not safe to pass on.'));
  return { program: { command, cwd: folder.uri.fsPath }, folder, commandLine: command.join(' ') };
}

/** Asks whether the command may be run, with the exact words of it. */
export async function approved({ commandLine, program }: TestRun): Promise<boolean> {
  const run = vscode.l10n.t('Run Tests');
  const detail = [commandLine, '', vscode.l10n.t('in {0}', program.cwd)].join('\n');
  const title = vscode.l10n.t('Run the generated tests with this command?');
  return (await vscode.window.showInformationMessage(title, { modal: true, detail }, run)) === run;
}

/** Runs the tests as a task in a terminal of its own and waits for the end. */
export async function runTests({ program, folder }: TestRun): Promise<ProgramEnd> {
  const terminal = new TestTerminal(program);
  const task = new vscode.Task(
    // Another one each time: the editor would not start the same task twice, and we would wait for ever.
    { type: TASK_TYPE, id: crypto.randomUUID() },
    folder,
    vscode.l10n.t('Generated tests'),
    'Ensemble',
    new vscode.CustomExecution(async () => terminal),
  );
  task.group = vscode.TaskGroup.Test;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: false, clear: true };
  await vscode.tasks.executeTask(task);
  return terminal.ended;
}

function cannotRun(reason: string): EnsembleError {
  return new EnsembleError('invalid-input', vscode.l10n.t('The tests cannot be run from here. {0}', reason), {
    hint: vscode.l10n.t('Run them as you usually do.'),
  });
}
