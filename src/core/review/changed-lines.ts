import { structuredPatch } from 'diff';
import { withPlainLineBreaks } from './decode-text.ts';
import type { LineRange } from './gathered.ts';

/** Texts that differ more than this are not compared further: all lines count as changed. Lines added and removed. */
const MOST_EDITS = 2_000;

/**
 * The lines of `text` that differ from `base`, ascending and apart. Where lines were only removed, the lines on both
 * sides of the gap count: what is wrong now shows there. Line breaks of another kind, or none at the end, are no
 * difference. Null: the texts
 * have so little in common that comparing them says nothing.
 */
export function changedLines(base: string, text: string): LineRange[] | null {
  const now = comparable(text);
  const patch = structuredPatch('', '', comparable(base), now, undefined, undefined, {
    context: 0,
    maxEditLength: MOST_EDITS,
  });
  if (!patch) return null;
  const lineCount = now.split('\n').length - 1;
  const ranges = patch.hunks.map(({ newStart, newLines }) =>
    newLines > 0 ? { first: newStart, last: newStart + newLines - 1 } : { first: newStart - 1, last: newStart },
  );
  return joined(ranges.map(({ first, last }) => ({ first: Math.max(1, first), last: Math.min(lineCount, last) })));
}

function comparable(text: string): string {
  return `${withPlainLineBreaks(text).replace(/\n$/, '')}\n`;
}

/** The parts of the ranges that lie between two lines, inclusive. */
export function rangesWithin(ranges: readonly LineRange[], first: number, last: number): LineRange[] {
  return ranges
    .filter((range) => range.first <= last && range.last >= first)
    .map((range) => ({ first: Math.max(range.first, first), last: Math.min(range.last, last) }));
}

function joined(ranges: readonly LineRange[]): LineRange[] {
  const result: LineRange[] = [];
  for (const range of ranges) {
    const previous = result.at(-1);
    if (range.last < range.first) continue;
    if (previous && range.first <= previous.last + 1) {
      result[result.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
    } else result.push(range);
  }
  return result;
}
