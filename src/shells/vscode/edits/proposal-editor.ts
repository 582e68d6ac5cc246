import * as vscode from 'vscode';
import type { FileProposal, Proposal, Proposals } from './proposals.ts';
import type { ShownProposals } from './shown-proposals.ts';
import { openDocument, textOf } from './text-of.ts';

/** How showing a proposal went. */
export type Shown =
  | { readonly kind: 'shown' }
  /** These files are gone, or have changed so that what is proposed for them is not known any more. */
  | { readonly kind: 'not-shown'; readonly gone: readonly string[]; readonly changed: readonly string[] };

interface DiffSides {
  readonly left: vscode.Uri;
  readonly right: vscode.Uri;
}

/** Shows proposals as differences to the code as it is now: one file in a diff editor, several in one for many. */
export class ProposalEditor {
  readonly #proposals: Proposals;
  readonly #shown: ShownProposals;

  constructor(proposals: Proposals, shown: ShownProposals) {
    this.#proposals = proposals;
    this.#shown = shown;
  }

  async show(proposal: Proposal): Promise<Shown> {
    const { runId, files } = proposal;
    const gone: string[] = [];
    const changed: string[] = [];
    const sides: DiffSides[] = [];
    for (const file of files) {
      const left = await this.#left(runId, file);
      if (!left) gone.push(file.edit.file);
      else if ((await this.#proposals.baseOf(runId, file)) === null) changed.push(file.edit.file);
      else sides.push({ left, right: this.#proposals.addressOf(runId, file.edit.file, 'proposed') });
    }
    const [only] = sides;
    if (!only || gone.length + changed.length > 0) return { kind: 'not-shown', gone, changed };
    if (sides.length === 1) await this.#showOne(proposal, only);
    else await this.#showSeveral(proposal, sides);
    return { kind: 'shown' };
  }

  /** The code as it is now; for a file that does not exist yet, nothing. Null: it is not there any more. */
  async #left(runId: string, { edit, uri }: FileProposal): Promise<vscode.Uri | null> {
    const now = uri && (await textOf(uri));
    if (now !== null) return uri;
    return edit.baseHash === null ? this.#proposals.addressOf(runId, edit.file, 'base') : null;
  }

  async #showOne({ files }: Proposal, { left, right }: DiffSides): Promise<void> {
    await shareLanguage(left, right);
    const options = { preview: false } satisfies vscode.TextDocumentShowOptions;
    await vscode.commands.executeCommand('vscode.diff', left, right, titleOfOne(files[0]), options);
  }

  async #showSeveral({ runId, files, result }: Proposal, sides: readonly DiffSides[]): Promise<void> {
    const subject = result.kind === 'test-gen' ? vscode.l10n.t('Generated tests') : vscode.l10n.t('Refactoring');
    // The editor adds the number of files.
    const title = vscode.l10n.t('{0}: {1} proposed', subject, countOf(files));
    await this.#shown.remember(title, runId);
    const resources = sides.map(({ left, right }) => [right, left, right]);
    await vscode.commands.executeCommand('vscode.changes', title, resources);
  }
}

/** Number of changes in words. */
export function countOf(files: readonly FileProposal[]): string {
  const count = files.reduce((sum, { edit }) => sum + edit.changes.length, 0);
  return count === 1 ? vscode.l10n.t('1 change') : vscode.l10n.t('{0} changes', count);
}

function titleOfOne(file: FileProposal | undefined): string {
  if (!file) return '';
  const name = file.edit.file.split('/').at(-1) ?? file.edit.file;
  if (file.edit.baseHash === null) return vscode.l10n.t('{0} (proposed new file)', name);
  return vscode.l10n.t('{0} ({1} proposed)', name, countOf([file]));
}

/** An untitled document has no file name that would tell its language. */
async function shareLanguage(left: vscode.Uri, right: vscode.Uri): Promise<void> {
  const document = left.scheme === 'untitled' ? openDocument(left) : null;
  if (!document) return;
  const proposed = await vscode.workspace.openTextDocument(right);
  if (proposed.languageId !== document.languageId) {
    await vscode.languages.setTextDocumentLanguage(proposed, document.languageId);
  }
}
