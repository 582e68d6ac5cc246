import * as vscode from 'vscode';
import type { Finding, FindingDecision } from '../../../core/results.ts';
import type { Proposals } from '../edits/proposals.ts';
import { settles } from '../review/decided.ts';
import type { Findings } from '../review/findings.ts';
import { conflictLenses } from './conflict-lenses.ts';
import { findingHeadings } from './finding-headings.ts';
import { isPerformance } from './performance-files.ts';
import type { ResultFiles } from './result-files.ts';

/** What the lenses of result documents are made from. */
export interface LensParts {
  readonly results: ResultFiles;
  readonly findings: Findings;
  readonly proposals: Proposals;
}

/** The section of a report with findings that were left out. */
const DISMISSED_HEADING = /^## Dismissed earlier \(\d+\)$/;

/** Actions in a result document: at its top for the whole, and above each finding. */
export async function lensesFor(
  document: vscode.TextDocument,
  { results, findings, proposals }: LensParts,
): Promise<vscode.CodeLens[]> {
  const lens = (line: number, title: string, command: string, ...args: unknown[]) =>
    new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: args });
  const runId = results.runOf(document.uri);
  if (isPerformance(document.uri)) return [lens(0, vscode.l10n.t('Preview'), 'markdown.showPreview', document.uri)];
  if (runId === null) return [];
  const lenses = [
    lens(0, vscode.l10n.t('Run Again'), 'ensemble.runAgain', runId),
    lens(0, vscode.l10n.t('Save As...'), 'ensemble.saveResultAs', runId),
    lens(0, vscode.l10n.t('Show in Agents'), 'ensemble.showRunInAgents', runId),
    lens(0, vscode.l10n.t('Performance'), 'ensemble.showPerformanceReport', runId),
    lens(0, vscode.l10n.t('Preview'), 'markdown.showPreview', document.uri),
  ];
  if (await results.usedPrompt(runId)) {
    lenses.push(
      lens(0, vscode.l10n.t('$(thumbsup) Helpful'), 'ensemble.promptHelpful', runId),
      lens(0, vscode.l10n.t('$(thumbsdown) Not Helpful'), 'ensemble.promptNotHelpful', runId),
    );
  }
  const text = document.getText();
  lenses.push(...conflictLenses(text, runId, await proposals.openConflicts(runId)));
  const dismissed = text.split(/\r?\n/).findIndex((line) => DISMISSED_HEADING.test(line));
  if (dismissed !== -1) {
    lenses.push(lens(dismissed, vscode.l10n.t('Restore Dismissed Findings...'), 'ensemble.restoreDismissedFindings'));
  }
  const found = await results.findingsOf(runId);
  if (found.length === 0) return lenses;
  const decisions = (await findings.decisions(runId, '')).filter((decision) => settles(decision, runId));
  const decided = new Map(decisions.map((each) => [each.fingerprint, each]));
  const headings = findingHeadings(text, found);
  for (const [index, finding] of found.entries()) {
    const line = headings[index];
    if (line === undefined || line === null) continue;
    const ref = { runId, id: finding.id };
    if (findings.isStale(ref)) lenses.push(lens(line, vscode.l10n.t('The code has changed'), ''));
    lenses.push(
      ...actionsOf(finding, decided.get(finding.fingerprint)).map(([title, command, argument]) =>
        lens(line, title, command, argument ?? ref),
      ),
    );
  }
  return lenses;
}

function actionsOf(
  finding: Finding,
  decision: FindingDecision | undefined,
): readonly (readonly [title: string, command: string, argument?: unknown])[] {
  if (decision?.decision === 'dismissed')
    return [[vscode.l10n.t('Dismissed. Restore'), 'ensemble.restoreDismissedFindings', finding.fingerprint]];
  const accept = finding.edit ? vscode.l10n.t('Apply Fix') : vscode.l10n.t('Accept');
  return [
    [vscode.l10n.t('Go To'), 'ensemble.goToFinding'],
    ...(decision?.decision === 'accepted'
      ? [[vscode.l10n.t('Accepted'), ''] as const]
      : [
          [accept, 'ensemble.acceptFinding'] as const,
          [vscode.l10n.t('Dismiss...'), 'ensemble.dismissFinding'] as const,
        ]),
    [vscode.l10n.t('Evidence'), 'ensemble.showFindingEvidence'],
  ];
}
