import * as vscode from 'vscode';
import type { DashboardAccount } from '../../../protocol/dashboard.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Session } from '../host/session.ts';
import type { Questions } from '../runs/open-questions.ts';
import { parseElement } from '../views/agent-views.ts';
import type { AgentsModel } from '../views/agents-model.ts';
import type { AgentsTree } from '../views/agents-tree.ts';
import { DashboardFeed, type DashboardSource } from './dashboard-feed.ts';
import { DASHBOARD_VIEW, DashboardPanel, panelOptions } from './dashboard-panel.ts';
import { accountRows } from './dashboard-rows.ts';

/** What the Dashboard works with. */
export interface DashboardParts {
  readonly session: Session;
  readonly model: AgentsModel;
  readonly agents: AgentsTree;
  readonly questions: Questions;
  readonly log: vscode.LogOutputChannel;
  /** Tells of events, which the model has taken in already, and of runs that were read again. */
  readonly outlets: Pick<Outlets, 'events' | 'agents' | 'questions'>;
  hasAccounts(): boolean;
  report(error: unknown): void;
}

/** The Dashboard of this window: at most one panel, opened by a command or brought back by the editor. */
export class Dashboard implements vscode.Disposable {
  readonly #parts: DashboardParts;
  readonly #folder: vscode.Uri;
  readonly #listeners: vscode.Disposable[];
  #panel: DashboardPanel | null = null;

  constructor(context: Pick<vscode.ExtensionContext, 'extensionUri'>, parts: DashboardParts) {
    this.#parts = parts;
    this.#folder = vscode.Uri.joinPath(context.extensionUri, 'dist', 'webview');
    const reload = () => this.#panel?.feed.reload();
    this.#listeners = [
      parts.outlets.events.event((event) => this.#panel?.feed.onEvent(event)),
      parts.outlets.agents.event((elements) => {
        if (elements === undefined) reload();
      }),
      parts.outlets.questions.event(() => this.#panel?.feed.questionsChanged()),
      vscode.workspace.onDidGrantWorkspaceTrust(reload),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!change.affectsConfiguration('ensemble.accounts')) return;
        reload();
        this.#panel?.feed.accountsChanged();
      }),
    ];
  }

  /** Shows the panel, with the run of an element of the Agents view if that is given, else with the run that it has. */
  open(element: unknown): void {
    const runId = typeof element === 'string' ? parseElement(element).runId : null;
    if (this.#panel) this.#panel.reveal();
    const shown = this.#panel ?? this.adopt(this.#createPanel());
    if (runId !== null) shown.feed.select(runId);
  }

  /** Takes over a panel, such as one that the editor brought back after a reload. */
  adopt(panel: vscode.WebviewPanel): DashboardPanel {
    this.#panel?.dispose();
    const { log, report } = this.#parts;
    const makeFeed = (send: ConstructorParameters<typeof DashboardFeed>[1]) => new DashboardFeed(this.#source(), send);
    const shown = new DashboardPanel({ panel, folder: this.#folder, log, makeFeed, report });
    this.#panel = shown;
    panel.onDidDispose(() => {
      shown.dispose();
      if (this.#panel === shown) this.#panel = null;
    });
    return shown;
  }

  dispose(): void {
    this.#panel?.dispose();
    for (const listener of this.#listeners) listener.dispose();
  }

  #createPanel(): vscode.WebviewPanel {
    const title = vscode.l10n.t('Ensemble Dashboard');
    const options = panelOptions(this.#folder);
    return vscode.window.createWebviewPanel(DASHBOARD_VIEW, title, vscode.ViewColumn.Active, options);
  }

  #source(): DashboardSource {
    const { session, model, agents, questions, hasAccounts } = this.#parts;
    return {
      runs: () => agents.runs(),
      knownRuns: () => model.runs(),
      run: (runId) => model.run(runId),
      load: (runId) => agents.load(runId),
      active: () => new Set(session.opened?.runs.active() ?? []),
      questions: (runId) => questions.ofRun(runId),
      accounts: () => this.#accounts(),
      trusted: () => vscode.workspace.isTrusted,
      hasAccounts,
    };
  }

  async #accounts(): Promise<readonly DashboardAccount[]> {
    const ensemble = await this.#parts.session.openExisting();
    if (!ensemble) return [];
    const midnight = new Date();
    midnight.setHours(0, 0, 0, 0);
    const [status, usage] = await Promise.all([
      ensemble.accounts.status(),
      ensemble.accounts.usage(midnight.toISOString()),
    ]);
    return accountRows(status, usage);
  }
}
