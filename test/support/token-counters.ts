import type { TokenCounter } from '../../src/core/context/token-counter.ts';
import { estimateTokens } from '../../src/core/context/token-estimate.ts';

/** Four characters are a token; `asked` counts how often somebody wanted to know. */
export class FakeTokenCounter implements TokenCounter {
  asked = 0;

  async counter(): Promise<(text: string) => number> {
    this.asked++;
    return estimateTokens;
  }
}
