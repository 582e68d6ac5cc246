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

describe('the price of long contexts', () => {
  const long = {
    above: 200_000,
    inputPerMTok: 6,
    outputPerMTok: 22.5,
    cachedInputPerMTok: 0.6,
    cacheWritePerMTok: 7.5,
  };
  const price = {
    inputPerMTok: 3,
    outputPerMTok: 15,
    cachedInputPerMTok: 0.3,
    cacheWritePerMTok: 3.75,
    longContext: long,
  };

  it('holds for all tokens of a call with more input, and for no other', () => {
    assert.equal(microCost(price, { input: 200_000, output: 1_000, cached: 0 }), 200_000 * 3 + 1_000 * 15);
    assert.equal(microCost(price, { input: 200_001, output: 1_000, cached: 0 }), 200_001 * 6 + 1_000 * 22.5);
    const cached = { input: 300_000, output: 0, cached: 100_000 };
    assert.equal(microCost(price, cached, { short: 50_000, long: 0 }), 150_000 * 6 + 60_000 + 50_000 * 7.5);
  });

  it('is in the worst case that a budget holds', () => {
    assert.equal(worstMicroCost(price, { input: 100_000, output: 0 }), 100_000 * 3.75);
    assert.equal(worstMicroCost(price, { input: 250_000, output: 100 }), 250_000 * 7.5 + 100 * 22.5);
  });
});
