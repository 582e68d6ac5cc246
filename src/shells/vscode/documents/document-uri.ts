import * as vscode from 'vscode';
import { documentFileName, type NamedDocument } from '../../../core/documents/document-name.ts';

/** Scheme of stored documents. */
export const DOCUMENT_SCHEME = 'ensemble-document';

const PATH = /^\/(\d{1,15})\/(\d{1,15})\/[^/]+$/;

/** A version of a stored document. Numbers name it; the rest is the title of its tab, and gives it its language. */
export function documentUri(document: NamedDocument & { readonly version: number }): vscode.Uri {
  const path = `/${document.id}/${document.version}/${documentFileName(document)}`;
  return vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path });
}

/** Takes {@link documentUri} apart; null: it is none. */
export function placeOfDocument(uri: vscode.Uri): { readonly id: number; readonly version: number } | null {
  const [, id, version] = (uri.scheme === DOCUMENT_SCHEME && PATH.exec(uri.path)) || [];
  return id === undefined ? null : { id: Number(id), version: Number(version) };
}
