import type { TaskSpec } from './types.ts';

/** Weight of a task without an estimate, ms: about one answer of a model, so that estimated and other tasks compare. */
export const UNKNOWN_ESTIMATE_MS = 10_000;

/** Path of a task that has been added and not been looked at. */
export const NO_PATH = -1;

/** A list of tasks, linked: most are short, and arrays that grow would take more memory than the tasks. */
export interface Edge<T> {
  readonly to: T;
  readonly next: Edge<T> | null;
}

/** A task with its edges resolved. `dependents` are the tasks that name it as a dependency. */
export interface LinkedTask<T> {
  readonly spec: Pick<TaskSpec, 'estimateMs'>;
  readonly dependencies: readonly T[];
  readonly dependents: Edge<T> | null;
  /** 1-based level, 0 before {@link assignWaves} has set it. */
  wave: number;
  /** Weight of the heaviest path from here to an end of the graph, itself included; {@link NO_PATH} before {@link lengthenPaths}. */
  path: number;
}

/**
 * Gives each added task its level: one more than its deepest dependency, at least `lowest`. Dependencies outside `added`
 * have theirs already. Waves are for reporting only; nothing waits for one.
 */
export function assignWaves<T extends LinkedTask<T>>(added: readonly T[], lowest: number): void {
  if (!assignInOrder(added, lowest)) assignByDependencies(added, lowest);
}

/** For tasks that come after their dependencies, as most do; false when they do not. Waves of added tasks are 0 before. */
function assignInOrder<T extends LinkedTask<T>>(added: readonly T[], lowest: number): boolean {
  for (const task of added) {
    let wave = lowest;
    for (const dependency of task.dependencies) {
      if (dependency.wave === 0) return false;
      if (dependency.wave >= wave) wave = dependency.wave + 1;
    }
    task.wave = wave;
  }
  return true;
}

function assignByDependencies<T extends LinkedTask<T>>(added: readonly T[], lowest: number): void {
  const open = new Map(added.map((task) => [task, 0]));
  for (const task of added) {
    for (let edge = task.dependents; edge !== null; edge = edge.next) open.set(edge.to, (open.get(edge.to) ?? 0) + 1);
  }
  const ordered = added.filter((task) => open.get(task) === 0);
  // Grows while it is walked: a task joins when its last added dependency has its level.
  for (const task of ordered) {
    task.wave = lowest;
    for (const dependency of task.dependencies) task.wave = Math.max(task.wave, dependency.wave + 1);
    for (let edge = task.dependents; edge !== null; edge = edge.next) {
      const left = (open.get(edge.to) ?? 0) - 1;
      open.set(edge.to, left);
      if (left === 0) ordered.push(edge.to);
    }
  }
}

/**
 * Sets the path lengths of added tasks and of the older ones whose longest path now leads through them; returns those
 * older ones. Starting the longest path first keeps the makespan near the critical path. Ended tasks, for which
 * `isOpen` is false, are left alone, so that growing a graph costs nothing for its past. Waves must be set.
 */
export function lengthenPaths<T extends LinkedTask<T>>(added: readonly T[], isOpen: (task: T) => boolean): T[] {
  const older = new Set<T>();
  const addOlder = ({ dependencies }: T): void => {
    for (const dependency of dependencies) if (dependency.path !== NO_PATH && isOpen(dependency)) older.add(dependency);
  };
  added.forEach(addOlder);
  older.forEach(addOlder);
  return setPaths(older.size === 0 ? added : [...older, ...added]);
}

/** {@link lengthenPaths} of exactly these tasks: of a graph that is new as a whole. */
export function setPaths<T extends LinkedTask<T>>(linked: readonly T[]): T[] {
  const tasks = inWaves(linked);
  const grown: T[] = [];
  // From the end: a dependent always lies in a higher wave, so each path is computed once.
  for (let at = tasks.length - 1; at >= 0; at--) {
    const task = tasks[at] as T;
    let rest = 0;
    for (let edge = task.dependents; edge !== null; edge = edge.next) if (edge.to.path > rest) rest = edge.to.path;
    const path = rest + (task.spec.estimateMs ?? UNKNOWN_ESTIMATE_MS);
    if (path !== task.path && task.path !== NO_PATH) grown.push(task);
    task.path = path;
  }
  return grown;
}

/** By wave, ascending; most graphs come like that. */
function inWaves<T extends LinkedTask<T>>(tasks: readonly T[]): readonly T[] {
  let wave = 0;
  for (const task of tasks) {
    if (task.wave < wave) return tasks.toSorted((a, b) => a.wave - b.wave);
    wave = task.wave;
  }
  return tasks;
}
