import assert from 'node:assert/strict';
import { spanIdOf } from '../../../../src/core/tracing/span.ts';

describe('spanIdOf', () => {
  it('gives the same thing the same id, in 16 hex digits', () => {
    const id = spanIdOf('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'turn', 'task-1', 1, 'turn-1', 1);
    assert.equal(spanIdOf('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'turn', 'task-1', 1, 'turn-1', 1), id);
    assert.match(id, /^[0-9a-f]{16}$/);
  });

  it('gives different ids to 200,000 things that differ in a number or in a letter, in either half of the id', () => {
    const ids = new Set<string>();
    const highs = new Set<string>();
    const lows = new Set<string>();
    for (let run = 0; run < 20; run++) {
      for (let task = 0; task < 5_000; task++) {
        for (const kind of ['turn', 'call'] as const) {
          const id = spanIdOf(`01ARZ3NDEKTSV4RRFFQ69G5F${run}`, kind, `task-${task}`, 1);
          ids.add(id);
          highs.add(id.slice(0, 8));
          lows.add(id.slice(8));
        }
      }
    }
    assert.equal(ids.size, 200_000);
    // Of 200,000 random numbers of 32 bits about 5 are there twice.
    for (const half of [highs, lows]) assert.ok(half.size > 199_950, String(half.size));
  });
});
