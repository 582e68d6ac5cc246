import type { ProposedEdit } from './proposed-edit.ts';

/** `start` (inclusive) to `end` (exclusive) of a text become `text`. Offsets in UTF-16 units, line breaks are `\n`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where an edit goes, or why it goes nowhere (the end of the sentence "It was not taken: ..."). */
export type Resolution =
  | { readonly ok: true; readonly splice: Splice }
  | { readonly ok: false; readonly reason: string };

/**
 * Finds the place of an edit in the text that it was made for: the quote verbatim, else complete lines that differ from it
 * in their indentation and in white space at their ends alone; the new text is then indented likewise. A quote that stands
 * there more than once counts only where one of the places is at the line that the edit names. Nothing is ever guessed:
 * what is not found or not unique is refused with the reason. `firstLine` is the 1-based line at which the text begins.
 */
export function resolveEdit(text: string, edit: ProposedEdit, firstLine = 1): Resolution {
  if (edit.search.trim() === '') return refused('it quotes no code, so it does not say where it belongs');
  const exact = choose(verbatimPlaces(text, edit), edit, text, firstLine);
  const found = exact ?? choose(linePlaces(text, edit), edit, text, firstLine);
  if (!found) return refused('the lines that it quotes do not stand in the code');
  if (!found.ok) return found;
  const splice = trimmed(text, wholeLines(text, found.splice));
  return splice ? { ok: true, splice } : refused('it changes nothing');
}

/** Complete lines that go take their line break along; otherwise an empty line would stay. */
function wholeLines(text: string, splice: Splice): Splice {
  const { start, end, text: newText } = splice;
  const isStart = start === 0 || text[start - 1] === '\n';
  const isEnd = end === text.length || text[end] === '\n';
  if (newText !== '' || !isStart || !isEnd || text[end - 1] === '\n') return splice;
  if (end < text.length) return { start, end: end + 1, text: '' };
  return { start: Math.max(0, start - 1), end, text: '' };
}

function refused(reason: string): Extract<Resolution, { ok: false }> {
  return { ok: false, reason };
}

function choose(places: readonly Splice[], { line }: ProposedEdit, text: string, firstLine: number): Resolution | null {
  const [only] = places;
  if (!only) return null;
  if (places.length === 1) return { ok: true, splice: only };
  const named = places.filter(({ start }) => firstLine + lineBreaksBefore(text, start) === line);
  const [place] = named;
  if (place && named.length === 1) return { ok: true, splice: place };
  return refused(`the lines that it quotes stand in the code ${places.length} times`);
}

function verbatimPlaces(text: string, { search, replace }: ProposedEdit): Splice[] {
  const places: Splice[] = [];
  for (let at = text.indexOf(search); at !== -1; at = text.indexOf(search, at + 1))
    places.push({ start: at, end: at + search.length, text: replace });
  return places;
}

/** Complete lines that are the quote but for white space at both ends. */
function linePlaces(text: string, { search, replace }: ProposedEdit): Splice[] {
  const wanted = withoutBlankEnds(search.split('\n'));
  const lines = text.split('\n');
  const keys = lines.map((line) => line.trim());
  const wantedKeys = wanted.map((line) => line.trim());
  const places: Splice[] = [];
  let start = 0;
  for (let at = 0; at + wanted.length <= lines.length; at++) {
    if (wantedKeys.every((key, offset) => keys[at + offset] === key)) {
      const old = lines.slice(at, at + wanted.length);
      const newText = reindented(replace, wanted, old);
      // Lines that are indented among themselves in another way than the quote mean something else.
      if (newText !== null) places.push({ start, end: start + old.join('\n').length, text: newText });
    }
    start += (lines[at]?.length ?? 0) + 1;
  }
  return places;
}

function withoutBlankEnds(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return lines.slice(first, last + 1);
}

/** The replacement with the indentation of the code in the place of the quote's; null where the two do not correspond. */
function reindented(replace: string, quoted: readonly string[], old: readonly string[]): string | null {
  const indents = quoted.flatMap((line, index) =>
    line.trim() === '' ? [] : [{ quoted: indentOf(line), old: indentOf(old[index] ?? '') }],
  );
  const base = indents.reduce((least, one) => (one.quoted.length < least.quoted.length ? one : least), {
    quoted: indents[0]?.quoted ?? '',
    old: indents[0]?.old ?? '',
  });
  if (!indents.every((one) => one.old === base.old + one.quoted.slice(base.quoted.length))) return null;
  const lines = replace.trim() === '' ? [] : withoutBlankEnds(replace.split('\n'));
  if (!lines.every((line) => line.trim() === '' || line.startsWith(base.quoted))) return null;
  return lines.map((line) => (line.trim() === '' ? '' : base.old + line.slice(base.quoted.length))).join('\n');
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** The part that really changes; null: none does. Lines that an edit quotes only to be found are not touched by it. */
function trimmed(text: string, { start, end, text: newText }: Splice): Splice | null {
  const old = text.slice(start, end);
  if (old === newText) return null;
  const most = Math.min(old.length, newText.length);
  let before = 0;
  while (before < most && old[before] === newText[before]) before++;
  let after = 0;
  while (after < most - before && old.at(-1 - after) === newText.at(-1 - after)) after++;
  return { start: start + before, end: end - after, text: newText.slice(before, newText.length - after) };
}

/** Line breaks before an offset. */
export function lineBreaksBefore(text: string, offset: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
