import * as vscode from 'vscode';
import type { FindingRef } from '../review/finding-list.ts';
import { fileNameOf, RESULT_SCHEME, runIdOfPath } from './result-path.ts';

/** The document of a run's result. The run id names it; the rest is the title of its tab. */
export function resultUri(runId: string, title: string): vscode.Uri {
  return vscode.Uri.from({ scheme: RESULT_SCHEME, path: `/${runId}/${fileNameOf(title)}` });
}

/** The run of a result document. Throws `FileNotFound` for a path that is none. */
export function runIdOf(uri: vscode.Uri): string {
  const runId = runIdOfPath(uri.path);
  if (runId === null) throw vscode.FileSystemError.FileNotFound(uri);
  return runId;
}

/** The document with all that is known of one finding. */
export function evidenceUri({ runId, id }: FindingRef, title: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: RESULT_SCHEME,
    path: `/${runId}/${fileNameOf(vscode.l10n.t('Evidence, {0}', title))}`,
    query: `finding=${encodeURIComponent(id)}`,
  });
}

/** The finding of an evidence document; null: it is a result. */
export function findingOf(uri: vscode.Uri): string | null {
  return new URLSearchParams(uri.query).get('finding');
}
