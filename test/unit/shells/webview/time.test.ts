import assert from 'node:assert/strict';
import { formatCost, formatDuration } from '../../../../src/shells/webview/dashboard/format.ts';
import { initialState, keptOf } from '../../../../src/shells/webview/dashboard/state.ts';
import { elapsed, timeAxis } from '../../../../src/shells/webview/dashboard/time.ts';
import { NOW, sampleTask } from '../../../support/dashboard-samples.ts';

describe('the time axis', () => {
  const first = sampleTask('a', { startedAt: '2026-01-05T10:00:00.000Z', durationMs: 10_000 });
  const running = sampleTask('b', { startedAt: '2026-01-05T10:00:10.000Z', durationMs: null, status: 'running' });
  const pending = sampleTask('c', { startedAt: null, durationMs: null, status: 'pending' });

  it('goes from the first start to now, with a few round points', () => {
    const axis = timeAxis([first, running, pending], NOW);
    assert.equal(axis.length, 30_000);
    assert.deepEqual(axis.ticks, [0, 10_000, 20_000, 30_000]);
    assert.deepEqual(axis.spanOf(first), { from: 0, length: 1 / 3 });
    assert.deepEqual(axis.spanOf(running), { from: 1 / 3, length: 2 / 3 });
    assert.equal(axis.spanOf(pending), null);
  });

  it('is empty without a task that has begun, and copes with days', () => {
    assert.deepEqual(timeAxis([pending], NOW).ticks, []);
    const days = timeAxis([{ ...first, durationMs: 3 * 86_400_000 }], NOW);
    assert.ok(days.ticks.length >= 3 && days.ticks.length <= 6);
  });

  it('counts no time for what has not begun or was cut off', () => {
    assert.equal(elapsed(pending, NOW), null);
    assert.equal(elapsed({ ...running, status: 'failed' }, NOW), null);
    assert.equal(elapsed({ ...running, startedAt: '2027-01-01T00:00:00.000Z' }, NOW), 0, 'a clock that is ahead');
  });
});

describe('what a page keeps', () => {
  it('survives whatever an earlier version left', () => {
    for (const left of [undefined, null, 'text', 7, { runId: 4, selected: [], asTable: 'graph' }]) {
      const { wanted, selected, asTable } = initialState(left);
      assert.deepEqual([wanted, selected, asTable.size], [null, null, 0]);
    }
    const kept = { runId: 'r', selected: 't', asTable: ['agents', 'unknown'] };
    const state = initialState(kept);
    assert.equal(state.wanted, 'r');
    assert.deepEqual(keptOf(state), { runId: null, selected: 't', asTable: ['agents'] });
  });
});

describe('figures', () => {
  it('are short and honest', () => {
    assert.deepEqual([null, 0, 85, 4100, 60_000, 125_000, 11_520_000].map(formatDuration), [
      '–',
      '0 ms',
      '85 ms',
      '4.1 s',
      '1 min 0 s',
      '2 min 5 s',
      '3 h 12 min',
    ]);
    assert.deepEqual([null, 0, 0.00001, 0.0004, 0.012, 1.3].map(formatCost), [
      '–',
      '$0',
      '<$0.0001',
      '$0.0004',
      '$0.012',
      '$1.30',
    ]);
  });
});
