import type { ModelPrice } from '../config.ts';
import type { Message, TokenUsage } from '../model.ts';

/** Prices by `<provider>/<id>`, USD per million tokens; null: unknown. Local models cost 0. */
export interface PriceBook {
  price(model: string): ModelPrice | null;
}

/** Characters per token where nothing better is known: about right for English and code with the common tokenizers. */
const CHARACTERS_PER_TOKEN = 4;
/** The worst case counts on denser text, so that a reservation is seldom too small. */
const WORST_CHARACTERS_PER_TOKEN = 3;
/** Tokens that a chat format adds per message. */
const TOKENS_PER_MESSAGE = 8;

/** Expected input tokens of a conversation. */
export function estimateInputTokens(messages: readonly Message[]): number {
  return tokensOf(messages, CHARACTERS_PER_TOKEN);
}

/** Input tokens that a reservation assumes. */
export function worstInputTokens(messages: readonly Message[]): number {
  return tokensOf(messages, WORST_CHARACTERS_PER_TOKEN);
}

/** Expected tokens of a text. */
export function estimateTextTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/**
 * Cost in whole micro-USD, rounded up: a price of 1 USD per million tokens is 1 micro-USD per token. Cached input
 * costs its own price where there is one.
 */
export function microCost(price: ModelPrice, usage: Pick<TokenUsage, 'input' | 'output' | 'cached'>): number {
  const fresh = Math.max(0, usage.input - usage.cached);
  const cached = usage.cached * (price.cachedInputPerMTok ?? price.inputPerMTok);
  return Math.ceil(fresh * price.inputPerMTok + cached + usage.output * price.outputPerMTok - 1e-9);
}

function tokensOf(messages: readonly Message[], charactersPerToken: number): number {
  return messages.reduce(
    (sum, message) => sum + Math.ceil(message.content.length / charactersPerToken) + TOKENS_PER_MESSAGE,
    0,
  );
}
