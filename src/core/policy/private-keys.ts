import type { SecretSpan } from './secret-patterns.ts';

const BOUNDARY = /-----(BEGIN|END) (?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?-----/g;

/** What a key's body can hold, also as a string literal over several lines or with escaped line breaks. */
const KEY_BODY = /^[A-Za-z0-9+/=,:.()\-\\\s"'`|>#*]*$/;

/** A line of nothing but base64, as it may stand in a comment, a quoted string or an indented block. */
const KEY_LINE = /^[\s"'`#*>|]*[A-Za-z0-9+/=]{16,}(?:\\n|\\r)*["'`,;+\s\\]*$/;

/**
 * Private keys in PEM form, from their BEGIN to their END line. A key without its end (a file cut short) reaches as far as
 * its base64 lines do; a BEGIN line that no key follows, such as in code that looks for one, is left alone.
 */
export function privateKeySpans(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  const boundaries = [...text.matchAll(BOUNDARY)];
  for (const [index, begin] of boundaries.entries()) {
    if (begin[1] !== 'BEGIN') continue;
    const bodyStart = begin.index + begin[0].length;
    const next = boundaries[index + 1];
    const body = text.slice(bodyStart, next?.index ?? text.length);
    if (next?.[1] === 'END' && KEY_BODY.test(body)) {
      if (/[A-Za-z0-9]/.test(body))
        spans.push({ start: begin.index, end: next.index + next[0].length, kind: 'private key' });
      continue;
    }
    const keyLength = leadingKeyLength(body);
    if (keyLength > 0) spans.push({ start: begin.index, end: bodyStart + keyLength, kind: 'private key' });
  }
  return spans;
}

/** Length of the base64 that begins `body`: on the same line after an escaped line break, or on the lines below. */
function leadingKeyLength(body: string): number {
  const escaped = /^(?:(?:\\[nr])+[A-Za-z0-9+/=]+)+/.exec(body);
  if (escaped) return escaped[0].length;
  let length = 0;
  let keyLength = 0;
  for (const line of body.split('\n')) {
    const content = line.replace(/\r$/, '');
    // The rest of the BEGIN line, and the headers and the blank line that may stand before the base64.
    const before =
      keyLength === 0 && (length === 0 ? /^[\s"'`+,\\nr]*$/.test(content) : /^(?:[\w-]+: .*|\s*)$/.test(content));
    if (!before && !KEY_LINE.test(content)) break;
    if (!before) keyLength = length + content.length;
    length += line.length + 1;
  }
  return keyLength;
}
