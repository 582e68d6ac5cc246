import { formsOf, redactForms } from './redaction.ts';

/**
 * Removes known secrets from text that arrives in pieces: what could be the beginning of one is held back until the next
 * piece or `flush` tells. The secrets are asked for with each piece, since a key becomes known when it is first used.
 */
export class StreamRedactor {
  readonly #secrets: () => readonly string[];
  #held = '';

  constructor(secrets: () => readonly string[]) {
    this.#secrets = secrets;
  }

  /** The text that can be shown now. */
  push(text: string): string {
    const forms = formsOf(this.#secrets());
    if (forms.length === 0 && this.#held === '') return text;
    const redacted = redactForms(this.#held + text, forms);
    let held = 0;
    for (const form of forms) held = Math.max(held, overlap(redacted, form));
    this.#held = held === 0 ? '' : redacted.slice(-held);
    return held === 0 ? redacted : redacted.slice(0, -held);
  }

  /** What was held back, at the end of the text. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}

/** Length of the longest end of `text` that `form` begins with; only places with its first character are looked at. */
function overlap(text: string, form: string): number {
  const first = form.charAt(0);
  let at = text.indexOf(first, Math.max(0, text.length - form.length + 1));
  while (at !== -1 && !form.startsWith(text.slice(at))) at = text.indexOf(first, at + 1);
  return at === -1 ? 0 : text.length - at;
}
