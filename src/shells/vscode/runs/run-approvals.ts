import * as vscode from 'vscode';
import type { Ensemble } from '../../../core/ensemble.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { OpenApproval } from '../../../core/policy/approval.ts';
import { type Action, notify } from '../host/report.ts';
import type { Session } from '../host/session.ts';
import type { AskedBy, Questions } from './open-questions.ts';

/** Questions that come within this time are told in one message, ms. */
const GATHER_MS = 300;
/** Characters of a question that fit into a message; all of it is shown before it is answered. */
const MESSAGE_LIMIT = 240;

/** What answers are given with. */
export interface RunApprovalsParts {
  readonly session: Session;
  readonly questions: Questions;
  /** The folders of this window: runs of others do not go on here. */
  root(): string;
  /** Who asks a question. */
  askedBy(question: OpenApproval): Promise<AskedBy>;
  /** Takes a suspended run up again. */
  resume(runId: string, title: string): Promise<unknown>;
  report(error: unknown): void;
}

/**
 * Asks the person what tasks of runs wait for: a message when they begin to, rows of the Agents view, and a list of everything that
 * is open, of this window and of all others on the same database. Nobody can allow what they were not shown.
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
    if (event.type === 'approval:asked') this.#tellSoon(event.runId);
    else if (event.type === 'approval:answered' || event.type === 'workflow:results') this.#refresh();
  }

  /** Reads what has been waiting since before this window was opened, and tells of it where the run is of this window's folders. */
  async remind({ runs }: Pick<Ensemble, 'runs'>): Promise<void> {
    await this.#parts.questions.refresh();
    for (const runId of new Set(this.#parts.questions.list().map((one) => one.runId))) {
      const { record } = await runs.get(runId);
      if ((record.workspace ?? '') === this.#parts.root()) this.#tellSoon(runId);
    }
  }

  /** Lets the person choose a question and answer it, until none is open or they have enough. */
  async answer(): Promise<void> {
    for (;;) {
      await this.#parts.questions.refresh();
      const open = this.#parts.questions.list();
      if (open.length === 0) {
        notify({ level: 'info', text: vscode.l10n.t('No agent waits for your decision.'), buttons: [] });
        return;
      }
      const question = open.length === 1 ? open[0] : await this.#choose(open);
      if (question === undefined || !(await this.#decide(question)) || open.length === 1) return;
    }
  }

  /** Shows what a task asks, with buttons to answer it; false: nothing was answered. Without a task: of whichever is chosen. */
  async show(runId: string | null, taskId: string | null): Promise<void> {
    const question = runId === null || taskId === null ? null : await this.#questionOf(runId, taskId);
    if (question !== null) await this.#decide(question);
    else await this.answer();
  }

  /** Refuses what a task asks. */
  async refuse(runId: string, taskId: string): Promise<void> {
    const question = await this.#questionOf(runId, taskId);
    if (question !== null) await this.#give(question, false);
    else tellSettled();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  async #questionOf(runId: string, taskId: string): Promise<OpenApproval | null> {
    await this.#parts.questions.refresh();
    return this.#parts.questions.of(runId, taskId);
  }

  #tellSoon(runId: string): void {
    this.#asking.add(runId);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell().catch((error: unknown) => this.#parts.report(error));
    }, GATHER_MS);
  }

  #refresh(): void {
    this.#parts.questions.refresh().catch((error: unknown) => this.#parts.report(error));
  }

  async #tell(): Promise<void> {
    const runs = new Set(this.#asking);
    this.#asking.clear();
    await this.#parts.questions.refresh();
    const open = this.#parts.questions.list().filter(({ runId }) => runs.has(runId));
    const [first] = open;
    if (first === undefined) return;
    if (open.length > 1) {
      const text = vscode.l10n.t('{0} agents wait for your decision.', open.length);
      return notify({ level: 'warning', text, buttons: [this.#look(() => this.answer())] });
    }
    const { agent } = await this.#parts.askedBy(first);
    const text = vscode.l10n.t('{0} asks: {1}', agent, [first.title, ...first.details].join(' · '));
    // Nobody can allow from a message what the message does not show.
    const isWhole = text.length <= MESSAGE_LIMIT;
    const look = this.#look(() => this.show(first.runId, first.taskId));
    const buttons = isWhole ? [this.#button(first, true), this.#button(first, false)] : [look];
    notify({ level: 'warning', text: isWhole ? text : `${text.slice(0, MESSAGE_LIMIT)}…`, buttons });
  }

  #look(run: () => Promise<void>): Action {
    return { label: vscode.l10n.t('Show...'), run: () => run().catch((error: unknown) => this.#parts.report(error)) };
  }

  #button(question: OpenApproval, approved: boolean): Action {
    const run = () => this.#giveIfOpen(question, approved).catch((error: unknown) => this.#parts.report(error));
    return { label: approved ? allow() : refuse(), run };
  }

  async #choose(open: readonly OpenApproval[]): Promise<OpenApproval | undefined> {
    const items = await Promise.all(
      open.map(async (question) => {
        const { agent, run } = await this.#parts.askedBy(question);
        return {
          label: question.title,
          description: `${agent} · ${run}`,
          detail: question.details.join(' · '),
          question,
        };
      }),
    );
    const placeHolder = vscode.l10n.t('Which question do you want to answer?');
    const options = {
      title: vscode.l10n.t('Waiting Agents'),
      placeHolder,
      matchOnDetail: true,
      matchOnDescription: true,
    };
    return (await vscode.window.showQuickPick(items, options))?.question;
  }

  /** All that there is to know before the answer; false: it was put off. */
  async #decide(question: OpenApproval): Promise<boolean> {
    const { agent, task, run } = await this.#parts.askedBy(question);
    const detail = [
      ...question.details,
      '',
      vscode.l10n.t('Agent: {0}', agent),
      vscode.l10n.t('Task: {0}', task),
      vscode.l10n.t('Run: {0}', run),
    ].join('\n');
    const answer = await vscode.window.showWarningMessage(question.title, { modal: true, detail }, allow(), refuse());
    if (answer === undefined) return false;
    await this.#give(question, answer === allow());
    return true;
  }

  /** A message stays where it is until somebody closes it, also when the question was answered elsewhere. */
  async #giveIfOpen(question: OpenApproval, approved: boolean): Promise<void> {
    await this.#parts.questions.refresh();
    if (this.#parts.questions.has(question)) await this.#give(question, approved);
    else tellSettled();
  }

  async #give(question: OpenApproval, approved: boolean): Promise<void> {
    const { runId } = question;
    const { approvals, runs } = await this.#parts.session.open();
    const answered = await approvals.answer(question, approved).finally(() => this.#refresh());
    if (answered.approved !== approved) {
      const text = answered.approved
        ? vscode.l10n.t('Somebody else has allowed this already.')
        : vscode.l10n.t('Somebody else has refused this already.');
      notify({ level: 'info', text, buttons: [] });
    }
    // With the last answer, not with each: the run would only stop again.
    if (!answered.needsResume || (await approvals.open(runId)).length > 0) return;
    const { record } = await runs.get(runId);
    if ((record.workspace ?? '') !== this.#parts.root()) {
      const text = vscode.l10n.t(
        'The answer is kept. Resume the run in a window of its folder: {0}',
        record.workspace ?? '',
      );
      return notify({ level: 'info', text, buttons: [] });
    }
    const resumed = this.#parts.resume(runId, vscode.l10n.t('Resumed: {0}', record.title));
    resumed.catch((error: unknown) => this.#parts.report(error));
  }
}

function tellSettled(): void {
  notify({ level: 'info', text: vscode.l10n.t('This agent no longer waits for your decision.'), buttons: [] });
}

function allow(): string {
  return vscode.l10n.t('Allow');
}

function refuse(): string {
  return vscode.l10n.t('Refuse');
}
