import type { TokenCounter } from '../../core/context/token-counter.ts';
import { type CountTokens, estimateTokens } from '../../core/context/token-estimate.ts';
import type { Logger } from '../../core/ports.ts';

/** Longest run without white space that is tokenized: the algorithm is quadratic in it, and only data such as base64 is longer. */
const LONGEST_WORD = 400;
const LONG_WORD = new RegExp(`\\S{${LONGEST_WORD},}`, 'g');

/** Characters per token of such data. */
const DATA_CHARACTERS_PER_TOKEN = 2;

/** Counts with the tokenizer of OpenAI's present models. Its table (2 MB) is loaded once, on first use. */
export class GptTokenCounter implements TokenCounter {
  readonly #logger: Pick<Logger, 'warn'>;
  #loading: Promise<CountTokens> | null = null;

  constructor(logger: Pick<Logger, 'warn'>) {
    this.#logger = logger;
  }

  counter(): Promise<CountTokens> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<CountTokens> {
    try {
      const { countTokens } = await import('gpt-tokenizer/encoding/o200k_base');
      // Texts that look like control tokens are ordinary text to us.
      const options = { disallowedSpecial: new Set<string>() };
      return (text) => countInPieces(text, (piece) => countTokens(piece, options));
    } catch (error) {
      this.#logger.warn('The tokenizer cannot be loaded; tokens are estimated by length', {
        reason: error instanceof Error ? error.message : String(error),
      });
      return estimateTokens;
    }
  }
}

/** Counts very long words by their length, everything else with the tokenizer. */
function countInPieces(text: string, count: CountTokens): number {
  let tokens = 0;
  let from = 0;
  for (const { 0: word, index } of text.matchAll(LONG_WORD)) {
    tokens += count(text.slice(from, index)) + Math.ceil(word.length / DATA_CHARACTERS_PER_TOKEN);
    from = index + word.length;
  }
  return tokens + count(from === 0 ? text : text.slice(from));
}
