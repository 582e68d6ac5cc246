import { sha256Hex } from '../hash.ts';
import type { FileEdit, LineChange } from '../results.ts';
import type { Splice } from './resolve-edit.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** A text as {@link FileEdit.baseHash} and line changes see it: without byte order mark, line breaks as `\n`. */
export function plainText(text: string): string {
  const marked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  return marked.includes('\r') ? marked.replace(/\r\n?/g, '\n') : marked;
}

/** {@link FileEdit.baseHash} of a text, whatever its line breaks. */
export function baseHashOf(text: string): string {
  return sha256Hex(plainText(text));
}

/** Whether an edit was made for this text; null: the file is not there. */
export function fitsBase({ baseHash }: Pick<FileEdit, 'baseHash'>, text: string | null): boolean {
  return text === null ? baseHash === null : baseHash === baseHashOf(text);
}

/** A {@link LineChange} while it is made: the new lines one by one, none for a removal. */
interface Draft {
  readonly startLine: number;
  readonly endLine: number;
  readonly lines: readonly string[];
}

/**
 * Splices of a plain text as changes of whole lines, ascending: one for each group that shares lines. The splices do not
 * overlap. No change inserts beyond the last line, and none inserts or leaves nothing but an empty line: such a change takes
 * a line beside it along, because an empty `newText` removes lines.
 */
export function toLineChanges(text: string, splices: readonly Splice[]): LineChange[] {
  const lines = text.split('\n');
  const starts = lineStarts(lines);
  const drafts: Draft[] = [];
  const sorted = splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at];
    if (!first) break;
    const startLine = lineAt(starts, first.start);
    let endLine = lineAt(starts, first.end);
    const group = [first];
    for (at++; at < sorted.length; at++) {
      const next = sorted[at];
      if (!next || lineAt(starts, next.start) > endLine) break;
      endLine = Math.max(endLine, lineAt(starts, next.end));
      group.push(next);
    }
    const from = starts[startLine - 1] ?? 0;
    const to = from + lines.slice(startLine - 1, endLine).join('\n').length;
    const newLines = spliced(text.slice(from, to), group, from).split('\n');
    const draft = lean(lines, { startLine, endLine, lines: newLines });
    if (draft) drafts.push(draft);
  }
  return sayable(lines, drafts).map((draft) => ({ ...withoutLines(draft), newText: draft.lines.join('\n') }));
}

function withoutLines({ startLine, endLine }: Draft) {
  return { startLine, endLine };
}

/** The change without what stays at both ends; null: nothing changes. */
function lean(lines: readonly string[], draft: Draft): Draft | null {
  let { startLine, endLine } = draft;
  let newLines = draft.lines;
  while (newLines.length > 0 && startLine <= endLine && lines[startLine - 1] === newLines[0]) {
    newLines = newLines.slice(1);
    startLine++;
  }
  while (newLines.length > 0 && startLine <= endLine && lines[endLine - 1] === newLines.at(-1)) {
    newLines = newLines.slice(0, -1);
    endLine--;
  }
  return newLines.length === 0 && startLine > endLine ? null : { startLine, endLine, lines: newLines };
}

/** The same changes, those that cannot be said joined with a line beside them, or with the change that is there. */
function sayable(lines: readonly string[], drafts: readonly Draft[]): Draft[] {
  const result: Draft[] = [];
  const waiting = [...drafts];
  for (let draft = waiting.shift(); draft; draft = waiting.shift()) {
    const { startLine, endLine, lines: newLines } = draft;
    const isSayable = startLine <= lines.length && !(newLines.length === 1 && newLines[0] === '');
    const previous = result.at(-1);
    const next = waiting[0];
    const before = lines[startLine - 2];
    const after = lines[endLine];
    const touches = previous?.endLine === startLine - 1;
    // An insertion before a changed line: which comes first must not be a question.
    const isSplit = touches && previous.startLine === startLine;
    if (isSayable && !isSplit) result.push(draft);
    else if (previous && touches) {
      result.pop();
      waiting.unshift({ startLine: previous.startLine, endLine, lines: [...previous.lines, ...newLines] });
    } else if (before !== undefined)
      waiting.unshift({ startLine: startLine - 1, endLine, lines: [before, ...newLines] });
    else if (next && next.startLine === endLine + 1) {
      waiting.shift();
      waiting.unshift({ startLine, endLine: next.endLine, lines: [...newLines, ...next.lines] });
    } else if (after !== undefined) waiting.unshift({ startLine, endLine: endLine + 1, lines: [...newLines, after] });
    // All of the text becomes one empty line, which is what removing it means.
    else result.push(draft);
  }
  return result;
}

function spliced(part: string, group: readonly Splice[], offset: number): string {
  let result = '';
  let position = 0;
  for (const { start, end, text } of group) {
    result += part.slice(position, start - offset) + text;
    position = end - offset;
  }
  return result + part.slice(position);
}

/** The text with all splices made; they do not overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  return spliced(
    text,
    splices.toSorted((a, b) => a.start - b.start || a.end - b.end),
    0,
  );
}

/** Whether two splices want the same place. Two insertions at one place contradict each other too: which comes first? */
export function overlaps(a: Splice, b: Splice): boolean {
  return (a.start < b.end && b.start < a.end) || a.start === b.start;
}

/**
 * Applies changes to a text as it is in a file: byte order mark, the line breaks of all lines that stay, and what stands
 * after the last line are kept; new lines get the line break that is most frequent in the text.
 */
export function applyChanges(text: string, changes: readonly LineChange[]): string {
  const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const pieces = text.slice(mark.length).split(/(\r\n|\r|\n)/);
  const lineBreak = commonLineBreak(pieces);
  const lines = pieces.filter((_, index) => index % 2 === 0);
  const breaks = pieces.filter((_, index) => index % 2 === 1);
  for (const { startLine, endLine, newText } of changes.toSorted((a, b) => b.startLine - a.startLine)) {
    const removed = endLine - startLine + 1;
    const added = newText === '' && removed > 0 ? [] : newText.split('\n');
    lines.splice(startLine - 1, removed, ...added);
    // The breaks after the removed lines go, except that the last line of the text has none.
    const kept = breaks.slice(startLine - 1, endLine).slice(0, added.length);
    const wanted = Array.from({ length: added.length }, (_, index) => kept[index] ?? lineBreak);
    breaks.splice(startLine - 1, removed, ...wanted);
    breaks.length = Math.max(0, Math.min(breaks.length, lines.length - 1));
  }
  return mark + lines.map((line, index) => line + (breaks[index] ?? '')).join('');
}

/** The most frequent line break of a text; `\n` where there is none. */
function commonLineBreak(pieces: readonly string[]): string {
  const counts = new Map<string, number>();
  for (let index = 1; index < pieces.length; index += 2) {
    const piece = pieces[index] ?? '';
    counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['\n', 0] as [string, number])[0];
}

function lineStarts(lines: readonly string[]): number[] {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  return starts;
}

/** 1-based line of an offset, by the offsets at which lines start. */
export function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
