import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { ReviewRequest, RunOptions } from '../../../core/requests.ts';
import { actions, notify } from '../host/report.ts';
import { selectedLines } from '../host/selected-lines.ts';
import type { Shell } from '../shell.ts';

/** Longer texts are refused, as are larger files where a review reads them by itself. Characters. */
const LONGEST_TEXT = 512 * 1024;

/** Lines of a document, 1-based inclusive. */
interface LineSpan {
  readonly first: number;
  readonly last: number;
}

/** The file of the bundled sample project that is reviewed where no file is open. */
const SAMPLE = ['media', 'sample'];

/** Reviews the selected lines, as they stand in the editor. */
export async function reviewSelection(shell: Shell): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return sayNothingOpen();
  const lines = selectedLines(editor.selection, (line) => editor.document.lineAt(line).text);
  if (!lines) {
    return notify({
      level: 'info',
      text: vscode.l10n.t('Select the code to review first, or review the whole file.'),
      buttons: [actions.reviewFile()],
    });
  }
  await reviewLines(shell, editor.document, lines);
}

/** Reviews the file in the active editor, with what is not saved yet. */
export async function reviewFile(shell: Shell): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document) return reviewText(shell, document, document.getText(), null);
  const uri = activeTabUri();
  if (!uri) return sayNothingOpen();
  // No text (an image, a notebook, a binary or very large file): the review says what it makes of it.
  const path = shell.workspace.pathOf(uri);
  if (path === null) throw new EnsembleError('nothing-to-review', vscode.l10n.t('This editor has no text to review.'));
  await reviewPaths(shell, [path], vscode.l10n.t('Reviewing {0}', path));
}

/** Reviews all of the open folder; of several, the one that is picked. */
export async function reviewWorkspace(shell: Shell): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    return notify({
      level: 'info',
      text: vscode.l10n.t('No folder is open. Open one to review it.'),
      buttons: [actions.openFolder()],
    });
  }
  const placeHolder = vscode.l10n.t('Which folder shall be reviewed?');
  const folder = folders.length === 1 ? folders[0] : await vscode.window.showWorkspaceFolderPick({ placeHolder });
  if (!folder) return;
  const title = vscode.l10n.t('Reviewing {0}', folder.name);
  await reviewPaths(shell, [shell.workspace.segmentOf(folder)], title, { alwaysConfirm: true });
}

/** Reviews files and folders of the Explorer: the one that was clicked, or with it all that are selected. */
export async function reviewResources(shell: Shell, clicked: unknown, selected: unknown): Promise<void> {
  const uris = Array.isArray(selected) && selected.length > 0 ? selected : [clicked];
  const wanted = uris.filter((uri) => uri instanceof vscode.Uri);
  if (wanted.length === 0) return reviewFile(shell);
  const paths = wanted.map((uri) => {
    const path = shell.workspace.pathOf(uri);
    if (path !== null) return path;
    throw new EnsembleError('nothing-to-review', vscode.l10n.t('{0} is not in the open folders.', nameOf(uri)));
  });
  const title =
    paths.length === 1
      ? vscode.l10n.t('Reviewing {0}', paths[0] || vscode.l10n.t('the workspace'))
      : vscode.l10n.t('Reviewing {0} files and folders', paths.length);
  await reviewPaths(shell, paths, title);
}

/** Reviews lines (1-based inclusive; null: all) of a document, as it stands in the editor. */
export async function reviewLines(shell: Shell, document: vscode.TextDocument, lines: LineSpan | null): Promise<void> {
  if (!lines) return reviewText(shell, document, document.getText(), null);
  const last = Math.min(lines.last, document.lineCount);
  const first = Math.min(lines.first, last);
  const range = new vscode.Range(first - 1, 0, last - 1, document.lineAt(last - 1).text.length);
  await reviewText(shell, document, document.getText(range), { first, last });
}

/** Reviews the selection or file, or else the bundled sample, with the built-in rules: no account, nothing is sent. */
export async function tryWithoutKey(shell: Shell): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.getText().trim()) {
    return editor.selection.isEmpty ? reviewFile(shell) : reviewSelection(shell);
  }
  const folder = vscode.Uri.joinPath(shell.context.extensionUri, ...SAMPLE);
  const file = (await vscode.workspace.fs.readDirectory(folder)).find(([name]) => /\.[jt]s$/.test(name))?.[0];
  if (file === undefined) throw new EnsembleError('internal', 'The bundled sample is missing.');
  await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, file));
  await reviewFile(shell);
}

async function reviewText(
  shell: Shell,
  document: vscode.TextDocument,
  text: string,
  lines: LineSpan | null,
): Promise<void> {
  if (text.trim() === '') throw new EnsembleError('nothing-to-review', vscode.l10n.t('There is no text to review.'));
  const file = shell.workspace.pathOf(document.uri) ?? nameOf(document.uri);
  if (text.length > LONGEST_TEXT) {
    const size = (text.length / 1024 / 1024).toFixed(1);
    throw new EnsembleError('invalid-input', vscode.l10n.t('{0} is too large for one review: {1} MB.', file, size), {
      hint: vscode.l10n.t('Select the part to review.'),
    });
  }
  const target = { type: 'text', file, languageId: document.languageId, startLine: lines?.first ?? 1, text } as const;
  const title = lines
    ? vscode.l10n.t('Reviewing {0}, lines {1} to {2}', file, lines.first, lines.last)
    : vscode.l10n.t('Reviewing {0}', file);
  await shell.runs.launch(review(target), title, { document: { file, uri: document.uri, lines } });
}

async function reviewPaths(
  shell: Shell,
  paths: readonly string[],
  title: string,
  options: Pick<RunOptions, 'alwaysConfirm'> = {},
): Promise<void> {
  await shell.runs.launch(review({ type: 'paths', paths }), title, { document: null }, options);
}

function review(target: ReviewRequest['target']): ReviewRequest {
  return { kind: 'review', depth: 'standard', target };
}

/** Name of a document outside the folders: where it lies is nobody else's business. */
function nameOf(uri: vscode.Uri): string {
  return uri.path.split('/').filter(Boolean).at(-1) ?? 'document';
}

function activeTabUri(): vscode.Uri | null {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const types = [vscode.TabInputText, vscode.TabInputCustom, vscode.TabInputNotebook];
  return types.some((type) => input instanceof type) ? (input as vscode.TabInputText).uri : null;
}

function sayNothingOpen(): void {
  notify({
    level: 'info',
    text: vscode.l10n.t('No code is open. Open a file first, then select what to review.'),
    buttons: [],
  });
}
