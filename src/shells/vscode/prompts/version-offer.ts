import * as vscode from 'vscode';

/** How long it is offered to say why a prompt was changed, ms. */
const OFFERED_MS = 20_000;

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
