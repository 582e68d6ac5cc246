import * as vscode from 'vscode';
import type { Finding, Severity } from '../../../core/results.ts';
import { placeOfFinding } from './place-of-finding.ts';

/** What a review has looked at, so that its older findings there go. Lines 1-based inclusive; null: the whole file. */
export interface ReviewedPlace {
  readonly uri: vscode.Uri;
  readonly lines: { readonly first: number; readonly last: number } | null;
}

/** A finding and the document it is about. */
export interface LocatedFinding {
  readonly uri: vscode.Uri;
  readonly finding: Finding;
}

/** The findings of reviews as diagnostics: squiggles, and rows in the Problems view. */
export class FindingDiagnostics implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('ensemble');

  /**
   * Shows the findings of one review instead of what earlier ones found in the same places. Each stands where its quote
   * stands now: what was edited away during the run is left out (the result document still has it).
   */
  async show(places: readonly ReviewedPlace[], findings: readonly LocatedFinding[], result: vscode.Uri): Promise<void> {
    for (const place of places) this.#clear(place);
    for (const name of new Set(findings.map(({ uri }) => uri.toString()))) {
      const uri = vscode.Uri.parse(name);
      const text = await textOf(uri);
      const here = findings.filter((each) => each.uri.toString() === name);
      const shown = here.flatMap(({ finding }) => diagnosticOf(finding, text, result) ?? []);
      this.#collection.set(uri, [...(this.#collection.get(uri) ?? []), ...shown]);
    }
  }

  dispose(): void {
    this.#collection.dispose();
  }

  #clear({ uri, lines }: ReviewedPlace): void {
    if (!lines) {
      this.#collection.delete(uri);
      return;
    }
    const outside = ({ range }: vscode.Diagnostic) =>
      range.end.line + 1 < lines.first || range.start.line + 1 > lines.last;
    this.#collection.set(uri, (this.#collection.get(uri) ?? []).filter(outside));
  }
}

function diagnosticOf(finding: Finding, text: string | null, result: vscode.Uri): vscode.Diagnostic | null {
  const place = text === null ? null : placeOfFinding(finding, text);
  if (text !== null && !place) return null;
  const range = place
    ? new vscode.Range(place.start.line, place.start.character, place.end.line, place.end.character)
    : new vscode.Range(finding.startLine - 1, 0, finding.endLine, 0);
  const diagnostic = new vscode.Diagnostic(range, messageOf(finding), severityOf(finding.severity));
  diagnostic.source = 'Ensemble';
  diagnostic.code = { value: finding.category, target: result };
  return diagnostic;
}

function messageOf({ severity, title, explanation, suggestion }: Finding): string {
  const advice = suggestion.trim() === '' ? [] : [vscode.l10n.t('Suggestion: {0}', suggestion)];
  return [`${title} (${severity})`, explanation, ...advice].filter((part) => part.trim() !== '').join('\n');
}

function severityOf(severity: Severity): vscode.DiagnosticSeverity {
  if (severity === 'critical' || severity === 'high') return vscode.DiagnosticSeverity.Error;
  return severity === 'medium' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
}

/** The text as the person sees it: of the open document, else of the file; null: it cannot be read. */
async function textOf(uri: vscode.Uri): Promise<string | null> {
  const name = uri.toString();
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === name);
  if (document) return document.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return null;
  }
}
