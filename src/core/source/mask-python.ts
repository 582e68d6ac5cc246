import { blank, type Literal, type MaskedText, type Range } from './masked-text.ts';

const STRING_START = /([rbuf]{0,2})("""|'''|"|')/iy;

/** Masks Python. Docstrings are literals. Never throws: what is not closed ends at the end of the line or of the text. */
export function maskPython(text: string): MaskedText {
  const literals: Literal[] = [];
  const comments: Range[] = [];
  const blanks: Range[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text[at] ?? '';
    if (character === '#') {
      const lineBreak = text.indexOf('\n', at);
      const end = lineBreak === -1 ? text.length : lineBreak;
      comments.push({ start: at, end });
      blanks.push({ start: at, end });
      at = end;
      continue;
    }
    const literal = /["'rbufRBUF]/.test(character) && !/[\w]/.test(text[at - 1] ?? '') ? literalAt(text, at) : null;
    if (!literal) {
      at++;
      continue;
    }
    literals.push(literal);
    blanks.push(...textOf(literal));
    at = literal.end;
  }
  return { code: blank(text, blanks), literals, comments };
}

function literalAt(text: string, start: number): Literal | null {
  STRING_START.lastIndex = start;
  const match = STRING_START.exec(text);
  if (!match) return null;
  const [opening, prefix = '', quote = ''] = match;
  const from = start + opening.length;
  for (let at = from; at < text.length; at++) {
    // Also in a raw string a backslash keeps the next character from ending it.
    if (text[at] === '\\') at++;
    else if (quote.length === 1 && text[at] === '\n') return null;
    else if (text.startsWith(quote, at))
      return literalOf(text, { start, end: at + quote.length }, { start: from, end: at }, prefix);
  }
  return quote.length === 3
    ? literalOf(text, { start, end: text.length }, { start: from, end: text.length }, prefix)
    : null;
}

function literalOf(text: string, range: Range, content: Range, prefix: string): Literal {
  const isFormatted = /f/i.test(prefix);
  return {
    ...range,
    kind: isFormatted ? 'template' : 'string',
    content,
    expressions: isFormatted ? expressionsIn(text, content) : [],
  };
}

/** What stands between single braces; doubled ones are text. */
function expressionsIn(text: string, { start, end }: Range): Range[] {
  const expressions: Range[] = [];
  for (let at = start; at < end; at++) {
    if (text[at] !== '{') continue;
    if (text[at + 1] === '{') {
      at++;
      continue;
    }
    let depth = 1;
    let close = at + 1;
    for (; close < end && depth > 0; close++) {
      if (text[close] === '{') depth++;
      else if (text[close] === '}') depth--;
    }
    if (depth === 0) expressions.push({ start: at + 1, end: close - 1 });
    at = close - 1;
  }
  return expressions;
}

/** The parts of a literal's content that are text. */
function textOf({ content, expressions }: Literal): Range[] {
  const parts: Range[] = [];
  let position = content.start;
  for (const { start, end } of expressions) {
    parts.push({ start: position, end: start });
    position = end;
  }
  return [...parts, { start: position, end: content.end }];
}
