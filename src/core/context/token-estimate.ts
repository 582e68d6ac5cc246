/** Characters per token in English text and code, as vendors' own rules of thumb have it. */
const CHARACTERS_PER_TOKEN = 4;

/** Tokens of a text, estimated without a tokenizer: good enough to choose what to cut, not to bill. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** Characters that hold about this many tokens. */
export function charactersFor(tokens: number): number {
  return Math.max(0, Math.floor(tokens)) * CHARACTERS_PER_TOKEN;
}
