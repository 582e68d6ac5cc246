import * as vscode from 'vscode';
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
