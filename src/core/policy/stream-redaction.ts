import { redactKnown } from './redaction.ts';

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
    const secrets = this.#secrets();
    const redacted = redactKnown(this.#held + text, secrets);
    const held = Math.max(0, ...secrets.map((secret) => overlap(redacted, secret)));
    this.#held = redacted.slice(redacted.length - held);
    return redacted.slice(0, redacted.length - held);
  }

  /** What was held back, at the end of the text. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}

/** Length of the longest end of `text` that `secret` begins with. */
function overlap(text: string, secret: string): number {
  for (let length = Math.min(text.length, secret.length - 1); length > 0; length--) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}
