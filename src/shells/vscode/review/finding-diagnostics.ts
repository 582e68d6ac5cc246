import * as vscode from 'vscode';
import type { Finding, Severity } from '../../../core/results.ts';
import type { Place } from '../results/place-of-finding.ts';
import type { ListedFinding } from './finding-list.ts';

/** A finding as a diagnostic: a squiggle, and a row in the Problems view. */
export function diagnosticOf({ finding, place }: ListedFinding, result: vscode.Uri): vscode.Diagnostic | null {
  if (!place) return null;
  const diagnostic = new vscode.Diagnostic(rangeOf(place), messageOf(finding), severityOf(finding.severity));
  diagnostic.source = 'Ensemble';
  diagnostic.code = { value: finding.category, target: result };
  return diagnostic;
}

/** A place as the editor has it. */
export function rangeOf({ start, end }: Place): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function messageOf({ severity, title, explanation, suggestion, outsideChange }: Finding): string {
  const facts = outsideChange ? vscode.l10n.t('{0}, outside the change', severity) : severity;
  const advice = suggestion.trim() === '' ? [] : [vscode.l10n.t('Suggestion: {0}', suggestion)];
  return [`${title} (${facts})`, explanation, ...advice].filter((part) => part.trim() !== '').join('\n');
}

function severityOf(severity: Severity): vscode.DiagnosticSeverity {
  if (severity === 'critical' || severity === 'high') return vscode.DiagnosticSeverity.Error;
  return severity === 'medium' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
}
