import type { Finding } from '../../../core/results.ts';
import { anchorQuote } from '../../../core/review/anchor.ts';

/** A position in a text, 0-based, as the editor counts. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** Where the quote of a finding stands in the text of its file as it is now; null: it is not there any more. */
export function placeOfFinding(
  finding: Pick<Finding, 'file' | 'startLine' | 'quote'>,
  text: string,
): { readonly start: TextPosition; readonly end: TextPosition } | null {
  const file = { path: finding.file, languageId: '', text, startLine: 1, baseHash: null };
  const anchor = anchorQuote(finding.quote, { file: finding.file, line: finding.startLine }, [file]);
  return anchor && { start: positionAt(text, anchor.start), end: positionAt(text, anchor.end) };
}

function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length - 1, character: offset - (before.lastIndexOf('\n') + 1) };
}
