import { EnsembleError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import type { TaskSpec } from './types.ts';

/** Longest id a task may have, characters. */
const MAX_ID_LENGTH = 128;

/** The part of a task that makes the graph. */
export type GraphNode = Pick<TaskSpec, 'id' | 'dependencies' | 'priority'>;

/**
 * Checks a graph as a whole: ids, priorities, dependencies, cycles. `existing` holds tasks that are in the graph already
 * and may be depended upon. Throws `invalid-graph`; a cycle is named as a path, an unknown dependency with the nearest id.
 */
export function validateGraph(tasks: readonly GraphNode[], existing: Iterable<string> = []): void {
  const known = new Set(existing);
  for (const task of tasks) {
    checkNode(task);
    if (known.has(task.id)) throw invalid(`Two tasks have the id "${task.id}".`, 'Give each task its own id.');
    known.add(task.id);
  }
  for (const task of tasks) {
    for (const dependency of task.dependencies) {
      if (dependency === task.id) throw invalid(`Task "${task.id}" depends on itself.`, 'Remove that dependency.');
      if (!known.has(dependency)) throw unknownDependency(task.id, dependency, known);
    }
  }
  const cycle = findCycle(tasks);
  if (cycle) throw invalid(`Circular dependency: ${cycle.join(' → ')}.`, 'Remove one of these dependencies.');
}

function checkNode({ id, priority }: GraphNode): void {
  if (id.length === 0 || id.length > MAX_ID_LENGTH || /[\p{Cc}/]/u.test(id)) {
    throw invalid(
      `"${id.slice(0, 40)}" is not a task id.`,
      `Use 1 to ${MAX_ID_LENGTH} characters without "/" and control characters.`,
    );
  }
  if (!Number.isInteger(priority) || priority < 1 || priority > 10) {
    throw invalid(`Task "${id}" has the priority ${priority}.`, 'Use a whole number from 1 to 10.');
  }
}

function unknownDependency(id: string, dependency: string, known: ReadonlySet<string>): EnsembleError {
  const near = nearestName(dependency, known);
  return invalid(
    `Task "${id}" depends on "${dependency}", which does not exist.`,
    near ? `Did you mean "${near}"?` : 'Name a task of the graph.',
  );
}

/** A cycle as ids, first repeated at the end; null when there is none. Iterative: chains may be 10,000 long. */
function findCycle(tasks: readonly GraphNode[]): string[] | null {
  const nodes = new Map(tasks.map((task) => [task.id, task]));
  const finished = new Set<string>();
  for (const root of tasks) {
    if (finished.has(root.id)) continue;
    const path: { readonly id: string; next: number }[] = [{ id: root.id, next: 0 }];
    const onPath = new Set([root.id]);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const dependency = nodes.get(top.id)?.dependencies[top.next++];
      if (dependency === undefined) {
        finished.add(top.id);
        onPath.delete(top.id);
        path.pop();
      } else if (onPath.has(dependency)) {
        const ids = path.map((step) => step.id);
        return [...ids.slice(ids.indexOf(dependency)), dependency];
      } else if (nodes.has(dependency) && !finished.has(dependency)) {
        path.push({ id: dependency, next: 0 });
        onPath.add(dependency);
      }
    }
  }
  return null;
}

function invalid(message: string, hint: string): EnsembleError {
  return new EnsembleError('invalid-graph', message, { hint });
}
