import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  assignWaves,
  type Edge,
  lengthenPaths,
  NO_PATH,
  UNKNOWN_ESTIMATE_MS,
} from '../../../../src/core/graph/linked-graph.ts';

interface Node {
  readonly id: number;
  readonly spec: { readonly estimateMs: number | null };
  readonly dependencies: Node[];
  dependents: Edge<Node> | null;
  wave: number;
  path: number;
}

function add(nodes: Node[], dependencies: readonly number[], estimateMs: number | null): Node {
  const node: Node = {
    id: nodes.length,
    spec: { estimateMs },
    dependencies: [],
    dependents: null,
    wave: 0,
    path: NO_PATH,
  };
  for (const id of dependencies) {
    node.dependencies.push(nodes[id]!);
    nodes[id]!.dependents = { to: node, next: nodes[id]!.dependents };
  }
  nodes.push(node);
  return node;
}

/** Builds the nodes from their dependencies, all in one go. */
function graph(
  ...parts: readonly (readonly [dependencies: readonly number[], estimateMs?: number | undefined])[]
): Node[] {
  const nodes: Node[] = [];
  for (const [dependencies, estimateMs = null] of parts) add(nodes, dependencies, estimateMs);
  assignWaves(nodes, 1);
  lengthenPaths(nodes, () => true);
  return nodes;
}

describe('waves', () => {
  it('are one more than the deepest dependency', () => {
    const nodes = graph([[]], [[0]], [[0, 1]], [[]], [[3, 2]]);
    assert.deepEqual(
      nodes.map(({ wave }) => wave),
      [1, 2, 3, 1, 4],
    );
  });

  it('of added tasks begin where they are told to, and after what they depend on', () => {
    const nodes = graph([[]], [[0]]);
    const added = [add(nodes, [], null), add(nodes, [2], null), add(nodes, [1], null)];
    assignWaves(added, 2);
    assert.deepEqual(
      added.map(({ wave }) => wave),
      [2, 3, 3],
    );
  });

  it('do not depend on the order in which tasks are given', () => {
    const nodes = graph([[]], [[0]], [[1]]);
    for (const node of nodes) node.wave = 0;
    assignWaves(nodes.toReversed(), 1);
    assert.deepEqual(
      nodes.map(({ wave }) => wave),
      [1, 2, 3],
    );
  });
});

describe('path lengths', () => {
  it('add up the estimates of the longest path', () => {
    const nodes = graph([[], 5], [[0], 7], [[0], 1], [[2], 3]);
    assert.deepEqual(
      nodes.map(({ path }) => path),
      [12, 7, 4, 3],
    );
  });

  it('count tasks where no estimate is known', () => {
    const nodes = graph([[]], [[0]], [[1]], [[]]);
    assert.deepEqual(
      nodes.map(({ path }) => path / UNKNOWN_ESTIMATE_MS),
      [3, 2, 1, 1],
    );
  });

  it('tell which older tasks have grown, and leave ended ones alone', () => {
    const nodes = graph([[], 1], [[0], 1], [[1], 1], [[], 1]);
    const ended = nodes[0]!;
    const added = [add(nodes, [1], 9)];
    assignWaves(added, 1);
    const grown = lengthenPaths(added, (node) => node !== ended);
    assert.deepEqual(
      grown.map(({ id }) => id),
      [1],
    );
    assert.deepEqual(
      nodes.map(({ path }) => path),
      [3, 10, 1, 1, 9],
    );
  });

  it('are the same whether a graph is made at once or grows', () => {
    const parts = fc.array(fc.tuple(fc.array(fc.nat(20), { maxLength: 3 }), fc.option(fc.nat(50))), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(parts, (drawn) => {
        const made = drawn.map(
          ([ids, ms], at) => [[...new Set(ids.filter((id) => id < at))], ms ?? undefined] as const,
        );
        const whole = graph(...made);
        const grown: Node[] = [];
        for (const [dependencies, ms] of made) {
          const added = [add(grown, dependencies, ms ?? null)];
          assignWaves(added, 1);
          lengthenPaths(added, () => true);
        }
        assert.deepEqual(
          grown.map(({ wave, path }) => [wave, path]),
          whole.map(({ wave, path }) => [wave, path]),
        );
      }),
    );
  });

  it('take a chain of 10,000 tasks', () => {
    const nodes = graph(...Array.from({ length: 10_000 }, (_, at) => [at === 0 ? [] : [at - 1], 1] as const));
    assert.deepEqual([nodes[0]?.path, nodes.at(-1)?.wave], [10_000, 10_000]);
  });
});
