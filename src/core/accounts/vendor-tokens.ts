import type { ProviderId, TokenUsage } from '../model.ts';
import { estimateInputTokens, estimateTextTokens, type SentText } from './pricing.ts';

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

/** What a call is expected to have used whose answer does not say it: all that was sent, and what came back. */
export function estimatedUsage(provider: ProviderId, sent: SentText, answer: string): TokenUsage {
  const input = tokensFor(provider, estimateInputTokens(sent));
  const output = tokensFor(provider, estimateTextTokens(answer));
  return { input, output, cached: 0, reasoning: 0, estimated: true };
}
