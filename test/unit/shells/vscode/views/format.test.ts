import assert from 'node:assert/strict';
import { formatCost, formatDuration, formatTokens } from '../../../../../src/shells/vscode/views/format.ts';

describe('format', () => {
  it('shortens tokens', () => {
    assert.deepEqual([0, 999, 1000, 1234, 999_949, 999_950, 3_400_000].map(formatTokens), [
      '0',
      '999',
      '1k',
      '1.2k',
      '999.9k',
      '1M',
      '3.4M',
    ]);
  });

  it('shows as many decimals of a cost as matter', () => {
    assert.deepEqual([0, 0.00001, 0.0004, 0.0123, 0.5, 1.3, 12].map(formatCost), [
      '$0',
      '<$0.0001',
      '$0.0004',
      '$0.012',
      '$0.500',
      '$1.30',
      '$12.00',
    ]);
  });

  it('shows durations in the unit that fits', () => {
    assert.deepEqual([0, 85.4, 999, 1000, 4123, 59_949, 59_950, 125_000].map(formatDuration), [
      '0 ms',
      '85 ms',
      '999 ms',
      '1 s',
      '4.1 s',
      '59.9 s',
      '1 min 0 s',
      '2 min 5 s',
    ]);
  });
});
