import type { SourceCode } from '../../../../core/source/source-code.ts';
import type { Change } from './refactoring-rule.ts';

/** White space at the ends of lines, except inside of texts that span lines. */
export function* trailingSpace(code: SourceCode): Generator<Change> {
  for (const match of code.text.matchAll(/[ \t]+$/gm)) {
    const start = match.index;
    const end = start + match[0].length;
    if (!code.literals.some((literal) => literal.start < end && literal.end > start)) yield { start, end, newText: '' };
  }
}
