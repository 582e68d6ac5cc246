import * as vscode from 'vscode';
import type { FindingRef } from '../review/finding-list.ts';
import { fileNameOf, queryOfRun, RESULT_SCHEME, runIdOfResult } from './result-path.ts';

/** The document of a run's result. The query names the run; the path is for people: in the breadcrumbs, and the title of its tab. */
export function resultUri(runId: string, title: string): vscode.Uri {
  return vscode.Uri.from({ scheme: RESULT_SCHEME, path: pathFor(fileNameOf(title)), query: queryOfRun(runId) });
}

/** The run of a result document. Throws `FileNotFound` for a path that is none. */
export function runIdOf(uri: vscode.Uri): string {
  const runId = runIdOfResult(uri);
  if (runId === null) throw vscode.FileSystemError.FileNotFound(uri);
  return runId;
}

/** The document with all that is known of one finding. */
export function evidenceUri({ runId, id }: FindingRef, title: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: RESULT_SCHEME,
    path: pathFor(fileNameOf(vscode.l10n.t('Evidence, {0}', title))),
    query: `${queryOfRun(runId)}&finding=${encodeURIComponent(id)}`,
  });
}

/** The finding of an evidence document; null: it is a result. */
export function findingOf(uri: vscode.Uri): string | null {
  return new URLSearchParams(uri.query).get('finding');
}

function pathFor(name: string): string {
  return `/${vscode.l10n.t('Result')}/${name}`;
}
