import * as vscode from 'vscode';
import { fixFor } from './finding-fix.ts';
import type { FindingRef } from './finding-list.ts';
import type { Findings } from './findings.ts';

/** Quick fixes for the findings that a range touches: apply, dismiss, look at the evidence. */
export function actionsFor(
  findings: Findings,
  document: vscode.TextDocument,
  range: vscode.Range,
): vscode.CodeAction[] {
  const diagnostics = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Ensemble');
  return findings.at(document.uri, range).flatMap(({ runId, id, finding, place }) => {
    const ref: FindingRef = { runId, id };
    const own = diagnostics.filter(
      (each) => each.range.start.line === place?.start.line && each.message.startsWith(finding.title),
    );
    const action = (title: string, command: string) => {
      const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      made.command = { title, command, arguments: [ref] };
      made.diagnostics = own;
      return made;
    };
    const title = shortened(finding.title);
    const fixes = fixFor(finding, document.getText())
      ? [Object.assign(action(vscode.l10n.t('Apply Fix: {0}', title), 'ensemble.acceptFinding'), { isPreferred: true })]
      : [];
    return [
      ...fixes,
      action(vscode.l10n.t('Dismiss...: {0}', title), 'ensemble.dismissFinding'),
      action(vscode.l10n.t('Show Evidence: {0}', title), 'ensemble.showFindingEvidence'),
    ];
  });
}

/** Characters of a title that fit into a menu. */
const LONGEST_TITLE = 50;

function shortened(title: string): string {
  return title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE - 1)}…` : title;
}
