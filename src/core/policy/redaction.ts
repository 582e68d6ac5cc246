import { knownSecretSpans } from './known-secrets.ts';
import { privateKeySpans } from './private-keys.ts';
import { SecretMemory } from './redaction-memory.ts';
import { patternSpans, type SecretSpan } from './secret-patterns.ts';

/** What stands where a secret stood. Text between two markers is never looked at across them. */
const MARKER = /(\[redacted [a-z][a-z ]{0,30}\])/;

/** Removing one secret can bare another beside it; more rounds than this only text made for the purpose would need. */
const MAX_ROUNDS = 12;

/** Redacted text and how many secrets were taken out of it. */
export interface Redaction {
  readonly text: string;
  readonly redactions: number;
}

/** Of texts and lists of secrets that are looked at again and again; holds nothing that nobody uses. */
const memory = new SecretMemory<Redaction>();

/**
 * Replaces each secret by `[redacted <kind>]`: the known ones (also inside base64 and URL-encoded), private keys, keys of
 * known vendors, tokens, passwords in connection strings, and literals assigned to names such as `password`.
 * Line breaks inside a secret stay, so line numbers and anchors hold. Idempotent; never throws.
 */
export function redact(text: string, knownSecrets: readonly string[]): Redaction {
  const { forms, texts } = memory.of(knownSecrets);
  const spans = (piece: string) => [
    ...knownSecretSpans(piece, forms),
    ...privateKeySpans(piece),
    ...patternSpans(piece),
  ];
  return texts.of(text, () => redactWith(text, spans));
}

/** Removes the known secrets only: for what a model wrote, where a made-up password in an example is part of the answer. */
export function redactKnown(text: string, knownSecrets: readonly string[]): string {
  return redactForms(text, formsOf(knownSecrets));
}

/** How the secrets can look; made once for the same list. */
export function formsOf(knownSecrets: readonly string[]): readonly string[] {
  return memory.of(knownSecrets).forms;
}

/** {@link redactKnown} by the forms. */
export function redactForms(text: string, forms: readonly string[]): string {
  if (!forms.some((form) => text.includes(form))) return text;
  return redactWith(text, (piece) => knownSecretSpans(piece, forms)).text;
}

function redactWith(text: string, find: (piece: string) => SecretSpan[]): Redaction {
  let current = text;
  let redactions = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let found = 0;
    current = current
      .split(MARKER)
      .map((piece, index) => {
        if (index % 2 === 1) return piece;
        const spans = merged(find(piece));
        found += spans.length;
        return replaceSpans(piece, spans);
      })
      .join('');
    if (found === 0) break;
    redactions += found;
  }
  return { text: current, redactions };
}

/** Joins spans that overlap, so that no part of a secret is left; the one that begins first names the kind. */
function merged(spans: SecretSpan[]): SecretSpan[] {
  const result: SecretSpan[] = [];
  for (const span of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last && span.start < last.end) result[result.length - 1] = { ...last, end: Math.max(last.end, span.end) };
    else result.push(span);
  }
  return result;
}

function replaceSpans(text: string, spans: readonly SecretSpan[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, kind } of spans) {
    const lineBreaks = text.slice(start, end).replace(/[^\r\n\u2028\u2029]+/g, '');
    result += `${text.slice(position, start)}[redacted ${kind}]${lineBreaks}`;
    position = end;
  }
  return result + text.slice(position);
}
