import * as vscode from 'vscode';
import type { RunResult } from '../../../core/results.ts';
import type { ProposedEdits } from '../edits/proposed-edits.ts';
import { type Action, actions, type Notice, notify, sentences } from '../host/report.ts';
import type { ResultFiles } from '../results/result-files.ts';
import type { Findings, ReviewedPlace } from '../review/findings.ts';
import type { RunSources } from './run-sources.ts';

/** What a run was about, as far as the editor knows more than the request. */
export interface RunSubject {
  /** The document whose text was handed over, and which lines of it; null: the run read files by itself, or none. */
  readonly document: { readonly file: string; readonly uri: vscode.Uri; readonly lines: ReviewedPlace['lines'] } | null;
}

/** What a presenter works with. */
export interface PresenterParts {
  readonly results: ResultFiles;
  readonly findings: Findings;
  readonly sources: RunSources;
  readonly edits: ProposedEdits;
  /** True while the settings name an account. */
  hasAccounts(): boolean;
  /** Accounts whose key their provider refuses at present. */
  refusedAccounts(): Promise<readonly string[]>;
}

/** Shows how a run ended: its document, its findings in the code, and one message where there is something to do. */
export class OutcomePresenter {
  readonly #parts: PresenterParts;
  #adviceGiven = false;

  constructor(parts: PresenterParts) {
    this.#parts = parts;
  }

  /** `undisturbed`: the person is still in the editor where the run was started, or in none. */
  async present(result: RunResult, subject: RunSubject, undisturbed: boolean): Promise<void> {
    const ended = result.status === 'completed' || result.status === 'partial';
    // A pipeline and the answer of a task run are read before their files are looked at.
    const isRead = result.pipeline !== undefined || result.kind === 'run';
    if (ended && result.edits && !isRead) await this.#parts.edits.present(result, undisturbed);
    else if (ended) {
      const uri = await this.#parts.results.open(result.runId);
      await this.#showFindings(result, subject, uri);
      if ((result.edits ?? []).length > 0) await this.#parts.edits.present(result, false);
    }
    const notice = await this.#notice(result);
    if (notice) notify(notice);
  }

  async #showFindings(result: RunResult, subject: RunSubject, document: vscode.Uri): Promise<void> {
    if (!result.findings) return;
    const uriOf = (file: string) => this.#parts.sources.uriOf(result.runId, file);
    const places = subject.document
      ? [{ uri: subject.document.uri, lines: subject.document.lines }]
      : (result.coverage?.reviewed ?? []).flatMap((file) => placeOf(uriOf(file)));
    const findings = result.findings.flatMap((finding) => {
      const uri = uriOf(finding.file);
      return uri ? [{ uri, finding }] : [];
    });
    await this.#parts.findings.show(result.runId, { places, findings, document });
  }

  async #notice(result: RunResult): Promise<Notice | null> {
    const failed = result.status !== 'completed' && result.error !== null;
    const refused = [...new Set([...refusedIn(result), ...(failed ? await this.#parts.refusedAccounts() : [])])].sort();
    const keys = refused.map((account) => actions.updateKey(account));
    switch (result.status) {
      case 'failed': {
        const buttons = [...keys, actions.openResult(result.runId), actions.showLog()];
        return { level: 'error', text: failureText(result, refused), buttons };
      }
      case 'suspended':
        // The questions themselves are shown (run-approvals.ts).
        if (result.error?.code === 'approval-required') return null;
        return stoppedNotice(result, refused, keys);
      case 'interrupted':
        return stoppedNotice(result, refused, keys);
      case 'partial':
        return { level: 'warning', text: partialText(result), buttons: [...keys, actions.showLog()] };
      case 'completed':
        return refused.length > 0
          ? { level: 'warning', text: refusedText(refused), buttons: keys }
          : this.#advice(result);
      default:
        return null;
    }
  }

  /** Once per window, after a run without any account. */
  #advice(result: RunResult): Notice | null {
    if (result.llm || this.#adviceGiven || this.#parts.hasAccounts()) return null;
    this.#adviceGiven = true;
    const text = vscode.l10n.t(
      'This was done by built-in rules on this machine, without a language model. Add an account to let a team of agents look at it.',
    );
    return { level: 'info', text, buttons: [actions.addAccount()] };
  }
}

/** Stopped by the person, or because nothing could go on; both can be resumed. */
function stoppedNotice(result: RunResult, refused: readonly string[], keys: readonly Action[]): Notice {
  const resume = actions.resume(result.runId);
  if (result.error && result.error.code !== 'cancelled') {
    return { level: 'error', text: failureText(result, refused), buttons: [...keys, resume, actions.showLog()] };
  }
  const { succeeded, tasks } = result.totals;
  const text = vscode.l10n.t('Stopped after {0} of {1} agents. Nothing is lost.', succeeded, tasks);
  return { level: 'info', text, buttons: [resume] };
}

function placeOf(uri: vscode.Uri | null): ReviewedPlace[] {
  return uri ? [{ uri, lines: null }] : [];
}

/** Accounts whose key was refused during the run. */
function refusedIn(result: RunResult): readonly string[] {
  const refused = result.tasks.flatMap((task) => task.attempts.filter((attempt) => attempt.outcome === 'auth'));
  return refused.map((attempt) => attempt.account);
}

function refusedText(accounts: readonly string[]): string {
  return vscode.l10n.t('The provider refused the key of: {0}. The other accounts did the work.', accounts.join(', '));
}

function failureText(result: RunResult, refused: readonly string[]): string {
  if (refused.length > 0) {
    return vscode.l10n.t(
      'The provider refused the key of: {0} (401). Enter a valid key, then try again.',
      refused.join(', '),
    );
  }
  return result.error ? sentences(result.error) : vscode.l10n.t('The run failed.');
}

function partialText({ coverage, totals, pipeline }: RunResult): string {
  if (!coverage) {
    const { failed, tasks } = totals;
    if (pipeline && failed === 0) return vscode.l10n.t('The QA engineer is not content. The result says why.');
    return vscode.l10n.t('The run is incomplete: {0} of {1} agents failed. The result says why.', failed, tasks);
  }
  const left = coverage.truncated.length + coverage.failed.length;
  if (left === 0) return vscode.l10n.t('Nothing was reviewed. The result says why.');
  return vscode.l10n.t(
    'The review is incomplete: {0} files were not looked at in full. The result says which and why.',
    left,
  );
}
