import type { ProviderId } from '../model.ts';
import type { CountTokens } from './token-estimate.ts';

/**
 * Counts tokens with a real tokenizer (OpenAI's o200k), which is loaded on first use. Budgets of prompts are counted with it
 * whoever answers: a prompt must not depend on the account that it goes to.
 */
export interface TokenCounter {
  /** Never rejects: where the tokenizer cannot be loaded it resolves with an estimate by length. */
  counter(): Promise<CountTokens>;
}

/** Tokens of a text for one vendor. */
export interface TokenCount {
  readonly tokens: number;
  /** True: the vendor counts with a tokenizer of its own, and this is ours times a factor. */
  readonly estimated: boolean;
}

/**
 * How many tokens other vendors count where o200k counts one, on English text and code. Anthropic's and the local models'
 * vocabularies are smaller. Rounded up, as a budget that is a little too careful costs less than one that is exceeded.
 */
const FACTORS: Readonly<Record<ProviderId, number>> = {
  openai: 1,
  openrouter: 1.2,
  'openai-compatible': 1.2,
  'vscode-lm': 1.1,
  xai: 1.1,
  gemini: 1.1,
  groq: 1.15,
  ollama: 1.15,
  anthropic: 1.25,
  offline: 1,
};

/** What a vendor is expected to count for so many of o200k's tokens. Only OpenAI's own count is no estimate. */
export function tokensFor(provider: ProviderId, tokens: number): TokenCount {
  return { tokens: Math.ceil(tokens * FACTORS[provider]), estimated: provider !== 'openai' };
}
