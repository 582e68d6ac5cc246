import { redact } from '../../../core/policy/redaction.ts';
import type { Finding } from '../../../core/results.ts';
import { anchorQuote } from '../../../core/review/anchor.ts';

/** A position in a text, 0-based, as the editor counts. */
export interface TextPosition {
  readonly line: number;
  readonly character: number;
}

/** A part of a text. */
export interface Place {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

type Quoted = Pick<Finding, 'file' | 'startLine' | 'quote'>;

/**
 * Where the quote of a finding stands in the text of its file as it is now; null: it is not there any more. A secret in
 * it was redacted before anybody saw it: such a quote is found in the redacted text, and its lines are meant.
 */
export function placeOfFinding(finding: Quoted, text: string): Place | null {
  return placeIn(text, finding) ?? wholeLines(text, placeIn(redact(text, []).text, finding));
}

function placeIn(text: string, { file: path, quote, startLine }: Quoted): Place | null {
  const file = { path, languageId: '', text, startLine: 1, baseHash: null };
  const anchor = anchorQuote(quote, { file: path, line: startLine }, [file]);
  return anchor && { start: positionAt(text, anchor.start), end: positionAt(text, anchor.end) };
}

function positionAt(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length - 1, character: offset - (before.lastIndexOf('\n') + 1) };
}

/** Redaction keeps lines, not columns. */
function wholeLines(text: string, place: Place | null): Place | null {
  if (!place) return null;
  const lines = text.split('\n');
  const first = lines[place.start.line] ?? '';
  const last = lines[place.end.line] ?? '';
  return {
    start: { line: place.start.line, character: first.length - first.trimStart().length },
    end: { line: place.end.line, character: last.trimEnd().length },
  };
}
