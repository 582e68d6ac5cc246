import assert from 'node:assert/strict';
import fc from 'fast-check';
import { longestPaths } from '../../../../src/core/graph/path-lengths.ts';
import { ReadyHeap, type ReadyTask } from '../../../../src/core/graph/ready-heap.ts';
import { task } from '../../../support/engine-fixture.ts';

describe('ReadyHeap', () => {
  it('gives tasks back by priority, then longest path, then order', () => {
    const item = fc.record({ priority: fc.integer({ min: 1, max: 10 }), path: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 60 }), (items) => {
        const tasks: ReadyTask[] = items.map((one, order) => ({ id: String(order), order, ...one }));
        const heap = new ReadyHeap();
        for (const one of tasks) heap.push(one);
        const taken = Array.from({ length: heap.size }, () => heap.pop()?.id);
        const sorted = tasks.toSorted((a, b) => b.priority - a.priority || b.path - a.path || a.order - b.order);
        assert.deepEqual(
          taken,
          sorted.map((one) => one.id),
        );
        assert.equal(heap.pop(), undefined);
      }),
    );
  });
});

describe('longestPaths', () => {
  it('counts hops where an estimate is missing, else milliseconds', () => {
    const hops = longestPaths([task('a'), task('b', ['a']), task('c', ['b'], { estimateMs: 9 }), task('d')]);
    assert.deepEqual(Object.fromEntries(hops), { a: 3, b: 2, c: 1, d: 1 });
    const ms = longestPaths([
      task('a', [], { estimateMs: 5 }),
      task('b', ['a'], { estimateMs: 7 }),
      task('c', ['a'], { estimateMs: 1 }),
    ]);
    assert.deepEqual(Object.fromEntries(ms), { a: 12, b: 7, c: 1 });
  });
});
