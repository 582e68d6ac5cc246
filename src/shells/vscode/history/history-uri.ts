import * as vscode from 'vscode';
import type { DocumentRecord } from '../../../core/ports.ts';
import { fileNameOf } from '../results/result-path.ts';

/** Scheme of conversations and documents of the history. */
export const HISTORY_SCHEME = 'ensemble-history';

const EXTENSIONS: Readonly<Record<DocumentRecord['format'], string>> = { markdown: 'md', text: 'txt', json: 'json' };

/** What a document of the history shows. */
export interface HistoryPlace {
  /** `audit`, `database`: the log of what was done and the state of the database, of which there is one. */
  readonly kind: 'conversation' | 'document' | 'audit' | 'database';
  readonly id: number;
}

/** The document of a conversation or stored document. The number names it; the rest is the title of its tab. */
export function historyUri(
  { kind, id }: HistoryPlace,
  title: string,
  format: DocumentRecord['format'] = 'markdown',
): vscode.Uri {
  const name = fileNameOf(title).replace(/md$/, EXTENSIONS[format]);
  return vscode.Uri.from({ scheme: HISTORY_SCHEME, path: `/${kind}/${id}/${name}` });
}

/** Takes {@link historyUri} apart. Throws `FileNotFound` for an address that is none. */
export function placeOf(uri: vscode.Uri): HistoryPlace {
  const [, kind, id] = /^\/(conversation|document|audit|database)\/(\d{1,15})\/[^/]+$/.exec(uri.path) ?? [];
  if (kind === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  return { kind: kind as HistoryPlace['kind'], id: Number(id) };
}
