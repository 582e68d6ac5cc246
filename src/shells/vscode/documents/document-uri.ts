import * as vscode from 'vscode';
import { documentFileName, type NamedDocument } from '../../../core/documents/document-name.ts';

/** Scheme of stored documents. */
export const DOCUMENT_SCHEME = 'ensemble-document';

const QUERY = /^id=(\d{1,15})&version=(\d{1,15})$/;
/** Tabs of earlier versions of the product have the numbers in their path. */
const EARLIER_PATH = /^\/(\d{1,15})\/(\d{1,15})\/[^/]+$/;

/**
 * A version of a stored document. The query names it; the path is for people: the version and the title of its tab, which also
 * gives it its language.
 */
export function documentUri(document: NamedDocument & { readonly version: number }): vscode.Uri {
  const { id, version } = document;
  const path = `/${vscode.l10n.t('Version {0}', version)}/${documentFileName(document)}`;
  return vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path, query: `id=${id}&version=${version}` });
}

/** Takes {@link documentUri} apart; null: it is none. */
export function placeOfDocument(uri: vscode.Uri): { readonly id: number; readonly version: number } | null {
  const named = uri.scheme === DOCUMENT_SCHEME && (QUERY.exec(uri.query) ?? EARLIER_PATH.exec(uri.path));
  const [, id, version] = named || [];
  return id === undefined ? null : { id: Number(id), version: Number(version) };
}
