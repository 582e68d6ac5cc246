import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { EventListener } from '../../../core/events.ts';
import type { RunHandle, RunOptions, RunRequest } from '../../../core/requests.ts';
import type { RunResult } from '../../../core/results.ts';
import type { Proposals } from '../edits/proposals.ts';
import { signalOf } from '../host/cancellation.ts';
import type { Session } from '../host/session.ts';
import { hasEnded } from '../views/agent-views.ts';
import type { AgentsTree } from '../views/agents-tree.ts';
import type { OutcomePresenter, RunSubject } from './outcome-presenter.ts';
import { type ProgressStep, RunProgress } from './progress.ts';
import type { RunSources } from './run-sources.ts';

/** Names of agents at work that fit into a progress notification. */
const NAMES_SHOWN = 3;

/** What a launcher works with. */
export interface LauncherParts {
  readonly session: Session;
  readonly sources: RunSources;
  readonly agents: AgentsTree;
  readonly outcomes: OutcomePresenter;
  readonly proposals: Proposals;
}

/** Starts and resumes runs with everything around them: trust, progress with a cancel button, outcome. */
export class RunLauncher {
  readonly #parts: LauncherParts;

  constructor(parts: LauncherParts) {
    this.#parts = parts;
  }

  /** Runs with progress and presents the outcome. Rejects only when the run could not start. */
  async launch(
    request: RunRequest,
    title: string,
    subject: RunSubject,
    extra: Pick<RunOptions, 'alwaysConfirm' | 'memory'> = {},
  ): Promise<RunResult> {
    requireTrust();
    const { session, sources, proposals } = this.#parts;
    return this.#watch({ title, progress: new RunProgress() }, subject, async (options) => {
      const handle = await (await session.open()).start(request, { ...options, ...extra });
      proposals.remember(handle.runId, request);
      if (subject.document) await sources.remember(handle.runId, subject.document.file, subject.document.uri);
      return handle;
    });
  }

  /** Rejects where nothing may run, before a person is asked for anything. */
  requireTrust(): void {
    requireTrust();
  }

  /** Takes a stopped run up again. */
  async resume(runId: string, title: string): Promise<RunResult> {
    requireTrust();
    const ensemble = await this.#parts.session.open();
    const { tasks } = await ensemble.runs.get(runId);
    const progress = new RunProgress(tasks.map((task) => ({ taskId: task.taskId, ended: hasEnded(task) })));
    return this.#watch({ title, progress }, { document: null }, (options) => ensemble.resume(runId, options));
  }

  /** For other extensions: no progress, no messages. */
  async runQuietly(request: RunRequest): Promise<RunResult> {
    requireTrust();
    const handle = await (await this.#parts.session.open()).start(request);
    void this.#parts.agents.reload(handle.runId);
    return this.#settled(handle);
  }

  async #watch(
    { title, progress }: { readonly title: string; readonly progress: RunProgress },
    subject: RunSubject,
    start: (options: RunOptions) => Promise<RunHandle>,
  ): Promise<RunResult> {
    const place = vscode.window.activeTextEditor?.document;
    const notification = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
    const result = await vscode.window.withProgress(notification, async (bar, token) => {
      const handle = await start({ signal: signalOf(token), onEvent: reportTo(bar, progress) });
      void this.#parts.agents.reload(handle.runId);
      return this.#settled(handle);
    });
    const now = vscode.window.activeTextEditor?.document;
    await this.#parts.outcomes.present(result, subject, now === undefined || now === place);
    return result;
  }

  async #settled(handle: RunHandle): Promise<RunResult> {
    try {
      return await handle.result;
    } finally {
      await this.#parts.agents.reload(handle.runId);
    }
  }
}

/** Throws `untrusted-workspace` in Restricted Mode. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new EnsembleError(
    'untrusted-workspace',
    vscode.l10n.t('Agents do not run here: the folder is in Restricted Mode.'),
    {
      hint: vscode.l10n.t('Trust the folder to let its code be sent to your accounts.'),
    },
  );
}

type Bar = vscode.Progress<{ message?: string; increment?: number }>;

function reportTo(bar: Bar, progress: RunProgress): EventListener {
  return (event) => {
    const step = progress.apply(event);
    if (step) bar.report({ message: textOf(step), increment: step.increment });
  };
}

function textOf({ ended, total, working }: ProgressStep): string {
  const counts = vscode.l10n.t('{0} of {1} agents done', ended, total);
  if (working.length === 0) return counts;
  const names = working.slice(0, NAMES_SHOWN).join(', ');
  const more = working.length > NAMES_SHOWN ? ', …' : '';
  return vscode.l10n.t('{0}, at work: {1}', counts, names + more);
}
