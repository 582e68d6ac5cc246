import * as vscode from 'vscode';
import * as actions from '../documents/document-actions.ts';
import { exportDocuments } from '../documents/document-export.ts';
import { compare, restore, showVersions } from '../documents/document-versions.ts';
import { searchDocuments } from '../documents/search-documents.ts';
import type { Shell } from '../shell.ts';
import { rowsOf } from '../views/selected-rows.ts';
import type { CommandTable } from './command-table.ts';

/** The archive of documents. */
export const DOCUMENT_COMMANDS: CommandTable = {
  'ensemble.openDocument': async (shell, argument) => {
    const { id, version } = one(shell, argument);
    await shell.documentFiles.open(id, version);
  },
  'ensemble.searchDocuments': async (shell) => searchDocuments(shell),
  'ensemble.saveDocument': async (shell) => actions.saveDocument(shell),
  'ensemble.showDocumentVersions': async (shell, argument) => showVersions(shell, one(shell, argument).id),
  'ensemble.restoreDocumentVersion': async (shell, argument) => {
    const { id, version } = one(shell, argument);
    if (version !== undefined) await restore(shell, id, version);
  },
  'ensemble.compareDocuments': async (shell, argument, selected) => {
    const versions = argument as { readonly id: number; readonly from?: number; readonly to?: number } | undefined;
    if (versions?.from !== undefined && versions.to !== undefined)
      return compare(shell, versions.id, versions.from, versions.to);
    const [left, right] = actions.placesOf(shell, argument, selected);
    if (!left) return;
    if (!right) return showVersions(shell, left.id);
    const uris = [await shell.documentFiles.uriOf(left.id), await shell.documentFiles.uriOf(right.id)];
    await vscode.commands.executeCommand('vscode.diff', ...uris);
  },
  'ensemble.tagDocuments': async (shell, argument, selected) =>
    actions.tagDocuments(shell, actions.placesOf(shell, argument, selected)),
  'ensemble.renameDocument': async (shell, argument) =>
    actions.renameDocument(shell, one(shell, rowsOf(argument, undefined, shell.documents.selection)[0])),
  'ensemble.exportDocuments': async (shell, argument, selected) =>
    exportDocuments(shell, actions.placesOf(shell, argument, selected)),
  'ensemble.copyDocument': async (shell, argument) => actions.copyDocument(shell, one(shell, argument)),
  'ensemble.deleteDocuments': async (shell, argument, selected) =>
    actions.deleteDocuments(shell, actions.placesOf(shell, ...rowsOf(argument, selected, shell.documents.selection))),
  'ensemble.groupDocuments': async (shell) => actions.groupDocuments(shell),
  'ensemble.showAllDocuments': async (shell) => shell.documents.showAll(true),
  'ensemble.showWorkspaceDocuments': async (shell) => shell.documents.showAll(false),
  'ensemble.moreDocuments': async (shell, argument) => shell.documents.more(argument),
  'ensemble.refreshDocuments': async (shell) => shell.documents.refresh(),
};

function one(shell: Shell, argument: unknown): actions.DocumentPlace {
  const [first] = actions.placesOf(shell, argument);
  // There is at least one, or it has thrown.
  return first ?? { id: 0 };
}
