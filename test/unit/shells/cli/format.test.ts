import assert from 'node:assert/strict';
import { NO_USAGE } from '../../../../src/core/model.ts';
import { bytes, compact, count, duration, elapsed, tokenSum, usd } from '../../../../src/shells/cli/format.ts';

describe('format', () => {
  it('writes amounts for people', () => {
    assert.deepEqual([999, 1234, 999_960, 2_500_000].map(compact), ['999', '1.2k', '1.0M', '2.5M']);
    assert.deepEqual([12, 1400, 5_000_000].map(bytes), ['12 B', '1.4 kB', '5.0 MB']);
    assert.deepEqual([count(1, 'file'), count(1200, 'file')], ['1 file', '1,200 files']);
  });

  it('never shows an unknown cost as a number', () => {
    assert.deepEqual([null, 0, 0.000123, 1.5, 1234.567].map(usd), [
      'unknown',
      '$0.00',
      '$0.000123',
      '$1.50',
      '$1,234.57',
    ]);
  });

  it('marks tokens that were estimated', () => {
    assert.equal(tokenSum({ ...NO_USAGE, input: 1000, output: 500 }), '1.5k');
    assert.equal(tokenSum({ ...NO_USAGE, input: 10, estimated: true }), '~10');
  });

  it('writes durations without a jump at the minute', () => {
    assert.deepEqual([12, 4230, 59_940, 59_960, 65_000, 3_723_000].map(duration), [
      '12 ms',
      '4.2 s',
      '59.9 s',
      '1:00',
      '1:05',
      '1:02:03',
    ]);
    assert.deepEqual([-5, 7999, 61_000].map(elapsed), ['0:00', '0:07', '1:01']);
  });
});
