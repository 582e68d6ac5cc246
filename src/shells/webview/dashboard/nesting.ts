import type { PageTask } from './state.ts';

/** A task with its level below the run: 0 for tasks of the run itself. */
export interface NestedTask {
  readonly task: PageTask;
  readonly level: number;
}

/** Tasks with the parts of each super-agent right below it. Parts of a task that is not on the page stand on the first level. */
export function nested(tasks: readonly PageTask[]): readonly NestedTask[] {
  const known = new Set(tasks.map(({ id }) => id));
  const parts = new Map<string | null, PageTask[]>();
  for (const task of tasks) {
    const parent = task.parentId !== null && known.has(task.parentId) ? task.parentId : null;
    const siblings = parts.get(parent) ?? [];
    siblings.push(task);
    parts.set(parent, siblings);
  }
  const below = (id: string | null, level: number): NestedTask[] =>
    (parts.get(id) ?? []).flatMap((task) => [{ task, level }, ...below(task.id, level + 1)]);
  return below(null, 0);
}

/**
 * What leads to each task: its dependencies, and for a part without any the super-agent that it is a part of. What comes after a
 * super-agent comes after the last of its parts.
 */
export function flowOf(tasks: readonly PageTask[]): ReadonlyMap<string, readonly string[]> {
  const needed = new Set(tasks.flatMap((task) => task.dependencies));
  const lastOf = (id: string): readonly string[] => {
    const last = tasks.filter((task) => task.parentId === id && !needed.has(task.id));
    return last.length === 0 ? [id] : last.flatMap((task) => lastOf(task.id));
  };
  return new Map(
    tasks.map(({ id, dependencies, parentId }) => {
      const own = dependencies.flatMap(lastOf);
      return [id, own.length === 0 && parentId !== null ? [parentId] : own];
    }),
  );
}
