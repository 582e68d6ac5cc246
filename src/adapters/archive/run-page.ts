import type { TaskProjection } from '../../core/engine/journal-entry.ts';
import type { Json } from '../../core/json.ts';
import type { Finding } from '../../core/results.ts';
import type { Row } from './archive-source.ts';
import { valuesOf } from './json-tables.ts';
import { block, dollars, facts, inline } from './markdown.ts';

/** A run as a section of a readable document: facts, the tree of its tasks, what they gave, the findings. Its calls come behind it. */
export function runSection(row: Row, tasks: readonly TaskProjection[], findings: readonly Json[]): string {
  const { error } = valuesOf('runs', row);
  return `${[
    `<a id="${runAnchor(row)}"></a>`,
    `## ${runTitle(row)}`,
    facts([
      ['Run', row.run_id],
      ['Kind', row.kind],
      ['Workflow', row.workflow],
      ['Status', row.status],
      ['Error', messageOf(error)],
      ['Workspace', row.workspace],
      ['Began', row.created_at],
      ['Last change', row.updated_at],
      ['Cost', runCost(row)],
    ]),
    ...section('Tasks', treeOf(tasks)),
    ...findingsOf(findings),
    ...tasks.filter(({ output }) => output !== null).flatMap(outputOf),
  ].join('\n\n')}\n\n`;
}

/** What a link to the section of a run ends with. */
export function runAnchor(row: Row): string {
  return `run-${row.id}`;
}

export function runTitle(row: Row): string {
  return inline(row.title) || inline(row.run_id);
}

export function runCost({ cost_micros: micros }: Row): string {
  return dollars(typeof micros === 'number' ? micros / 1_000_000 : null);
}

/** A list of tasks, each below the one that made it. */
export function treeOf(tasks: readonly TaskProjection[]): string[] {
  const known = new Set(tasks.map(({ taskId }) => taskId));
  const below = new Map<string | null, TaskProjection[]>();
  for (const task of tasks) {
    const parent = task.parentId !== null && known.has(task.parentId) ? task.parentId : null;
    below.set(parent, [...(below.get(parent) ?? []), task]);
  }
  const seen = new Set<TaskProjection>();
  const lines = (parent: string | null, depth: number): string[] =>
    (below.get(parent) ?? []).flatMap((task) => {
      if (seen.has(task)) return [];
      seen.add(task);
      return [`${'  '.repeat(depth)}- ${taskLine(task)}`, ...lines(task.taskId, depth + 1)];
    });
  const tree = lines(null, 0);
  // A damaged chain that leads back to itself has no top.
  return [...tree, ...tasks.filter((task) => !seen.has(task)).map((task) => `- ${taskLine(task)}`)];
}

function taskLine({ agent, status, description, durationMs, costUSD, error, dependencies }: TaskProjection): string {
  const notes = [
    ...(durationMs === null ? [] : [`${(durationMs / 1000).toFixed(1)} s`]),
    ...(costUSD === null ? [] : [dollars(costUSD)]),
    ...(dependencies.length === 0 ? [] : [`after ${dependencies.map(inline).join(', ')}`]),
    ...(error === null ? [] : [inline(error.message)]),
  ];
  return `**${inline(agent)}** ${inline(description)}: ${status}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}

function findingsOf(findings: readonly Json[]): string[] {
  const lines = (findings as unknown as readonly Partial<Finding>[]).map(
    ({ severity, file, startLine, title, explanation }) =>
      `- **${inline(severity)}** ${inline(file)}:${inline(startLine)} ${inline(title)}${explanation ? `: ${inline(explanation)}` : ''}`,
  );
  return section('Findings', lines);
}

function outputOf({ agent, taskId, output }: TaskProjection): string[] {
  return [`### ${inline(agent)} (${inline(taskId)})`, block(output)];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`### ${title}`, lines.join('\n')];
}

function messageOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
}
