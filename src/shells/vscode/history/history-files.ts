import * as vscode from 'vscode';
import { compareAnswers, readableAnswer } from '../../../core/history/compare-answers.ts';
import type { ReplayOutline, ReplayPlace } from '../../../core/history/replay-steps.ts';
import { composeStatus } from '../database/compose-status.ts';
import type { ComposedText } from '../host/composed-files.ts';
import type { Session } from '../host/session.ts';
import { type AuditFilter, composeAudit } from './compose-audit.ts';
import { composeComparison } from './compose-comparison.ts';
import { composeConversation } from './compose-conversation.ts';
import { composeStep } from './compose-step.ts';
import { filterOf, type HistoryPlace, historyUri, isStep, placeOf } from './history-uri.ts';
import { MOST_SHOWN } from './markdown-text.ts';

/** Entries of the audit log that its document shows. */
const AUDIT_ENTRIES = 1000;

/** Conversations, their replays and the logs as read-only documents, made from the database whenever one is read. */
export class HistoryFiles {
  readonly #session: Session;
  /** The replay that was read last: going through its steps asks for it again and again. */
  #outline: { readonly kind: HistoryPlace['kind']; readonly outline: ReplayOutline } | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /** What a document says now. */
  async compose(uri: vscode.Uri): Promise<ComposedText> {
    const place = placeOf(uri);
    const { kind, id } = place;
    const { stores, replay } = await this.#session.open();
    if (kind === 'audit') {
      const filter: AuditFilter = filterOf(uri);
      const { items, total } = await stores.audit.list({ ...filter, limit: AUDIT_ENTRIES });
      return { text: composeAudit(items, total, filter), createdAt: items[0]?.at ?? new Date(0).toISOString() };
    }
    if (kind === 'database') {
      return { text: composeStatus(await stores.maintenance.status()), createdAt: new Date(id).toISOString() };
    }
    const conversation = await stores.conversations.get(id);
    if (!conversation) throw vscode.FileSystemError.FileNotFound(uri);
    const { createdAt } = conversation;
    if (kind === 'answer') return { text: readableAnswer(conversation).slice(0, MOST_SHOWN), createdAt };
    if (kind === 'comparison') {
      return { text: composeComparison(await compareAnswers(replay, stores.conversations, id)), createdAt };
    }
    if (!isStep(place)) return { text: await this.#conversation(conversation), createdAt };
    const { outline, index } = await this.stepAt(place);
    const text = composeStep(outline, index, await replay.step(outline, index), localTime(createdAt));
    return { text, createdAt };
  }

  /** Opens a conversation. */
  async openConversation(id: number, title: string): Promise<void> {
    await show(historyUri({ kind: 'conversation', id }, title));
  }

  /** Opens the audit log as it is now; default: all of it. */
  async openAudit(filter: AuditFilter = {}): Promise<void> {
    await show(historyUri({ kind: 'audit', id: Date.now() }, vscode.l10n.t('Audit Log'), { ...filter }));
  }

  /** Opens the state of the database as it is now. */
  async openDatabaseStatus(): Promise<void> {
    await show(historyUri({ kind: 'database', id: Date.now() }, vscode.l10n.t('Database Status')));
  }

  /** Opens the replay of a run at its first step, or that of a conversation's task at the conversation; reads it anew. */
  async openReplay(place: ReplayPlace): Promise<void> {
    const outline = await (await this.#session.open()).replay.outline(place);
    const kind = 'runId' in place ? 'run-step' : 'task-step';
    this.#outline = { kind, outline };
    const step = outline.steps[outline.start];
    if (step) await this.openStep({ kind, id: step.id });
  }

  /** Opens a step of a replay. */
  async openStep(place: HistoryPlace): Promise<void> {
    const { outline, index } = await this.stepAt(place);
    await show(historyUri(place, vscode.l10n.t('Step {0} of {1}', index + 1, outline.steps.length)));
  }

  /** The replay that a step belongs to, and where in it the step stands. */
  async stepAt({ kind, id }: HistoryPlace): Promise<{ readonly outline: ReplayOutline; readonly index: number }> {
    const known = this.#outline;
    const index = known?.kind === kind ? known.outline.steps.findIndex((step) => step.id === id) : -1;
    if (known && index >= 0) return { outline: known.outline, index };
    const { replay } = await this.#session.open();
    const task = await replay.outline({ conversation: id });
    const outline = kind === 'run-step' && task.runId !== '' ? await replay.outline({ runId: task.runId }) : task;
    this.#outline = { kind, outline };
    return {
      outline,
      index: Math.max(
        0,
        outline.steps.findIndex((step) => step.id === id),
      ),
    };
  }

  /** Opens two answers side by side, and behind them the table of their figures. `id` repeats `original`. */
  async openComparison(id: number, original: number): Promise<void> {
    await show(historyUri({ kind: 'comparison', id }, vscode.l10n.t('Comparison of {0} and {1}', original, id)), false);
    const sides = [original, id].map((one) =>
      historyUri({ kind: 'answer', id: one }, vscode.l10n.t('Answer {0}', one)),
    );
    const title = vscode.l10n.t('Answers {0} and {1}', original, id);
    await vscode.commands.executeCommand('vscode.diff', ...sides, title, { preview: false });
  }

  async #conversation(conversation: Parameters<typeof composeConversation>[0]['conversation']): Promise<string> {
    const { runs } = await this.#session.open();
    const run = await runs.get(conversation.runId).catch(() => null);
    const task = run?.tasks.find(({ taskId }) => conversation.taskId === `${conversation.runId}/${taskId}`) ?? null;
    const runTitle = run?.record.title ?? null;
    return composeConversation({ conversation, task, runTitle, began: localTime(conversation.createdAt) });
  }
}

function localTime(at: string): string {
  return new Date(at).toLocaleString(vscode.env.language);
}

async function show(uri: vscode.Uri, preview = true): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview });
}
