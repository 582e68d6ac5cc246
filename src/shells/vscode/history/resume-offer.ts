import * as vscode from 'vscode';
import type { Ensemble } from '../../../core/ensemble.ts';
import { actions, notify } from '../host/report.ts';

const OFFERED_KEY = 'ensemble.resumeOffered';
/** Runs whose offer is remembered. */
const KEPT = 100;

/** Offers to resume runs that were interrupted: one message, once for each run, in a window that opens the database anyway. */
export class ResumeOffer {
  readonly #state: vscode.Memento;
  readonly #roots: () => readonly string[];

  constructor(state: vscode.Memento, roots: () => readonly string[]) {
    this.#state = state;
    this.#roots = roots;
  }

  /**
   * Looks for interrupted runs of this workspace and offers those that were never offered before. A run that `asks` goes on with the
   * answer.
   */
  async look(ensemble: Ensemble, asks: (runId: string) => boolean): Promise<void> {
    const unfinished = await ensemble.history.unfinished({ workspace: this.#roots() });
    const runs = unfinished.filter(({ live, run }) => !live && !asks(run.runId));
    const offered = this.#state.get<readonly string[]>(OFFERED_KEY, []);
    const fresh = runs.map(({ run }) => run).filter(({ runId }) => !offered.includes(runId));
    const [first] = fresh;
    if (!first || !vscode.workspace.isTrusted) return;
    const kept = [...fresh.map(({ runId }) => runId), ...offered].slice(0, KEPT);
    await this.#state.update(OFFERED_KEY, kept);
    const history = {
      label: vscode.l10n.t('Show History'),
      run: () => vscode.commands.executeCommand('ensemble.history.focus'),
    };
    if (fresh.length === 1) {
      const text = vscode.l10n.t('The run "{0}" was interrupted. What it has done is kept.', first.title);
      return notify({ level: 'info', text, buttons: [actions.resume(first.runId), history] });
    }
    const text = vscode.l10n.t('{0} runs were interrupted. What they have done is kept.', fresh.length);
    notify({ level: 'info', text, buttons: [history] });
  }
}
