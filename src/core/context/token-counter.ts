import type { CountTokens } from './token-estimate.ts';

/**
 * Counts tokens with a real tokenizer (OpenAI's o200k), which is loaded on first use. Budgets of prompts are counted with it
 * whoever answers: a prompt must not depend on the account that it goes to.
 */
export interface TokenCounter {
  /** Never rejects: where the tokenizer cannot be loaded it resolves with an estimate by length. */
  counter(): Promise<CountTokens>;
}
