import * as vscode from 'vscode';
import type { TestGenerationRequest } from '../../../core/requests.ts';
import type { Shell } from '../shell.ts';
import { askForFramework } from './ask-for-framework.ts';
import { type ChosenCode, chosenFile, chosenSelection, nameOfCode, targetOf } from './code-target.ts';

/** Lets agents write tests for the selected lines, or for the whole active file where nothing is selected. */
export async function generateTests(shell: Shell): Promise<void> {
  const isSelected = vscode.window.activeTextEditor?.selection.isEmpty === false;
  const code = isSelected ? chosenSelection() : await chosenFile(undefined);
  if (code) await generate(shell, code);
}

/** The same for a whole file: the one that a menu names, else the active one. */
export async function generateFileTests(shell: Shell, argument: unknown): Promise<void> {
  const code = await chosenFile(argument);
  if (code) await generate(shell, code);
}

/** Writes tests for a known framework; null: the project's own. */
export async function generateTestsFor(shell: Shell, code: ChosenCode, framework: string | null): Promise<void> {
  const target = targetOf(shell, code);
  const request: TestGenerationRequest = { kind: 'test-gen', target, framework };
  const title = vscode.l10n.t('Generating tests for {0}', nameOfCode(target, code.lines));
  const document = { file: target.file, uri: code.document.uri, lines: code.lines };
  await shell.runs.launch(request, title, { document });
}

async function generate(shell: Shell, code: ChosenCode): Promise<void> {
  const target = targetOf(shell, code);
  const title = vscode.l10n.t('Generate Tests for {0}', nameOfCode(target, code.lines));
  const framework = await askForFramework(shell.workspace, target, title);
  if (framework !== undefined) await generateTestsFor(shell, code, framework);
}
