import * as vscode from 'vscode';
import type { Lazy } from '../host/lazy.ts';
import { RESULT_SCHEME, runIdOfResult } from '../results/result-path.ts';
import type { Shell } from '../shell.ts';

/** Offers what a run proposes in its result document. */
export function registerEditLenses(shell: Lazy<Shell>): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider(
    { scheme: RESULT_SCHEME },
    {
      provideCodeLenses: async ({ uri, lineCount }) => {
        const runId = runIdOfResult(uri);
        const proposal = runId === null ? null : await (await shell()).proposals.of(runId);
        if (!proposal) return [];
        // Above the first paragraph: the line above the title is full of what every result offers.
        const line = Math.min(2, lineCount - 1);
        const lens = (title: string, command: string) =>
          new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [runId] });
        const show = lens(vscode.l10n.t('Show Proposed Changes'), 'ensemble.showProposedEdits');
        if (!proposal.result.testPlan?.command) return [show];
        return [show, lens(vscode.l10n.t('Run Generated Tests...'), 'ensemble.runGeneratedTests')];
      },
    },
  );
}
