import { html, nothing, svg, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { type DashboardRun, TASKS_SHOWN } from '../../../protocol/dashboard.ts';
import { formatCost, formatCount, formatDuration, formatTime, formatTokens } from './format.ts';
import { type GraphLayout, type GraphNode, layoutGraph, NODE, neighbour } from './layout.ts';
import { flowOf, nested } from './nesting.ts';
import { place } from './place.ts';
import type { PageTask } from './state.ts';
import { type Look, lookOfAgent, lookOfTask } from './status.ts';
import { t } from './texts.ts';
import { elapsed } from './time.ts';
import { icon, section, status, table, type ViewInput } from './view-parts.ts';

/** A node as it is drawn. */
interface DrawnNode extends GraphNode {
  readonly title: string;
  readonly facts: string;
  readonly look: Look;
  /** Null: it cannot be opened. */
  readonly open: (() => void) | null;
  readonly selected: boolean;
}

/** The tasks of the run and what leads to what; agents instead of tasks where those are too many to draw. */
export function graphView(input: ViewInput, run: DashboardRun): TemplateResult {
  const crowded = run.total > TASKS_SHOWN;
  return section(input, {
    id: 'graph',
    title: t('Run graph'),
    note: crowded
      ? t('{0} tasks are too many to draw: each box stands for all tasks of an agent.', formatCount(run.total))
      : undefined,
    picture: () => picture(input, crowded ? agentNodes(run) : taskNodes(input)),
    table: () => taskTable(input),
  });
}

function taskNodes({ state, actions, now }: ViewInput): DrawnNode[] {
  const tasks = [...state.tasks.values()];
  const flow = flowOf(tasks);
  return tasks.map((task) => {
    const look = lookOfTask(task.status);
    const took = elapsed(task, now);
    const facts = [
      look.text,
      ...(took === null ? [] : [formatDuration(took)]),
      ...(task.account ? [task.account] : []),
    ];
    return {
      id: task.id,
      dependencies: flow.get(task.id) ?? [],
      title: task.label,
      facts: facts.join(' · '),
      look,
      open: () => actions.selectTask(task.id),
      selected: state.selected === task.id,
    };
  });
}

function agentNodes(run: DashboardRun): DrawnNode[] {
  return run.agents.map((agent, at) => ({
    id: String(at),
    dependencies: run.links.filter(([, to]) => to === at).map(([from]) => String(from)),
    title: agent.name,
    facts: t('{0} of {1} done', formatCount(agent.ended), formatCount(agent.tasks)),
    look: lookOfAgent(agent),
    open: null,
    selected: false,
  }));
}

let placed: { readonly key: string; readonly graph: GraphLayout } | null = null;

/** The layout of these nodes; made anew only when nodes or lines changed, not when they merely change their state. */
function layoutOf(nodes: readonly GraphNode[]): GraphLayout {
  const key = JSON.stringify(nodes.map(({ id, dependencies }) => [id, dependencies]));
  if (placed?.key !== key) placed = { key, graph: layoutGraph(nodes) };
  return placed.graph;
}

function picture({ state, actions }: ViewInput, nodes: readonly DrawnNode[]): TemplateResult {
  const graph = layoutOf(nodes);
  const busy = new Set(nodes.filter(({ look }) => look.tone === 'busy').map(({ id }) => id));
  const current = state.cursor.graph ?? state.selected;
  const focusable = nodes.some(({ id }) => id === current) ? current : nodes[0]?.id;
  const canvas = place({ width: `${graph.width}px`, height: `${graph.height}px` });
  return html`<div class="scroll graph" role="region" tabindex=${nodes[0]?.open ? nothing : 0} aria-label=${t('Drawing of the run')}>
    <div class="canvas" ${canvas}>
      <svg width=${graph.width} height=${graph.height} aria-hidden="true">
        ${graph.edges.map((edge) => svg`<path class=${busy.has(edge.to) ? 'edge busy' : 'edge'} d=${edge.path} />`)}
      </svg>
      <ul class="nodes">
        ${repeat(
          nodes,
          ({ id }) => id,
          (node) => {
            const spot = graph.places.get(node.id);
            const at = {
              left: `${spot?.x ?? 0}px`,
              top: `${spot?.y ?? 0}px`,
              width: `${NODE.width}px`,
              height: `${NODE.height}px`,
            };
            return html`<li ${place(at)}>
              ${nodeBox(node, {
                focusable: node.id === focusable,
                focused: () => actions.moveCursor('graph', node.id),
                key: (event) => moveFocus(event, neighbour(graph, node.id, event.key)),
              })}
            </li>`;
          },
        )}
      </ul>
    </div>
  </div>`;
}

interface NodeKeys {
  readonly focusable: boolean;
  focused(): void;
  key(event: KeyboardEvent): void;
}

function nodeBox(node: DrawnNode, { focusable, focused, key }: NodeKeys): TemplateResult {
  const content = html`${icon(node.look.icon, node.look.tone)}
    <span class="node-title">${node.title}</span>
    <span class="node-facts">${node.facts}</span>`;
  if (!node.open) return html`<div class="node">${content}</div>`;
  return html`<button
    type="button"
    class="node"
    data-node=${node.id}
    title=${node.title}
    aria-pressed=${node.selected}
    tabindex=${focusable ? 0 : -1}
    @click=${node.open}
    @focus=${focused}
    @keydown=${key}
  >
    ${content}
  </button>`;
}

function moveFocus(event: KeyboardEvent, to: string | null): void {
  if (to === null) return;
  event.preventDefault();
  const box = (event.currentTarget as HTMLElement).closest('.nodes');
  box?.querySelector<HTMLElement>(`[data-node="${CSS.escape(to)}"]`)?.focus();
}

function taskTable({ state, actions, now }: ViewInput): TemplateResult {
  const link = (task: PageTask) =>
    html`<button type="button" class="link" @click=${() => actions.selectTask(task.id)}>${task.label}</button>`;
  const rows = nested([...state.tasks.values()]);
  const levels = new Map(rows.map(({ task, level }) => [task.id, level]));
  const indent = ({ id }: PageTask) => place({ 'padding-left': `${(levels.get(id) ?? 0) * 14}px` });
  const after = (task: PageTask) => task.dependencies.map((id) => state.tasks.get(id)?.label ?? id).join(', ');
  return table<PageTask>(
    t('Tasks of the run'),
    [
      { title: t('Task'), cell: (task) => html`<span ${indent(task)}>${link(task)}</span>` },
      { title: t('Status'), cell: (task) => status(lookOfTask(task.status)) },
      { title: t('Agent'), cell: (task) => task.agent },
      { title: t('Account'), cell: (task) => task.account ?? '–' },
      { title: t('Model'), cell: (task) => task.model ?? '–' },
      { title: t('Duration'), number: true, cell: (task) => formatDuration(elapsed(task, now)) },
      { title: t('Tokens'), number: true, cell: (task) => formatTokens(task.tokens) },
      { title: t('Cost'), number: true, cell: (task) => formatCost(task.costUSD) },
      { title: t('Started'), cell: (task) => formatTime(task.startedAt) },
      {
        title: t('After'),
        cell: (task) => html`<span class="clipped" title=${after(task)}>${after(task) || '–'}</span>`,
      },
    ],
    rows.map(({ task }) => task),
  );
}
