import * as vscode from 'vscode';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { OpenApproval } from '../../../core/policy/approval.ts';
import { type Action, notify } from '../host/report.ts';
import type { Session } from '../host/session.ts';

/** Questions that come within this time are told in one message, ms. */
const GATHER_MS = 300;
/** Characters of a question that fit into a message; the list of questions has all of it. */
const MESSAGE_LIMIT = 240;

/** What answers are given with. */
export interface RunApprovalsParts {
  readonly session: Session;
  /** Takes a suspended run up again. */
  resume(runId: string, title: string): Promise<unknown>;
  report(error: unknown): void;
}

/**
 * Asks the person what tasks of runs wait for: a message when they begin to, and a list of everything that is open, of this window
 * and of all others on the same database.
 */
export class RunApprovals implements vscode.Disposable {
  readonly #parts: RunApprovalsParts;
  readonly #asking = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RunApprovalsParts) {
    this.#parts = parts;
  }

  /** Takes an event of a run of this window in. */
  onEvent(event: EnsembleEvent): void {
    if (event.type !== 'approval:asked') return;
    this.#asking.add(event.runId);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell().catch((error: unknown) => this.#parts.report(error));
    }, GATHER_MS);
  }

  /** Lets the person choose a question and answer it, until none is open or they have enough. */
  async answer(): Promise<void> {
    for (;;) {
      const open = await this.#open();
      if (open.length === 0) {
        notify({ level: 'info', text: vscode.l10n.t('No agent waits for your decision.'), buttons: [] });
        return;
      }
      const question = open.length === 1 ? open[0] : await chooseQuestion(open);
      const approved = question && (await chooseAnswer(question));
      if (question === undefined || approved === undefined) return;
      await this.#give(question, approved);
      if (open.length === 1) return;
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  async #tell(): Promise<void> {
    const runs = new Set(this.#asking);
    this.#asking.clear();
    const open = (await this.#open()).filter(({ runId }) => runs.has(runId));
    const [first] = open;
    if (first === undefined) return;
    const more = {
      label: vscode.l10n.t('Show...'),
      run: () => vscode.commands.executeCommand('ensemble.answerAgents'),
    };
    if (open.length > 1) {
      const text = vscode.l10n.t('{0} agents wait for your decision.', open.length);
      return notify({ level: 'warning', text, buttons: [more] });
    }
    const text = vscode.l10n.t('{0} asks: {1}', first.taskId, [first.title, ...first.details].join(' · '));
    const isWhole = text.length <= MESSAGE_LIMIT;
    // Nobody can allow from a message what the message does not show.
    const buttons = isWhole ? [this.#button(first, true), this.#button(first, false)] : [more];
    notify({ level: 'warning', text: isWhole ? text : `${text.slice(0, MESSAGE_LIMIT)}…`, buttons });
  }

  #button(question: OpenApproval, approved: boolean): Action {
    const label = approved ? vscode.l10n.t('Allow') : vscode.l10n.t('Refuse');
    return { label, run: () => this.#give(question, approved).catch((error: unknown) => this.#parts.report(error)) };
  }

  async #give(question: OpenApproval, approved: boolean): Promise<void> {
    const { runId } = question;
    const { approvals, runs } = await this.#parts.session.open();
    const { needsResume } = await approvals.answer(question, approved);
    // With the last answer, not with each: the run would only stop again.
    if (!needsResume || (await approvals.open(runId)).length > 0) return;
    const { record } = await runs.get(runId);
    const resumed = this.#parts.resume(runId, vscode.l10n.t('Resumed: {0}', record.title));
    resumed.catch((error: unknown) => this.#parts.report(error));
  }

  async #open(): Promise<readonly OpenApproval[]> {
    const ensemble = await this.#parts.session.openExisting();
    return (await ensemble?.approvals.open()) ?? [];
  }
}

async function chooseQuestion(open: readonly OpenApproval[]): Promise<OpenApproval | undefined> {
  const items = open.map((question) => ({
    label: question.title,
    description: question.taskId,
    detail: question.details.join(' · '),
    question,
  }));
  const placeHolder = vscode.l10n.t('Which question do you want to answer?');
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDetail: true }))?.question;
}

/** Undefined: later. */
async function chooseAnswer({ taskId, title, details }: OpenApproval): Promise<boolean | undefined> {
  const detail = details.join(' · ');
  const items = [
    { label: `$(check) ${vscode.l10n.t('Allow')}`, detail, approved: true },
    { label: `$(circle-slash) ${vscode.l10n.t('Refuse')}`, approved: false },
  ];
  const options = { title: vscode.l10n.t('{0} asks: {1}', taskId, title), placeHolder: vscode.l10n.t('Allow it?') };
  return (await vscode.window.showQuickPick(items, options))?.approved;
}
