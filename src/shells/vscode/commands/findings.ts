import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { DismissalReason, LineChange } from '../../../core/results.ts';
import { notify } from '../host/report.ts';
import { placeOfFinding } from '../results/place-of-finding.ts';
import { RESULT_SCHEME } from '../results/result-path.ts';
import { evidenceUri } from '../results/result-uri.ts';
import { fixFor } from '../review/finding-fix.ts';
import type { FindingRef, ListedFinding } from '../review/finding-list.ts';
import { DISMISSAL_REASONS } from '../review/finding-text.ts';
import { labelOf } from '../review/finding-threads.ts';
import type { LocatedFinding } from '../review/findings.ts';
import type { Shell } from '../shell.ts';
import { showLine } from './open-location.ts';

/** How long a message of the status bar stays, ms. */
const STATUS_MS = 5_000;

/** Applies what a finding proposes, or, where it proposes nothing, remembers that the person takes care of it. */
export async function acceptFinding(shell: Shell, argument: unknown): Promise<void> {
  const located = await findingOf(shell, argument, vscode.l10n.t('Which finding do you accept?'));
  if (!located) return;
  if (located.finding.edit) await applyFix(located);
  await shell.findings.decide(located, { decision: 'accepted' });
  const text = located.finding.edit
    ? vscode.l10n.t('Fix applied; Undo takes it back')
    : vscode.l10n.t('Finding accepted');
  vscode.window.setStatusBarMessage(`$(check) ${text}`, STATUS_MS);
}

/** Asks why, then shows the finding no more, here and in later reviews of this workspace. */
export async function dismissFinding(shell: Shell, argument: unknown): Promise<void> {
  const located = await findingOf(shell, argument, vscode.l10n.t('Which finding do you dismiss?'));
  const answer = located && (await askForReason(located.finding.title));
  if (!answer) return;
  const undo = await shell.findings.decide(located, { decision: 'dismissed', ...answer });
  notify({
    level: 'info',
    text: vscode.l10n.t('Dismissed: {0}. Later reviews of this workspace do not show it again.', located.finding.title),
    buttons: [{ label: vscode.l10n.t('Undo'), run: () => undo().catch((error: unknown) => shell.report(error)) }],
  });
}

/** Opens all that is known of a finding beside the code. */
export async function showEvidence(shell: Shell, argument: unknown): Promise<void> {
  const located = await findingOf(shell, argument, vscode.l10n.t('Which finding do you want to see in full?'));
  if (!located) return;
  const document = await vscode.workspace.openTextDocument(evidenceUri(located, located.finding.title));
  await vscode.window.showTextDocument(document, { viewColumn: columnOfResults(), preserveFocus: true, preview: true });
}

/** Where results are shown already, else beside the code: a third column would leave no room for any. */
function columnOfResults(): vscode.ViewColumn {
  const shown = vscode.window.tabGroups.all.find((group) =>
    group.tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.scheme === RESULT_SCHEME),
  );
  return shown?.viewColumn ?? (vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active);
}

/** Goes to the finding after or before the cursor, over all files and round again, and opens its thread. */
export async function goToFinding(shell: Shell, step: 1 | -1): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const from = editor && { uri: editor.document.uri, line: editor.selection.active.line };
  const next = shell.findings.neighbour(from ?? null, step);
  if (!next?.place) {
    return notify({
      level: 'info',
      text: vscode.l10n.t('There are no findings. Review something first.'),
      buttons: [],
    });
  }
  await showLine(vscode.Uri.parse(next.uri, true), next.place.start.line + 1);
  shell.findings.threads.expand(next);
}

/** Goes to one finding where its code stands now. */
export async function goToOne(shell: Shell, argument: unknown): Promise<void> {
  const located = await findingOf(shell, argument, vscode.l10n.t('Which finding do you want to go to?'));
  if (!located) return;
  const document = await vscode.workspace.openTextDocument(located.uri);
  const place = placeOfFinding(located.finding, document.getText());
  await showLine(located.uri, (place?.start.line ?? located.finding.startLine - 1) + 1);
  if (place) shell.findings.threads.expand(located);
  else
    vscode.window.setStatusBarMessage(
      `$(info) ${vscode.l10n.t('The code has changed since it was reviewed')}`,
      STATUS_MS,
    );
}

/**
 * The finding that a thread, a code lens or a quick fix stands for; without one those at the cursor, else all that are
 * shown: the only one, or the one that is picked. Undefined: none was chosen.
 */
async function findingOf(shell: Shell, argument: unknown, placeHolder: string): Promise<LocatedFinding | undefined> {
  const ref = shell.findings.threads.refOf(argument) ?? (isRef(argument) ? argument : null);
  if (ref) {
    const found = await shell.findings.lookUp(ref);
    if (found) return found;
    throw new EnsembleError('not-found', vscode.l10n.t('This finding is no longer kept.'), {
      hint: vscode.l10n.t('Review the file again.'),
    });
  }
  const editor = vscode.window.activeTextEditor;
  const here = editor ? shell.findings.at(editor.document.uri, editor.selection) : [];
  const candidates = here.length > 0 ? here : shell.findings.all();
  if (candidates.length === 0) {
    notify({ level: 'info', text: vscode.l10n.t('There are no findings. Review something first.'), buttons: [] });
    return undefined;
  }
  const [only] = candidates;
  const listed = candidates.length === 1 ? only : await pick(candidates, placeHolder);
  return listed && { ...listed, uri: vscode.Uri.parse(listed.uri, true) };
}

async function pick(candidates: readonly ListedFinding[], placeHolder: string): Promise<ListedFinding | undefined> {
  const items = candidates.map((listed) => ({
    label: listed.finding.title,
    description: `${labelOf(listed.finding.severity)}, ${listed.finding.file}:${(listed.place?.start.line ?? 0) + 1}`,
    listed,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true }))?.listed;
}

function isRef(value: unknown): value is FindingRef {
  if (typeof value !== 'object' || value === null) return false;
  const { runId, id } = value as Partial<FindingRef>;
  return typeof runId === 'string' && typeof id === 'string';
}

async function askForReason(
  title: string,
): Promise<{ readonly reason: DismissalReason; readonly note: string | null } | undefined> {
  const items = DISMISSAL_REASONS.map((reason) => ({ label: reasonLabel(reason), reason }));
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Dismiss: {0}', title),
    placeHolder: vscode.l10n.t('Why?'),
  });
  if (!picked) return undefined;
  if (picked.reason !== 'other') return { reason: picked.reason, note: null };
  const note = await vscode.window.showInputBox({
    title: vscode.l10n.t('Dismiss: {0}', title),
    prompt: vscode.l10n.t('Why? It is shown beside the finding where dismissed ones are listed.'),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Say why, in a few words.') : null),
  });
  return note === undefined ? undefined : { reason: 'other', note: note.trim() };
}

function reasonLabel(reason: DismissalReason): string {
  switch (reason) {
    case 'false-positive':
      return vscode.l10n.t('False Positive');
    case 'not-worth-it':
      return vscode.l10n.t('Not Worth It');
    case 'intended':
      return vscode.l10n.t('Intended');
    case 'other':
      return vscode.l10n.t('Other...');
  }
}

/** Rejects `edit-conflict`-like where the code is no longer what the fix was made for; nothing is changed then. */
async function applyFix({ uri, finding }: LocatedFinding): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const changes = fixFor(finding, document.getText());
  if (!changes) {
    throw new EnsembleError(
      'invalid-input',
      vscode.l10n.t('The code has changed since it was reviewed, so the fix was not applied.'),
      {
        hint: vscode.l10n.t('Review the file again.'),
      },
    );
  }
  const edit = new vscode.WorkspaceEdit();
  for (const change of changes) {
    const { range, text } = replacementOf(document, change);
    edit.replace(uri, range, text, { needsConfirmation: false, label: finding.title });
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new EnsembleError('invalid-input', vscode.l10n.t('The editor did not let the file be changed.'), {
      hint: vscode.l10n.t('See whether it is read-only.'),
    });
  }
  await showLine(uri, changes[0]?.startLine ?? 1);
}

/** Whole lines; a deletion takes a line break along. */
function replacementOf(
  document: vscode.TextDocument,
  { startLine, endLine, newText }: LineChange,
): { readonly range: vscode.Range; readonly text: string } {
  const lineBreak = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  const text = newText.replaceAll('\n', lineBreak);
  if (endLine < startLine)
    return { range: new vscode.Range(startLine - 1, 0, startLine - 1, 0), text: text + lineBreak };
  const last = document.lineAt(endLine - 1);
  if (newText !== '') return { range: new vscode.Range(startLine - 1, 0, endLine - 1, last.text.length), text };
  const isEnd = endLine >= document.lineCount && startLine > 1;
  const start = isEnd ? document.lineAt(startLine - 2).range.end : new vscode.Position(startLine - 1, 0);
  return { range: new vscode.Range(start, isEnd ? last.range.end : last.rangeIncludingLineBreak.end), text: '' };
}
