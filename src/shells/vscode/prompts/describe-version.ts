import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import { promptOfArgument } from './pick-prompt.ts';

/** Longest reason, characters. */
const LONGEST = 200;

/** Asks why the newest version of a prompt was made; it stands in the list of versions. */
export async function describeVersion(shell: Shell, argument: unknown): Promise<void> {
  const question = vscode.l10n.t('Why was which prompt changed?');
  const prompt = await promptOfArgument(shell, argument, question, (one) => !one.builtIn);
  if (!prompt) return;
  const library = await shell.prompts.library();
  const [newest] = await library.versions(prompt.name);
  if (!newest || newest.version === 0) return;
  const reason = await vscode.window.showInputBox({
    title: vscode.l10n.t('Version {0} of {1}', newest.version, prompt.name),
    prompt: vscode.l10n.t('Why was it changed? It stands in the list of versions.'),
    value: newest.reason,
    validateInput: (text) => (text.length > LONGEST ? vscode.l10n.t('At most {0} characters.', LONGEST) : null),
  });
  if (reason === undefined) return;
  await shell.prompts.change((one) => one.describe(prompt.name, newest.version, reason.trim()), prompt.name);
}
