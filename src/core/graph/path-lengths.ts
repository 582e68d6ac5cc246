import type { TaskSpec } from './types.ts';

type Node = Pick<TaskSpec, 'id' | 'dependencies' | 'estimateMs'>;

/**
 * Length of the longest path from each task to an end of the graph, itself included: in ms where every task has an
 * estimate, else in hops. Starting the longest first keeps the makespan near the critical path. The graph is acyclic.
 */
export function longestPaths(tasks: readonly Node[]): Map<string, number> {
  const estimated = tasks.every((task) => task.estimateMs !== null);
  const dependents = dependentsOf(tasks);
  const open = new Map(tasks.map((task) => [task.id, dependents.get(task.id)?.length ?? 0]));
  const nodes = new Map(tasks.map((task) => [task.id, task]));
  const lengths = new Map<string, number>();
  const queue = tasks.filter((task) => open.get(task.id) === 0);
  for (let task = queue.pop(); task !== undefined; task = queue.pop()) {
    const after = Math.max(0, ...(dependents.get(task.id) ?? []).map((id) => lengths.get(id) ?? 0));
    lengths.set(task.id, after + (estimated ? (task.estimateMs ?? 0) : 1));
    for (const dependency of task.dependencies) {
      const left = (open.get(dependency) ?? 0) - 1;
      open.set(dependency, left);
      const node = nodes.get(dependency);
      if (left === 0 && node) queue.push(node);
    }
  }
  return lengths;
}

/** Ids of the tasks that depend on each task directly. */
export function dependentsOf(tasks: readonly Pick<TaskSpec, 'id' | 'dependencies'>[]): Map<string, string[]> {
  const dependents = new Map<string, string[]>();
  for (const task of tasks) {
    for (const dependency of task.dependencies) {
      const list = dependents.get(dependency);
      if (list) list.push(task.id);
      else dependents.set(dependency, [task.id]);
    }
  }
  return dependents;
}
