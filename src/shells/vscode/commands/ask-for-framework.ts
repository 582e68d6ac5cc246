import * as vscode from 'vscode';
import type { Workspace } from '../../../core/ports.ts';
import { frameworkOf, frameworksFor } from '../../../core/test-generation/framework.ts';
import { inspectProject, testLanguage } from '../../../core/test-generation/project.ts';
import { signalOf } from '../host/cancellation.ts';

interface FrameworkItem extends vscode.QuickPickItem {
  readonly framework: string;
}

/** Asks in which framework tests shall be written, that of the project first. Undefined: escaped. */
export async function askForFramework(
  workspace: Workspace,
  { file, languageId }: { readonly file: string; readonly languageId: string },
  title: string,
): Promise<string | null | undefined> {
  const progress = {
    location: vscode.ProgressLocation.Window,
    title: vscode.l10n.t('Looking at the tests of the project'),
  };
  const items = await vscode.window.withProgress(progress, (_, token) =>
    frameworkItems(workspace, file, languageId, signalOf(token)),
  );
  // Where nothing is known of the language, the run itself says so, and what could be done.
  if (items.length === 0) return null;
  const placeHolder = vscode.l10n.t('Which test framework shall be used?');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.framework;
}

async function frameworkItems(
  workspace: Workspace,
  file: string,
  languageId: string,
  signal: AbortSignal,
): Promise<FrameworkItem[]> {
  const language = testLanguage(languageId);
  if (!language) return [];
  const project = await inspectProject(file, language, workspace, signal);
  const own = frameworkOf(project, null);
  const others = frameworksFor(language).filter((each) => each !== own);
  const description =
    project.tests.length > 0 ? vscode.l10n.t('as this project does') : vscode.l10n.t('there are no tests yet to go by');
  return [{ label: own, description, framework: own }, ...others.map((each) => ({ label: each, framework: each }))];
}
