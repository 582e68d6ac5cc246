import type { FindingEdit } from '../results.ts';
import type { Anchor } from './anchor.ts';
import type { ReportedFinding } from './findings-schema.ts';

/**
 * The edit that a finding proposes; null where it would be a guess: the file is not known whole, the quote is not made of
 * complete lines, or the new text holds a redaction marker, which must never be written into a file. Line breaks in the
 * edit are `\n`; whoever applies it writes those of the file.
 */
export function editOf({ quote, replacement }: ReportedFinding, anchor: Anchor): FindingEdit | null {
  const { file, start, end, startLine, endLine } = anchor;
  if (replacement === null || file.baseHash === null || replacement.includes('[redacted ')) return null;
  const lineStart = file.text.lastIndexOf('\n', start - 1) + 1;
  const lineBreak = file.text.indexOf('\n', end);
  const lineEnd = lineBreak === -1 ? file.text.length : lineBreak;
  const complete = file.text.slice(lineStart, start).trim() === '' && file.text.slice(end, lineEnd).trim() === '';
  if (!complete) return null;
  const old = file.text.slice(lineStart, lineEnd);
  const newText = reindent(replacement.replace(/^\n+|\n+$/g, ''), quote.replace(/^\n+/, ''), old);
  if (newText === old) return null;
  return { baseHash: file.baseHash, changes: [{ startLine, endLine, newText }] };
}

/**
 * Gives the new text the indentation that the quote lacks against the file: models like to leave off that of the first
 * line, or of all lines alike.
 */
function reindent(text: string, quote: string, old: string): string {
  const missing = missingIndent(quote.split('\n')[0] ?? '', old.split('\n')[0] ?? '');
  if (missing === '' || indentOf(text).startsWith(missing)) return text;
  const quoted = secondIndented(quote);
  const original = secondIndented(old);
  const onlyFirst = quoted !== null && original !== null && missingIndent(quoted, original) === '';
  const lines = text.split('\n');
  return lines.map((line, index) => (line === '' || (onlyFirst && index > 0) ? line : missing + line)).join('\n');
}

function missingIndent(quoted: string, original: string): string {
  const indent = indentOf(original);
  return indent.slice(0, Math.max(0, indent.length - indentOf(quoted).length));
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** The first line after the first that is not blank. */
function secondIndented(text: string): string | null {
  return (
    text
      .split('\n')
      .slice(1)
      .find((line) => line.trim() !== '') ?? null
  );
}
