/** Offsets in a text; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A string literal or regular expression, quotes and prefix included. */
export interface Literal extends Range {
  readonly kind: 'string' | 'template' | 'regex';
  /** What stands between the quotes. */
  readonly content: Range;
  /** The code inside `${...}` (script) or `{...}` (f-string). */
  readonly expressions: readonly Range[];
}

/**
 * A source text with comments and the contents of literals blanked out: `code` has the same length and line breaks, so
 * that offsets hold, and what looks like code in it is code. Quotes stay, code inside of templates stays.
 */
export interface MaskedText {
  readonly code: string;
  readonly literals: readonly Literal[];
  readonly comments: readonly Range[];
}

/** Blanks ranges out, line breaks excepted. The ranges are sorted and do not overlap. */
export function blank(text: string, ranges: readonly Range[]): string {
  let result = '';
  let position = 0;
  for (const { start, end } of ranges) {
    result += text.slice(position, start) + text.slice(start, end).replace(/[^\n]/g, ' ');
    position = end;
  }
  return result + text.slice(position);
}
