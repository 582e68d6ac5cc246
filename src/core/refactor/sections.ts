import type { EditBase } from '../edits/place-edits.ts';
import type { TargetCode } from '../edits/read-target.ts';

/** Code that one editor changes at once, characters: about 12,000 tokens, so that its answer fits too. */
const SECTION_CHARACTERS = 48_000;
/** Lines around a section that are shown with it when the whole file is too long. */
const CONTEXT_LINES = 40;

/**
 * The parts that editors work on, at the same time: the lines that are meant, whole where they fit one answer, else cut
 * where a top-level part ends. A file that fits is shown whole. The same code always gives the same sections.
 */
export function sectionsOf(code: TargetCode): EditBase[] {
  const lines = code.text.split('\n');
  const { first, last } = code.lines ?? { first: 1, last: lines.length };
  const fits = code.text.length <= SECTION_CHARACTERS;
  return cut(lines, first, last).map((allowed) => {
    const firstLine = fits ? 1 : Math.max(1, allowed.first - CONTEXT_LINES);
    const lastLine = fits ? lines.length : Math.min(lines.length, allowed.last + CONTEXT_LINES);
    return {
      languageId: code.languageId,
      text: lines.slice(firstLine - 1, lastLine).join('\n'),
      firstLine,
      allowed,
      redactedLines: code.redactedLines,
    };
  });
}

function cut(lines: readonly string[], first: number, last: number): { first: number; last: number }[] {
  const parts: { first: number; last: number }[] = [];
  let start = first;
  let size = 0;
  let best = 0;
  for (let line = first; line <= last; line++) {
    size += (lines[line - 1] ?? '').length + 1;
    if (size > SECTION_CHARACTERS && line > start) {
      const end = best > start ? best : line - 1;
      parts.push({ first: start, last: end });
      start = end + 1;
      size = lines.slice(start - 1, line).join('\n').length;
    }
    if (endsPart(lines, line)) best = line;
  }
  return [...parts, { first: start, last }];
}

/** True for an empty line before one that is not indented. */
function endsPart(lines: readonly string[], line: number): boolean {
  return (lines[line - 1] ?? '').trim() === '' && /^[^\s)\]}]/.test(lines[line] ?? '');
}
