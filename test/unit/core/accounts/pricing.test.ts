import assert from 'node:assert/strict';
import { microCost, worstMicroCost } from '../../../../src/core/accounts/pricing.ts';
import type { ModelPrice } from '../../../../src/core/config.ts';

const PLAIN: ModelPrice = { inputPerMTok: 4, outputPerMTok: 20 };
const CACHING: ModelPrice = { ...PLAIN, cachedInputPerMTok: 0.4, cacheWritePerMTok: 5 };

describe('the cost of a call', () => {
  it('has a price of its own for what is read from a prompt cache, and for what is written to it', () => {
    const usage = { input: 1_000, cached: 600, output: 10 };
    assert.equal(microCost(CACHING, usage), 400 * 4 + 600 * 0.4 + 200);
    assert.equal(microCost(CACHING, usage, { short: 100, long: 0 }), 300 * 4 + 600 * 0.4 + 100 * 5 + 200);
    assert.equal(microCost(CACHING, usage, { short: 100, long: 50 }), 250 * 4 + 600 * 0.4 + 100 * 5 + 50 * 8 + 200);
  });

  it('takes the price of other input where the price says nothing of a cache', () => {
    assert.equal(microCost(PLAIN, { input: 100, cached: 60, output: 0 }, { short: 40, long: 0 }), 400);
  });

  it('is at worst what it costs to write all of the input to the cache', () => {
    assert.equal(worstMicroCost(CACHING, { input: 1_000, output: 10 }), 5_000 + 200);
    assert.equal(worstMicroCost(PLAIN, { input: 1_000, output: 10 }), 4_000 + 200);
    for (const short of [0, 300, 1_000]) {
      const cost = microCost(CACHING, { input: 1_000, cached: 0, output: 10 }, { short, long: 0 });
      assert.ok(cost <= worstMicroCost(CACHING, { input: 1_000, output: 10 }), String(short));
    }
  });
});
