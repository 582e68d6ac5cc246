import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReadyHeap } from '../../../../src/core/graph/ready-heap.ts';

describe('ReadyHeap', () => {
  const items = fc.array(fc.record({ priority: fc.integer({ min: 1, max: 10 }), path: fc.nat(5) }), { maxLength: 60 });

  it('gives tasks back by priority, then longest path, then order', () => {
    fc.assert(
      fc.property(items, (made) => {
        const all = made.map((one, order) => ({ task: `t${order}`, order, ...one }));
        const heap = new ReadyHeap<string>();
        for (const one of all) heap.push(one);
        const taken = Array.from({ length: all.length }, () => {
          const next = heap.peek();
          assert.equal(heap.pop(), next);
          return next?.task;
        });
        const sorted = all.toSorted((a, b) => b.priority - a.priority || b.path - a.path || a.order - b.order);
        assert.deepEqual(
          taken,
          sorted.map(({ task }) => task),
        );
        assert.equal(heap.pop(), undefined);
        assert.equal(heap.size, 0);
      }),
    );
  });

  it('keeps its order when taking and adding alternate', () => {
    const steps = fc.array(fc.option(fc.nat(9)), { maxLength: 80 });
    fc.assert(
      fc.property(steps, (paths) => {
        const heap = new ReadyHeap<number>();
        const model: { path: number; order: number }[] = [];
        for (const [order, path] of paths.entries()) {
          if (path === null) {
            model.sort((a, b) => b.path - a.path || a.order - b.order);
            assert.equal(heap.pop()?.order, model.shift()?.order);
          } else {
            heap.push({ task: order, priority: 5, path, order });
            model.push({ path, order });
          }
        }
        assert.equal(heap.size, model.length);
      }),
    );
  });
});
