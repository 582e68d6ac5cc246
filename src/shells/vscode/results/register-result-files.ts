import type * as vscode from 'vscode';
import { composedFiles, registerComposedFiles } from '../host/composed-files.ts';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';
import { RESULT_SCHEME } from './result-path.ts';

/** Registers the read-only file system of results; a document is composed from the database when it is read. */
export function registerResultFiles(shell: Lazy<Shell>, { results }: Outlets): vscode.Disposable {
  const compose = async (uri: vscode.Uri) => (await shell()).results.compose(uri);
  return registerComposedFiles(RESULT_SCHEME, composedFiles(compose, results.event));
}
