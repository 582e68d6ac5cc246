import * as vscode from 'vscode';
import { EDIT_SCHEME, parseEditAddress } from './edit-path.ts';

/** Context key: the active editor shows the proposed changes of several files. */
const SEVERAL_FILES = 'ensemble.severalProposalsShown';
const STATE_KEY = 'ensemble.proposalTitles';
const KEPT = 50;

interface Titled {
  readonly title: string;
  readonly runId: string;
}

/**
 * Which tab shows which run's proposal. A diff says so by its address; an editor for several files tells extensions
 * nothing but its title, so the titles are remembered.
 */
export class ShownProposals implements vscode.Disposable {
  readonly #memento: vscode.Memento;
  readonly #tabs: vscode.Disposable;

  constructor(memento: vscode.Memento) {
    this.#memento = memento;
    const { onDidChangeTabs, onDidChangeTabGroups } = vscode.window.tabGroups;
    this.#tabs = vscode.Disposable.from(
      onDidChangeTabs(() => this.#tell()),
      onDidChangeTabGroups(() => this.#tell()),
    );
  }

  /** Remembers the title of an editor for several files. */
  async remember(title: string, runId: string): Promise<void> {
    const others = this.#titles().filter((each) => each.title !== title);
    await this.#memento.update(STATE_KEY, [{ title, runId }, ...others].slice(0, KEPT));
    this.#tell();
  }

  /** The run whose proposal the active tab shows; null: it shows none. */
  activeRun(): string | null {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    return tab ? this.#runOf(tab) : null;
  }

  /** True while a tab in front shows the proposal of the run. */
  isVisible(runId: string): boolean {
    return vscode.window.tabGroups.all.some(({ activeTab }) => activeTab && this.#runOf(activeTab) === runId);
  }

  /** Closes the tabs that show the proposal of a run. */
  async close(runId: string): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    await vscode.window.tabGroups.close(tabs.filter((tab) => this.#runOf(tab) === runId));
  }

  dispose(): void {
    this.#tabs.dispose();
  }

  #runOf({ input, label }: vscode.Tab): string | null {
    if (input instanceof vscode.TabInputTextDiff) return runOfAddress(input.modified);
    if (input instanceof vscode.TabInputText) return runOfAddress(input.uri);
    return this.#titles().find(({ title }) => label === title || label.startsWith(`${title} (`))?.runId ?? null;
  }

  #tell(): void {
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    const single = tab?.input instanceof vscode.TabInputTextDiff || tab?.input instanceof vscode.TabInputText;
    const several = tab !== undefined && !single && this.#runOf(tab) !== null;
    void vscode.commands.executeCommand('setContext', SEVERAL_FILES, several);
  }

  #titles(): readonly Titled[] {
    return this.#memento.get<readonly Titled[]>(STATE_KEY, []);
  }
}

/** The run of a proposed text's address; null: it is another address. */
export function runOfAddress(uri: vscode.Uri): string | null {
  return uri.scheme === EDIT_SCHEME ? (parseEditAddress(uri.path, uri.query)?.runId ?? null) : null;
}
