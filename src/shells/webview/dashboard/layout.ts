import { Graph, layout } from '@dagrejs/dagre';

/** A node to be placed. */
export interface GraphNode {
  readonly id: string;
  /** Ids of the nodes that come before it; unknown ones do not count. */
  readonly dependencies: readonly string[];
}

/** A placed node: its top left corner, px, and its column. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly column: number;
}

/** A placed graph, px. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Place>;
  /** Each with its way as an SVG path. */
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

/** Size of every node, px. */
export const NODE = { width: 216, height: 56 } as const;

const GAP = { x: 56, y: 16 } as const;
const MARGIN = 12;
/** With more lines than this dagre would take seconds to keep them apart, and nobody could follow them anyway. */
const MOST_EDGES = 400;

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Edge {
  readonly from: string;
  readonly to: string;
  /** Where the line bends on its way. */
  readonly bends: readonly Point[];
}

interface Arrangement {
  readonly places: ReadonlyMap<string, Place>;
  readonly edges: readonly Edge[];
}

/** Places nodes in columns from left to right, each right of all that it depends on. */
export function layoutGraph(nodes: readonly GraphNode[]): GraphLayout {
  const known = new Set(nodes.map(({ id }) => id));
  const links = nodes.flatMap(({ id, dependencies }) =>
    [...new Set(dependencies)].filter((from) => known.has(from) && from !== id).map((from) => ({ from, to: id })),
  );
  const { places, edges } = links.length > MOST_EDGES ? inColumns(nodes, links) : byDagre(nodes, links);
  const all = [...places.values()];
  return {
    width: Math.max(0, ...all.map(({ x }) => x)) + NODE.width + MARGIN,
    height: Math.max(0, ...all.map(({ y }) => y)) + NODE.height + MARGIN,
    places,
    edges: edges.map((edge) => ({ from: edge.from, to: edge.to, path: pathOf(edge, places) })),
  };
}

type Link = Pick<Edge, 'from' | 'to'>;

function byDagre(nodes: readonly GraphNode[], links: readonly Link[]): Arrangement {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: GAP.y, ranksep: GAP.x, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...NODE });
  for (const { from, to } of links) graph.setEdge(from, to);
  layout(graph);
  // dagre fills columns from the bottom; people read from the top.
  const { height = 0 } = graph.graph() as { height?: number };
  const turned = ({ x, y }: Point) => ({ x, y: height - y });
  const centres = nodes.map(({ id }) => ({ id, ...turned(graph.node(id) as Point) }));
  const columns = [...new Set(centres.map(({ x }) => x))].sort((a, b) => a - b);
  const places = new Map(
    centres.map(({ id, x, y }): [string, Place] => [
      id,
      { x: x - NODE.width / 2, y: y - NODE.height / 2, column: columns.indexOf(x) },
    ]),
  );
  const edges = links.map(({ from, to }) => {
    const { points } = graph.edge(from, to) as { readonly points: readonly Point[] };
    const far = Math.abs((places.get(to)?.column ?? 0) - (places.get(from)?.column ?? 0)) > 1;
    return { from, to, bends: far ? points.slice(1, -1).map(turned) : [] };
  });
  return { places, edges };
}

/** Each node one column right of the last one that it depends on, in the order given. */
function inColumns(nodes: readonly GraphNode[], links: readonly Link[]): Arrangement {
  const columns = new Map(nodes.map(({ id }) => [id, 0]));
  // A graph without cycles is settled after as many rounds as it has columns; one with cycles is left as it is then.
  for (let round = 0, moved = true; moved && round < nodes.length; round++) {
    moved = false;
    for (const { from, to } of links) {
      const column = (columns.get(from) ?? 0) + 1;
      if (column <= (columns.get(to) ?? 0) || column >= nodes.length) continue;
      columns.set(to, column);
      moved = true;
    }
  }
  const filled = new Map<number, number>();
  const places = new Map(
    nodes.map(({ id }): [string, Place] => {
      const column = columns.get(id) ?? 0;
      const row = filled.get(column) ?? 0;
      filled.set(column, row + 1);
      return [id, { x: MARGIN + column * (NODE.width + GAP.x), y: MARGIN + row * (NODE.height + GAP.y), column }];
    }),
  );
  return { places, edges: links.map((link) => ({ ...link, bends: [] })) };
}

/** A smooth line from one side of a node to the facing side of the other. */
function pathOf({ from, to, bends }: Edge, places: ReadonlyMap<string, Place>): string {
  const start = places.get(from);
  const end = places.get(to);
  if (!start || !end) return '';
  const forward = end.column > start.column;
  const middleOf = (y: number) => y + NODE.height / 2;
  let before: Point = { x: start.x + (forward ? NODE.width : 0), y: middleOf(start.y) };
  let path = `M${round(before.x)} ${round(before.y)}`;
  for (const point of [...bends, { x: end.x + (forward ? 0 : NODE.width), y: middleOf(end.y) }]) {
    const middle = round((before.x + point.x) / 2);
    path += ` C${middle} ${round(before.y)} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
  }
  return path;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Where a key leads from a node; null: nowhere. Up and down stay in the column, left and right follow the lines. */
export function neighbour(graph: GraphLayout, id: string, key: string): string | null {
  const from = graph.places.get(id);
  if (!from) return null;
  const all = [...graph.places].map(([each, place]) => ({ id: each, ...place }));
  const nearest = (candidates: typeof all) =>
    candidates.sort((a, b) => Math.abs(a.y - from.y) - Math.abs(b.y - from.y))[0]?.id ?? null;
  const along = (ids: readonly string[], column: number) => {
    const linked = all.filter((place) => ids.includes(place.id));
    return nearest(linked.length > 0 ? linked : all.filter((place) => place.column === column));
  };
  const { edges } = graph;
  switch (key) {
    case 'ArrowUp':
      return nearest(all.filter((place) => place.column === from.column && place.y < from.y));
    case 'ArrowDown':
      return nearest(all.filter((place) => place.column === from.column && place.y > from.y));
    case 'ArrowLeft':
      return along(
        edges.flatMap((edge) => (edge.to === id ? [edge.from] : [])),
        from.column - 1,
      );
    case 'ArrowRight':
      return along(
        edges.flatMap((edge) => (edge.from === id ? [edge.to] : [])),
        from.column + 1,
      );
    case 'Home':
      return all[0]?.id ?? null;
    case 'End':
      return all.at(-1)?.id ?? null;
    default:
      return null;
  }
}
