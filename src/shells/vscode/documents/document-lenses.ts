import * as vscode from 'vscode';
import type { Shell } from '../shell.ts';
import { placeOfDocument } from './document-uri.ts';

/** Actions at the top of a stored document: to its other versions, and what can be done with it. */
export async function documentLenses(
  { uri, languageId }: vscode.TextDocument,
  shell: Shell,
): Promise<vscode.CodeLens[]> {
  const place = placeOfDocument(uri);
  if (!place) return [];
  const { id, version } = place;
  const lens = (title: string, command: string, ...args: unknown[]) =>
    new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), { title, command, arguments: args });
  const { items } = await (await shell.documentFiles.store()).versions(id, { limit: 1000 });
  const numbers = items.map((one) => one.version);
  const newest = numbers[0];
  const at = numbers.indexOf(version);
  if (newest === undefined || at === -1) return [];
  const [previous, next] = [numbers[at + 1], numbers[at - 1]];
  const runId = items[at]?.runId ?? '';
  return [
    lens(vscode.l10n.t('Version {0} of {1}', version, newest), 'ensemble.showDocumentVersions', uri),
    ...(previous === undefined
      ? []
      : [
          lens(vscode.l10n.t('Previous Version'), 'ensemble.openDocument', { id, version: previous }),
          lens(vscode.l10n.t('Compare with Previous'), 'ensemble.compareDocuments', {
            id,
            from: previous,
            to: version,
          }),
        ]),
    ...(next === undefined
      ? []
      : [lens(vscode.l10n.t('Next Version'), 'ensemble.openDocument', { id, version: next })]),
    ...(version === newest
      ? []
      : [lens(vscode.l10n.t('Restore This Version'), 'ensemble.restoreDocumentVersion', uri)]),
    lens(vscode.l10n.t('Tags...'), 'ensemble.tagDocuments', uri),
    lens(vscode.l10n.t('Export...'), 'ensemble.exportDocuments', uri),
    ...(runId === '' ? [] : [lens(vscode.l10n.t('Open Run'), 'ensemble.openResult', runId)]),
    ...(languageId === 'markdown' ? [lens(vscode.l10n.t('Preview'), 'markdown.showPreview', uri)] : []),
  ];
}
