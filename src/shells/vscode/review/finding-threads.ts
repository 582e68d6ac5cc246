import * as vscode from 'vscode';
import type { Severity } from '../../../core/results.ts';
import { rangeOf } from './finding-diagnostics.ts';
import type { FindingRef, ListedFinding } from './finding-list.ts';
import { findingBody } from './finding-text.ts';

/**
 * Findings as comment threads: collapsed, one for each finding, in documents that are open. The thread holds what there is
 * to read and the actions; the code around it stays as it is until somebody opens one.
 */
export class FindingThreads implements vscode.Disposable {
  readonly #controller = vscode.comments.createCommentController(
    'ensemble.findings',
    vscode.l10n.t('Ensemble Findings'),
  );
  readonly #threads = new Map<string, { readonly ref: FindingRef; readonly thread: vscode.CommentThread }>();

  /** Shows exactly these findings in a document. */
  show(document: vscode.TextDocument, findings: readonly ListedFinding[]): void {
    const wanted = new Set(findings.map(keyOf));
    for (const [key, { thread }] of this.#threads) {
      if (thread.uri.toString() === document.uri.toString() && !wanted.has(key)) this.#dispose(key);
    }
    for (const listed of findings) this.#update(document, listed);
  }

  /** Takes all threads of a document away. */
  clear(uri: string): void {
    for (const [key, { thread }] of this.#threads) if (thread.uri.toString() === uri) this.#dispose(key);
  }

  /** Opens the thread of one finding and closes the others. */
  expand(ref: FindingRef): void {
    for (const [key, { thread }] of this.#threads) {
      const state = vscode.CommentThreadCollapsibleState;
      thread.collapsibleState = key === keyOf(ref) ? state.Expanded : state.Collapsed;
    }
  }

  /** The finding of a thread, or of a comment's thread, as menus hand it over; null: it is none of ours. */
  refOf(argument: unknown): FindingRef | null {
    return [...this.#threads.values()].find(({ thread }) => thread === argument)?.ref ?? null;
  }

  dispose(): void {
    this.#controller.dispose();
  }

  #update(document: vscode.TextDocument, listed: ListedFinding): void {
    const { finding, place } = listed;
    const known = this.#threads.get(keyOf(listed))?.thread;
    const range = place
      ? rangeOf(place)
      : (known?.range ?? document.lineAt(Math.min(finding.startLine, document.lineCount) - 1).range);
    const thread = known ?? this.#create(document, listed, range);
    if (!thread.range?.isEqual(range)) thread.range = range;
    const label = place ? labelOf(finding.severity) : vscode.l10n.t('The code has changed');
    if (thread.label !== label) {
      thread.label = label;
      thread.contextValue = [finding.edit && place ? 'fix' : '', 'finding'].join(' ').trim();
    }
  }

  #create(document: vscode.TextDocument, listed: ListedFinding, range: vscode.Range): vscode.CommentThread {
    const { finding } = listed;
    const body = new vscode.MarkdownString(
      `**${escapeInline(finding.title)}**\n\n${findingBody(finding, document.languageId)}`,
    );
    const comment: vscode.Comment = {
      author: { name: finding.reporters.join(', ') || 'Ensemble' },
      label: finding.category,
      mode: vscode.CommentMode.Preview,
      body,
    };
    const thread = this.#controller.createCommentThread(document.uri, range, [comment]);
    thread.canReply = false;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Collapsed;
    this.#threads.set(keyOf(listed), { ref: { runId: listed.runId, id: listed.id }, thread });
    return thread;
  }

  #dispose(key: string): void {
    this.#threads.get(key)?.thread.dispose();
    this.#threads.delete(key);
  }
}

function keyOf({ runId, id }: FindingRef): string {
  return `${runId}/${id}`;
}

/** Severity as a word people read, in their language. */
export function labelOf(severity: Severity): string {
  switch (severity) {
    case 'critical':
      return vscode.l10n.t('Critical');
    case 'high':
      return vscode.l10n.t('High');
    case 'medium':
      return vscode.l10n.t('Medium');
    case 'low':
      return vscode.l10n.t('Low');
    case 'info':
      return vscode.l10n.t('Note');
  }
}

/** A title as text, whatever marks it has. */
function escapeInline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+\-.!|<>~]/g, '\\$&');
}
