import * as vscode from 'vscode';
import { applyChanges, fitsBase, plainText } from '../../../core/edits/line-changes.ts';
import { replacementsOf } from './line-replacements.ts';
import type { FileProposal } from './proposals.ts';
import { fileExists, openDocument, textOf } from './text-of.ts';

/** Why a file's changes cannot be applied. */
export type Obstacle =
  /** Its text is no longer the one that the agents read. */
  | 'changed'
  /** It was closed, deleted or renamed. */
  | 'gone'
  /** It has the proposed text already. */
  | 'applied'
  /** A new file is proposed, and by now there is one of this name. */
  | 'exists';

/** What stands in the way of a file's changes as it is now; null: nothing. `base`: the text before them, where it is known. */
export async function obstacleOf({ edit, uri }: FileProposal, base: string | null): Promise<Obstacle | null> {
  if (!uri) return edit.baseHash === null ? null : 'gone';
  const now = await textOf(uri);
  if (edit.baseHash === null) {
    if (now === null) return null;
    return now === applyChanges('', edit.changes) ? 'applied' : 'exists';
  }
  if (now === null || (await wasDeleted(uri))) return 'gone';
  if (fitsBase(edit, now)) return null;
  return base !== null && now === applyChanges(base, edit.changes) ? 'applied' : 'changed';
}

/** A file that was deleted while its document stays open, with nothing in it that is not on the disk. */
async function wasDeleted(uri: vscode.Uri): Promise<boolean> {
  if (uri.scheme === 'untitled' || openDocument(uri)?.isDirty === true) return false;
  return !(await fileExists(uri));
}

/**
 * How applying went: `declined` by the person in the preview, `refused` by the editor, `changed` because a file has another text
 * since a moment ago; nothing was changed then.
 */
export type Applied = 'applied' | 'declined' | 'refused' | 'changed';

/**
 * Applies proposed changes as one edit of the workspace, so that one undo takes them back. Documents that were saved are
 * saved again, as other refactorings do it; those that were not stay unsaved. With `preview` the person chooses first
 * which of the changes are made.
 */
export async function applyFiles(files: readonly FileProposal[], preview: boolean): Promise<Applied> {
  const documents = await Promise.all(
    files.map(({ uri, edit }) => (uri && edit.baseHash !== null ? vscode.workspace.openTextDocument(uri) : null)),
  );
  // From here to the edit nothing is awaited: what another program writes meanwhile changes a document's version, and the editor
  // refuses an edit of an older one.
  const edit = new vscode.WorkspaceEdit();
  const saved: vscode.TextDocument[] = [];
  for (const [index, file] of files.entries()) {
    const document = documents[index];
    if (document) {
      if (!fitsBase(file.edit, plainText(document.getText()))) return 'changed';
      if (!document.isDirty && !document.isUntitled) saved.push(document);
      addChanges(edit, file, document, preview);
    } else if (file.uri) addNewFile(edit, file, file.uri, preview);
  }
  if (!(await vscode.workspace.applyEdit(edit))) return preview ? 'declined' : 'refused';
  if (preview && (await nothingChanged(files))) return 'declined';
  if (vscode.workspace.getConfiguration('files').get('refactoring.autoSave', true)) {
    for (const document of saved) await document.save();
  }
  return 'applied';
}

/** The preview starts with nothing ticked, and applying nothing counts as success there. */
async function nothingChanged(files: readonly FileProposal[]): Promise<boolean> {
  for (const { edit, uri } of files) {
    if (uri && !fitsBase(edit, await textOf(uri))) return false;
  }
  return true;
}

function addChanges(
  edit: vscode.WorkspaceEdit,
  { edit: { changes, summary } }: FileProposal,
  document: vscode.TextDocument,
  preview: boolean,
): void {
  const lines = plainText(document.getText()).split('\n');
  for (const { start, end, text } of replacementsOf(changes, lines)) {
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    const newText = document.eol === vscode.EndOfLine.CRLF ? text.replaceAll('\n', '\r\n') : text;
    edit.replace(document.uri, range, newText, preview ? confirmation(summary) : undefined);
  }
}

function addNewFile(
  edit: vscode.WorkspaceEdit,
  { edit: { changes, summary } }: FileProposal,
  uri: vscode.Uri,
  preview: boolean,
): void {
  const contents = new TextEncoder().encode(applyChanges('', changes));
  edit.createFile(uri, { overwrite: false, contents }, preview ? confirmation(summary) : undefined);
}

function confirmation(summary: string): vscode.WorkspaceEditEntryMetadata {
  return { needsConfirmation: true, label: vscode.l10n.t('Proposed by Ensemble'), description: summary };
}
