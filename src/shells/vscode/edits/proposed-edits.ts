import * as vscode from 'vscode';
import { plainText } from '../../../core/edits/line-changes.ts';
import { EnsembleError } from '../../../core/errors.ts';
import type { RunResult } from '../../../core/results.ts';
import type { ChosenVersion } from '../../../core/together/chosen-versions.ts';
import { type Action, actions, notify } from '../host/report.ts';
import { applyFiles, type Obstacle, obstacleOf } from './apply-proposal.ts';
import { replacementsOf } from './line-replacements.ts';
import { countOf, ProposalEditor } from './proposal-editor.ts';
import type { FileProposal, Proposal, Proposals } from './proposals.ts';
import type { ShownProposals } from './shown-proposals.ts';

/** How long a short note stays in the status bar, ms. */
const NOTE_MS = 6000;

/** Told what a person did with the changes that a run proposes. */
export type Decided = (runId: string, outcome: 'accepted' | 'dismissed') => Promise<void>;

/** Shows, applies and discards what runs propose. Nothing is applied unless a person says so. */
export class ProposedEdits {
  readonly #proposals: Proposals;
  readonly #shown: ShownProposals;
  readonly #editor: ProposalEditor;
  readonly #report: (error: unknown) => void;
  readonly #decided: Decided;

  constructor(proposals: Proposals, shown: ShownProposals, report: (error: unknown) => void, decided: Decided) {
    this.#decided = decided;
    this.#proposals = proposals;
    this.#shown = shown;
    this.#editor = new ProposalEditor(proposals, shown);
    this.#report = report;
  }

  /**
   * Tells of the proposal of a run that has just ended. `undisturbed`: the person is still where the run was started, so
   * that its differences may come to the front; otherwise a message offers them.
   */
  async present(result: RunResult, undisturbed: boolean): Promise<void> {
    const { runId } = result;
    const proposal = await this.#proposals.of(runId);
    if (!proposal) {
      const text = vscode.l10n.t('The agents propose no changes. The result says why.');
      return notify({ level: 'info', text, buttons: [actions.openResult(runId)] });
    }
    if (!undisturbed) {
      const show = this.#button(vscode.l10n.t('Show Changes'), () => this.show(runId));
      const text = vscode.l10n.t('{0}: {1} proposed.', namesOf(proposal.files), countOf(proposal.files));
      return notify({ level: 'info', text, buttons: [show] });
    }
    await this.#show(proposal);
  }

  /** Shows the proposal of a run, also long after it has ended. */
  async show(runId: string): Promise<void> {
    const proposal = await this.#proposals.of(runId);
    if (proposal) return this.#show(proposal);
    throw new EnsembleError('not-found', vscode.l10n.t('This run proposes no changes.'));
  }

  /** Applies the proposal, all of it or nothing. */
  async apply(runId: string, preview: boolean): Promise<void> {
    const proposal = await this.#proposals.of(runId);
    if (!proposal) throw new EnsembleError('not-found', vscode.l10n.t('This run proposes no changes.'));
    if (await this.#refused(proposal)) return;
    if (proposal.files.some(({ uri }) => uri === null)) return this.#openAsUntitled(proposal);
    await this.#shown.close(runId);
    // Shown before it changes: only an editor in front moves its cursor along with the text.
    const editor = await showTarget(proposal.files[0]);
    const outcome = await applyFiles(proposal.files, preview);
    if (outcome === 'changed' && (await this.#refused(proposal))) return;
    if (outcome !== 'applied') {
      await this.#show(proposal);
      if (outcome === 'declined') return;
      throw new EnsembleError('invalid-input', vscode.l10n.t('The editor did not accept the changes.'), {
        hint: vscode.l10n.t('Nothing was changed. Look at them again.'),
      });
    }
    await this.#decided(runId, 'accepted');
    if (!editor) await openNew(proposal.files[0]);
    note(doneText(proposal.files));
    if (proposal.result.testPlan?.command) offerTestRun(proposal);
  }

  /** Takes a version where agents contradict one another, and shows what is proposed with it. */
  async take(runId: string, version: ChosenVersion): Promise<void> {
    await this.#proposals.take(runId, version);
    await this.show(runId);
  }

  /** Puts the proposal away; the run keeps it. */
  async discard(runId: string): Promise<void> {
    await this.#decided(runId, 'dismissed');
    await this.#shown.close(runId);
    note(vscode.l10n.t('Nothing was changed. The run in the Agents view keeps the proposal.'));
  }

  /** Closes what is shown of a proposal, because a newer one takes its place. */
  async close(runId: string): Promise<void> {
    await this.#shown.close(runId);
  }

  /** The run that the active tab is about; null: none. */
  activeRun(): string | null {
    return this.#shown.activeRun();
  }

  async #show(proposal: Proposal): Promise<void> {
    const shown = await this.#editor.show(proposal);
    if (shown.kind === 'not-shown') {
      const obstacle = shown.gone.length > 0 ? 'gone' : 'changed';
      return this.#sayWhyNot(proposal, obstacle, obstacle === 'gone' ? shown.gone : shown.changed, []);
    }
    await this.#refused(proposal);
  }

  /** Says why the proposal cannot be applied. False: it can. */
  async #refused(proposal: Proposal): Promise<boolean> {
    const found = new Map<Obstacle, string[]>();
    for (const file of proposal.files) {
      const obstacle = await obstacleOf(file, await this.#proposals.baseOf(proposal.runId, file));
      if (obstacle) found.set(obstacle, [...(found.get(obstacle) ?? []), file.edit.file]);
    }
    const [worst] = (['gone', 'changed', 'exists', 'applied'] as const).filter((each) => found.has(each));
    if (worst === undefined) return false;
    const compare = this.#button(vscode.l10n.t('Open Diff Against Current'), () => this.#compare(proposal.runId));
    const offered = this.#shown.isVisible(proposal.runId) ? [] : [compare];
    this.#sayWhyNot(proposal, worst, found.get(worst) ?? [], offered);
    return true;
  }

  #sayWhyNot({ runId }: Proposal, obstacle: Obstacle, files: readonly string[], compare: readonly Action[]): void {
    const again = actions.runAgain(runId);
    const result = actions.openResult(runId);
    const buttons: Record<Obstacle, readonly Action[]> = {
      changed: [again, ...compare, result],
      gone: [result],
      exists: [again, ...compare, result],
      applied: [],
    };
    const level = obstacle === 'applied' ? 'info' : 'warning';
    notify({ level, text: obstacleText(obstacle, files.join(', ')), buttons: buttons[obstacle] });
  }

  /** The differences alone: why they cannot be applied has been said. */
  async #compare(runId: string): Promise<void> {
    const proposal = await this.#proposals.of(runId);
    if (proposal) await this.#editor.show(proposal);
  }

  /** No folder says where the new files belong: the person saves them where they want them. */
  async #openAsUntitled({ runId, files }: Proposal): Promise<void> {
    await this.#shown.close(runId);
    for (const { edit } of files) {
      const proposed = await vscode.workspace.openTextDocument(this.#proposals.addressOf(runId, edit.file, 'proposed'));
      const { languageId: language } = proposed;
      const document = await vscode.workspace.openTextDocument({ content: proposed.getText(), language });
      await vscode.window.showTextDocument(document, { preview: false });
    }
  }

  #button(label: string, work: () => Promise<unknown>): Action {
    return { label, run: () => void work().catch((error: unknown) => this.#report(error)) };
  }
}

function obstacleText(obstacle: Obstacle, names: string): string {
  switch (obstacle) {
    case 'changed':
      return vscode.l10n.t(
        '{0} has changed since the agents read it, so their changes cannot be applied. Your code stays as it is; the run keeps the proposal.',
        names,
      );
    case 'gone':
      return vscode.l10n.t(
        '{0} is not there any more: it was closed, deleted or renamed. The run keeps the proposal.',
        names,
      );
    case 'exists':
      return vscode.l10n.t('{0} exists by now and is not overwritten. The run keeps the proposal.', names);
    case 'applied':
      return vscode.l10n.t('{0} already has the proposed text.', names);
  }
}

function namesOf(files: readonly FileProposal[]): string {
  const [first] = files;
  return files.length === 1 && first ? first.edit.file : vscode.l10n.t('{0} files', files.length);
}

/** Shows the file that is about to change, at its first change unless the person is in it already. Null: it is a new one. */
async function showTarget(file: FileProposal | undefined): Promise<vscode.TextEditor | null> {
  if (!file?.uri || file.edit.baseHash === null) return null;
  const document = await vscode.workspace.openTextDocument(file.uri);
  const name = file.uri.toString();
  const isOpen = vscode.window.tabGroups.all.some(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === name),
  );
  const editor = await vscode.window.showTextDocument(document, { preview: false });
  const [first] = replacementsOf(file.edit.changes, plainText(document.getText()).split('\n'));
  if (!isOpen && first) {
    const start = new vscode.Position(first.start.line, first.start.character);
    editor.selection = new vscode.Selection(start, start);
    editor.revealRange(new vscode.Range(start, start), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
  return editor;
}

async function openNew(file: FileProposal | undefined): Promise<void> {
  if (file?.uri) await vscode.window.showTextDocument(file.uri, { preview: false });
}

function doneText(files: readonly FileProposal[]): string {
  if (files.every(({ edit }) => edit.baseHash === null)) return vscode.l10n.t('{0} was written.', namesOf(files));
  return vscode.l10n.t('{0}: {1} applied. Undo reverts this.', namesOf(files), countOf(files));
}

function note(text: string): void {
  vscode.window.setStatusBarMessage(text, NOTE_MS);
}

/** Generated tests are worth as much as their first run says. */
function offerTestRun({ runId, files }: Proposal): void {
  const run = {
    label: vscode.l10n.t('Run Tests...'),
    run: () => vscode.commands.executeCommand('ensemble.runGeneratedTests', runId),
  };
  const text = vscode.l10n.t('The tests are in {0}. Run them now?', namesOf(files));
  notify({ level: 'info', text, buttons: [run, actions.openResult(runId)] });
}
