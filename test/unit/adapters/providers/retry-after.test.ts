import assert from 'node:assert/strict';
import fc from 'fast-check';
import { retryAdviceIn, retryAfterMs } from '../../../../src/adapters/providers/retry-after.ts';

const NOW = Date.UTC(2026, 10, 21, 12);

describe('retryAfterMs', () => {
  for (const [what, headers, expected] of [
    ['none', {}, null],
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['a fraction', { 'retry-after': '0.5' }, 500],
    ['milliseconds first', { 'retry-after-ms': '350', 'retry-after': '1' }, 350],
    ['a negative number', { 'retry-after': '-5' }, 0],
    ['more than anybody waits', { 'retry-after': '1e9' }, 1e12],
    ['infinity', { 'retry-after': 'Infinity' }, null],
    ['words', { 'retry-after': 'soon' }, null],
    ['an empty one', { 'retry-after': '' }, null],
    ['twice the same header', { 'retry-after': '5, 9' }, 9_000],
    ['a date', { 'retry-after': 'Sat, 21 Nov 2026 12:01:00 GMT' }, 60_000],
    ['a date in the past', { 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 0],
    [
      "a date by a server's clock that is a day ahead",
      { 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT', date: 'Sun, 22 Nov 2026 12:00:00 GMT' },
      30_000,
    ],
    [
      "a date by a server's clock that is a day behind",
      { 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT', date: 'Fri, 20 Nov 2026 12:00:00 GMT' },
      30_000,
    ],
  ] as const) {
    it(`understands ${what}`, () => assert.equal(retryAfterMs(new Headers(headers), NOW), expected));
  }

  it('never is negative or no number, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const value = retryAfterMs(new Headers({ 'retry-after': text.trim() }), NOW);
        return value === null || value >= 0;
      }),
    );
  });
});

describe('retryAdviceIn', () => {
  it("reads Google's RetryInfo and OpenRouter's copy of the headers", () => {
    assert.equal(retryAdviceIn({ details: [null, { reason: 'x' }, { retryDelay: '36s' }] }, NOW), 36_000);
    assert.equal(retryAdviceIn({ details: [{ retryDelay: '-3s' }] }, NOW), null);
    const headers = { 'X-RateLimit-Reset': String(NOW + 4_000) };
    assert.equal(retryAdviceIn({ metadata: { headers } }, NOW), 4_000);
    assert.equal(retryAdviceIn({ metadata: { headers } }, NOW + 9_000), 0);
  });

  it('understands nothing in anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const advice = retryAdviceIn(value, NOW);
        return advice === null || advice >= 0;
      }),
    );
  });
});
