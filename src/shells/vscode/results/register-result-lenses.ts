import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Outlets } from '../host/outlets.ts';
import type { Shell } from '../shell.ts';
import { RESULT_SCHEME } from './result-path.ts';

/** Registers the actions that stand above the findings of a result document and at its top. */
export function registerResultLenses(shell: Lazy<Shell>, { decided }: Outlets): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(
    { scheme: RESULT_SCHEME },
    {
      onDidChangeCodeLenses: decided.event,
      provideCodeLenses: async (document) => (await import('./result-lenses.ts')).lensesFor(document, await shell()),
    },
  );
}
