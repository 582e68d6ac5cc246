import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Ranked, ReadyHeap } from '../../../../src/core/graph/ready-heap.ts';

const first = (a: Ranked, b: Ranked) => b.spec.priority - a.spec.priority || b.path - a.path || a.order - b.order;

const ranked = (priority: number, path: number, order: number): Ranked => ({ spec: { priority }, path, order });

describe('ReadyHeap', () => {
  const items = fc.array(fc.record({ priority: fc.integer({ min: 1, max: 10 }), path: fc.nat(5) }), { maxLength: 60 });

  it('gives tasks back by priority, then longest path, then order', () => {
    fc.assert(
      fc.property(items, (made) => {
        const all = made.map(({ priority, path }, order) => ranked(priority, path, order));
        const heap = new ReadyHeap();
        for (const one of all) heap.push(one);
        const taken = Array.from({ length: all.length }, () => {
          const next = heap.peek();
          assert.equal(heap.pop(), next);
          return next;
        });
        assert.deepEqual(taken, all.toSorted(first));
        assert.equal(heap.pop(), undefined);
        assert.equal(heap.size, 0);
      }),
    );
  });

  it('keeps its order when taking and adding alternate', () => {
    const steps = fc.array(fc.option(fc.nat(9)), { maxLength: 80 });
    fc.assert(
      fc.property(steps, (paths) => {
        const heap = new ReadyHeap();
        const model: { path: number; order: number }[] = [];
        for (const [order, path] of paths.entries()) {
          if (path === null) {
            model.sort((a, b) => b.path - a.path || a.order - b.order);
            assert.equal(heap.pop()?.order, model.shift()?.order);
          } else {
            heap.push(ranked(5, path, order));
            model.push({ path, order });
          }
        }
        assert.equal(heap.size, model.length);
      }),
    );
  });

  it('has its order again after paths have changed', () => {
    fc.assert(
      fc.property(items, fc.infiniteStream(fc.nat(5)), (made, paths) => {
        const all = made.map(({ priority, path }, order) => ({ ...ranked(priority, path, order), path }));
        const heap = new ReadyHeap();
        for (const one of all) heap.push(one);
        for (const one of all) one.path = paths.next().value;
        heap.reorder();
        assert.deepEqual(
          all.map(() => heap.pop()),
          all.toSorted(first),
        );
      }),
    );
  });
});
