import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import type { Shell } from '../shell.ts';
import { hasShownFindings } from './shown-findings.ts';

/** After activation the editor has more urgent things to do than to load findings, ms. */
const RESTORE_AFTER_MS = 1_000;

/**
 * Brings findings back that were shown before a reload, a moment after activation, and offers quick fixes for them. The
 * code behind is loaded only where there are findings.
 */
export function registerFindings(shell: Lazy<Shell>, context: vscode.ExtensionContext): vscode.Disposable {
  const restore = hasShownFindings(context.workspaceState)
    ? setTimeout(async () => (await shell()).findings.restore(), RESTORE_AFTER_MS)
    : undefined;
  const actions = vscode.languages.registerCodeActionsProvider(
    '*',
    {
      provideCodeActions: async (document, range) => {
        const started = await shell.started();
        if (!started || started.findings.at(document.uri, range).length === 0) return [];
        return (await import('./finding-actions.ts')).actionsFor(started.findings, document, range);
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
  return vscode.Disposable.from(actions, { dispose: () => clearTimeout(restore) });
}
