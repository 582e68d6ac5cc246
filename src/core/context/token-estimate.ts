/** Characters per token in English text and code, as vendors' own rules of thumb have it. */
const CHARACTERS_PER_TOKEN = 4;
/** UTF-8 bytes per token that only random text such as hashes comes near to. */
const FEWEST_BYTES_PER_TOKEN = 2;

/** Tokens of a text. */
export type CountTokens = (text: string) => number;

/** Tokens of a text, estimated without a tokenizer: good enough to choose what to cut, not to bill. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** Characters that hold about this many tokens. */
export function charactersFor(tokens: number): number {
  return Math.max(0, Math.floor(tokens)) * CHARACTERS_PER_TOKEN;
}

/** True when a text surely has no more tokens than this (unless it is random data), so that nobody needs to count them. */
export function surelyFits(text: string, tokens: number): boolean {
  // A character has at most three bytes for each of its UTF-16 units.
  if (text.length * 3 <= tokens * FEWEST_BYTES_PER_TOKEN) return true;
  if (text.length > tokens * FEWEST_BYTES_PER_TOKEN) return false;
  return new TextEncoder().encode(text).length <= tokens * FEWEST_BYTES_PER_TOKEN;
}
