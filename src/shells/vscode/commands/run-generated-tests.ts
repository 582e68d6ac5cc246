import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import { approved, runTests, type TestRun, testRunOf } from '../edits/run-tests.ts';
import type { ProgramEnd } from '../edits/test-terminal.ts';
import { fileExists, openDocument } from '../edits/text-of.ts';
import { type Action, notify } from '../host/report.ts';
import type { Shell } from '../shell.ts';
import { mayPropose } from '../views/agent-views.ts';
import { refactorFor } from './refactor.ts';
import { runOf } from './runs.ts';

/** Runs generated tests that were accepted, with exactly the command that the person has approved. */
export async function runGeneratedTests(shell: Shell, argument: unknown): Promise<void> {
  const run = await runOf(shell, argument, (each) => each.kind === 'test-gen' && mayPropose(each), {
    none: vscode.l10n.t('No tests were generated yet.'),
    pick: vscode.l10n.t('Which generated tests shall be run?'),
  });
  if (!run) return;
  const proposal = await shell.proposals.of(run.runId);
  const uri = proposal?.files[0]?.uri;
  if (!proposal || !uri || !(await fileExists(uri))) {
    throw new EnsembleError('not-found', vscode.l10n.t('The generated tests are not written to a file yet.'), {
      hint: vscode.l10n.t('Show the proposed changes of the run and apply them first.'),
    });
  }
  const tests = testRunOf(proposal.result.testPlan, shell.workspace);
  if (!(await approved(tests))) return;
  // The program reads what is on the disk.
  await openDocument(uri)?.save();
  const end = await runTests(tests);
  await shell.testOutcomes.record({ runId: run.runId, commandLine: tests.commandLine, exitCode: end.exitCode });
  await shell.results.refresh(run.runId);
  tell(shell, uri, tests, end);
}

function tell(shell: Shell, uri: vscode.Uri, tests: TestRun, end: ProgramEnd): void {
  const name = vscode.workspace.asRelativePath(uri);
  const output: Action = {
    label: vscode.l10n.t('Show Output'),
    run: () => vscode.commands.executeCommand('workbench.action.terminal.focus'),
  };
  const repair: Action = {
    label: vscode.l10n.t('Repair with Agents'),
    run: () => void repairTests(shell, uri, tests, end).catch((error: unknown) => shell.report(error)),
  };
  if (end.exitCode === 0) {
    notify({ level: 'info', text: vscode.l10n.t('The generated tests pass: {0}', name), buttons: [] });
  } else if (end.exitCode === null) {
    const text = vscode.l10n.t('The generated tests were stopped or could not be started: {0}', name);
    notify({ level: 'warning', text, buttons: [output] });
  } else {
    const text = vscode.l10n.t('The generated tests fail (exit code {0}): {1}', end.exitCode, name);
    notify({ level: 'warning', text, buttons: [repair, output] });
  }
}

/** Lets agents propose changes of the test file that make it run, knowing how it failed. */
async function repairTests(shell: Shell, uri: vscode.Uri, tests: TestRun, end: ProgramEnd): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: false });
  const goals = [
    'Make these tests run and pass. Change only what is wrong in the tests; do not weaken what they check, and do not hide a fault of the code under test.',
    `The command "${tests.commandLine}" ended with exit code ${end.exitCode}. The end of its output:`,
    end.output.trim(),
  ].join('\n\n');
  await refactorFor(shell, { document, lines: null }, goals);
}
