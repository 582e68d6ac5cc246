import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layoutGraph, NODE, neighbour } from '../../../../src/shells/webview/dashboard/layout.ts';

const REVIEW = [
  { id: 'a', dependencies: [] },
  { id: 'b', dependencies: [] },
  { id: 'c', dependencies: [] },
  { id: 'sum', dependencies: ['a', 'b', 'c', 'unknown'] },
];

describe('layoutGraph', () => {
  it('puts each node right of what it depends on, and draws the lines between them', () => {
    const graph = layoutGraph(REVIEW);
    assert.deepEqual(
      ['a', 'b', 'c', 'sum'].map((id) => graph.places.get(id)?.column),
      [0, 0, 0, 1],
    );
    assert.deepEqual(graph.edges.map(({ from, to }) => `${from} ${to}`).sort(), ['a sum', 'b sum', 'c sum']);
    assert.ok(graph.edges.every(({ path }) => /^M[\d. ]+( C[\d. -]+)+$/.test(path)));
  });

  it('lets no two nodes overlap and none stick out, whatever the graph', () => {
    const graphs = fc
      .array(fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
      .map((all) =>
        all.map((dependencies, at) => ({ id: `n${at}`, dependencies: dependencies.map((to) => `n${to}`) })),
      );
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { places, width, height } = layoutGraph(nodes);
        const boxes = [...places.values()];
        assert.equal(boxes.length, nodes.length);
        for (const [at, box] of boxes.entries()) {
          assert.ok(box.x >= 0 && box.y >= 0 && box.x + NODE.width <= width && box.y + NODE.height <= height);
          for (const other of boxes.slice(at + 1)) {
            const apart = Math.abs(box.x - other.x) >= NODE.width || Math.abs(box.y - other.y) >= NODE.height;
            assert.ok(apart, JSON.stringify([box, other]));
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps the order of the nodes within a column', () => {
    const graph = layoutGraph(REVIEW);
    const rows = ['a', 'b', 'c'].map((id) => graph.places.get(id)?.y ?? 0);
    assert.deepEqual(
      rows,
      [...rows].sort((one, other) => one - other),
    );
  });

  it('places 200 nodes with thousands of lines, in circles too', () => {
    const ids = Array.from({ length: 200 }, (_, at) => `n${at}`);
    const dense = ids.map((id, at) => ({ id, dependencies: at < 100 ? [] : ids.slice(0, 100) }));
    const graph = layoutGraph(dense);
    assert.equal(graph.edges.length, 10_000);
    assert.deepEqual(new Set([...graph.places.values()].map(({ column }) => column)), new Set([0, 1]));
    const circle = ids.map((id) => ({ id, dependencies: ids.slice(0, 3) }));
    assert.equal(layoutGraph(circle).places.size, 200);
  });

  it('is nothing for nothing', () => {
    assert.equal(layoutGraph([]).places.size, 0);
  });
});

describe('neighbour', () => {
  const graph = layoutGraph(REVIEW);
  const order = ['a', 'b', 'c'].sort(
    (one, other) => (graph.places.get(one)?.y ?? 0) - (graph.places.get(other)?.y ?? 0),
  );

  it('goes up and down within a column', () => {
    assert.equal(neighbour(graph, order[0] ?? '', 'ArrowDown'), order[1]);
    assert.equal(neighbour(graph, order[2] ?? '', 'ArrowUp'), order[1]);
    assert.equal(neighbour(graph, order[0] ?? '', 'ArrowUp'), null);
  });

  it('goes along the lines to the left and right', () => {
    assert.equal(neighbour(graph, 'a', 'ArrowRight'), 'sum');
    assert.ok(['a', 'b', 'c'].includes(neighbour(graph, 'sum', 'ArrowLeft') ?? ''));
    assert.equal(neighbour(graph, 'sum', 'ArrowRight'), null);
  });

  it('goes to the first and last, and leaves other keys alone', () => {
    assert.equal(neighbour(graph, 'b', 'Home'), 'a');
    assert.equal(neighbour(graph, 'b', 'End'), 'sum');
    assert.equal(neighbour(graph, 'b', 'x'), null);
    assert.equal(neighbour(graph, 'nowhere', 'Home'), null);
  });
});
