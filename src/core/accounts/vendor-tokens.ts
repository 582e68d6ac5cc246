import type { ProviderId } from '../model.ts';

/**
 * How many tokens other vendors count where OpenAI's tokenizer counts one, on English text and code. Anthropic's and the local models'
 * vocabularies are smaller. Rounded up, as a limit that is kept a little too carefully costs less than one that is exceeded.
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

/** What a vendor is expected to count for so many tokens of OpenAI's. */
export function tokensFor(provider: ProviderId, tokens: number): number {
  return Math.ceil(tokens * FACTORS[provider]);
}
