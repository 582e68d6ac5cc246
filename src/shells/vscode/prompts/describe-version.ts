import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import { promptOfArgument } from './pick-prompt.ts';

/** How long it is offered to say why a prompt was changed, ms. */
const OFFERED_MS = 20_000;
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

/** Offers in the status bar, for a moment, to say why a prompt was changed: nobody is asked. */
export class VersionOffer implements vscode.Disposable {
  #item: vscode.StatusBarItem | null = null;
  #timer: NodeJS.Timeout | undefined;

  show(name: string): void {
    this.#item ??= vscode.window.createStatusBarItem('ensemble.promptSaved', vscode.StatusBarAlignment.Left, 0);
    this.#item.name = vscode.l10n.t('Ensemble: Prompt Saved');
    this.#item.text = vscode.l10n.t('$(edit) Saved. Say why?');
    this.#item.tooltip = vscode.l10n.t('Say why "{0}" was changed; it stands in the list of versions.', name);
    this.#item.command = { command: 'ensemble.describePromptVersion', title: '', arguments: [name] };
    this.#item.show();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#item?.hide(), OFFERED_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#item?.dispose();
  }
}
