import * as vscode from 'vscode';
import type { HistoryFilter } from '../../../core/history/history.ts';

const SCOPE_KEY = 'ensemble.historyOfAllWorkspaces';

/** What a person narrows the History view to, beside the workspace. */
export type ChosenFilter = Pick<HistoryFilter, 'model' | 'account' | 'agent' | 'status' | 'kind' | 'from'> & {
  /** What the view calls it. */
  readonly label: string;
};

/** Which part of the history is listed: the workspace or all of them, and what the person has narrowed it to. */
export class HistoryScope {
  readonly #state: vscode.Memento;
  readonly #roots: () => readonly string[];
  #chosen: ChosenFilter | null = null;
  /** What the menus were told; before that all of it is false to them. */
  readonly #told = new Map<string, boolean>();

  constructor(state: vscode.Memento, roots: () => readonly string[]) {
    this.#state = state;
    this.#roots = roots;
  }

  /** Whether the runs of all workspaces are listed. */
  get all(): boolean {
    return this.#state.get<boolean>(SCOPE_KEY, false);
  }

  get chosen(): ChosenFilter | null {
    return this.#chosen;
  }

  /** For the lists of the history. */
  get filter(): HistoryFilter {
    const { label: _, ...chosen } = this.#chosen ?? { label: '' };
    return { ...this.workspace, ...chosen };
  }

  /** The folders that are open, as a filter. */
  get workspace(): HistoryFilter {
    return this.all ? {} : { workspace: this.#roots() };
  }

  async showAll(all: boolean): Promise<void> {
    await this.#state.update(SCOPE_KEY, all);
  }

  choose(filter: ChosenFilter | null): void {
    this.#chosen = filter;
  }

  /** What stands beside the name of the view. */
  get description(): string {
    const where = this.all ? [vscode.l10n.t('all workspaces')] : [];
    return [...where, ...(this.#chosen ? [this.#chosen.label] : [])].join(' · ');
  }

  /** Tells the menus what has changed. Nobody waits: a window that is drawing the view takes a second to answer. */
  tell(): void {
    for (const [key, value] of [
      ['ensemble.historyOfAllWorkspaces', this.all],
      ['ensemble.historyFiltered', this.#chosen !== null],
    ] as const) {
      if ((this.#told.get(key) ?? false) === value) continue;
      this.#told.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}
