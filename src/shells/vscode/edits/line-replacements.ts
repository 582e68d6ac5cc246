import type { LineChange } from '../../../core/results.ts';

/** A position as the editor counts: from 0. */
export interface LinePosition {
  readonly line: number;
  readonly character: number;
}

/** A part of a text and what shall stand there instead; line breaks are LF. */
export interface Replacement {
  readonly start: LinePosition;
  readonly end: LinePosition;
  readonly text: string;
}

/**
 * The replacements that carry out line changes in a text of these lines. Each covers no more than its lines, so that a
 * cursor anywhere else stays where it is.
 */
export function replacementsOf(changes: readonly LineChange[], lines: readonly string[]): readonly Replacement[] {
  return changes.map((change) => replacementOf(change, lines));
}

function replacementOf({ startLine, endLine, newText }: LineChange, lines: readonly string[]): Replacement {
  const endOf = (line: number): LinePosition => ({ line: line - 1, character: (lines[line - 1] ?? '').length });
  const startOf = (line: number): LinePosition => ({ line: line - 1, character: 0 });
  if (endLine < startLine) {
    if (startLine <= lines.length) return { start: startOf(startLine), end: startOf(startLine), text: `${newText}\n` };
    return { start: endOf(lines.length), end: endOf(lines.length), text: `\n${newText}` };
  }
  if (newText !== '') return { start: startOf(startLine), end: endOf(endLine), text: newText };
  // A line that goes takes one line break with it: its own, or, at the end of the text, the one before it.
  if (endLine < lines.length) return { start: startOf(startLine), end: startOf(endLine + 1), text: '' };
  return { start: startLine > 1 ? endOf(startLine - 1) : startOf(1), end: endOf(endLine), text: '' };
}

/**
 * Where a block of lines of an earlier text stands in the present one, 1-based inclusive. Null: it is not there as it was,
 * or more than once.
 */
export function linesNow(
  before: string,
  { first, last }: { readonly first: number; readonly last: number },
  now: string,
): { readonly first: number; readonly last: number } | null {
  const block = before.split('\n').slice(first - 1, last);
  const lines = now.split('\n');
  const places: number[] = [];
  for (let index = 0; index + block.length <= lines.length; index++) {
    if (block.every((line, offset) => lines[index + offset] === line)) places.push(index + 1);
  }
  const [place] = places;
  return place === undefined || places.length > 1 ? null : { first: place, last: place + block.length - 1 };
}
