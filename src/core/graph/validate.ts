import { EnsembleError, toErrorInfo } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { type Condition, parseCondition, parsePath, tasksOf } from './condition.ts';
import type { FanOut, TaskSpec } from './types.ts';

/** Longest id a task may have, characters. */
const MAX_ID_LENGTH = 128;

/** What no id may have: `/` separates the parts of an instance id. */
const UNFIT_FOR_IDS = /[\p{Cc}/]/u;

/** Tasks that a path in a message names at most; the middle of a longer cycle is left out. */
const MAX_NAMED_TASKS = 12;

/** Copies that one task may have. */
export const MAX_COPIES = 1_000;

/** Tasks that a run may grow to; a graph that is larger to begin with does not grow. */
export const MAX_GROWN_TASKS = 20_000;

/** Ids that are in a graph already; a Set or a Map by id. */
export interface KnownIds {
  has(id: string): boolean;
  keys(): Iterable<string>;
}

/**
 * Checks a graph as a whole: ids, numbers, dependencies, cycles. `existing` are the tasks it extends, which may be depended
 * upon. Throws `invalid-graph`; a cycle is named as a path, an unknown dependency with the nearest id as a hint.
 * Iterative and linear, so that a chain of 10,000 tasks is as good as any.
 */
export function validateGraph(tasks: readonly TaskSpec[], existing: KnownIds = new Set<string>()): void {
  /** Where in the list each task is. */
  const added = new Map<string, number>();
  let own = 0;
  for (const task of tasks) {
    const { id } = task;
    checkId(id);
    added.set(id, own++);
    if (added.size < own || existing.has(id)) {
      throw invalid(`Two tasks have the id "${id}".`, 'Give each task its own id.');
    }
    checkNumbers(task);
  }
  let inOrder = true;
  own = 0;
  for (const task of tasks) {
    for (const dependency of task.dependencies) {
      const at = added.get(dependency);
      if (at === own) throw invalid(`Task "${task.id}" depends on itself.`, 'Remove that dependency.');
      if (at !== undefined && at > own) inOrder = false;
      if (at !== undefined || existing.has(dependency)) continue;
      throw unknownDependency(task.id, dependency, [...added.keys(), ...existing.keys()]);
    }
    if (task.when !== undefined) checkLooks(task, 'condition', () => parseCondition(task.when ?? ''));
    if (task.fanOut !== undefined) checkFanOut(task, task.fanOut, tasks);
    own++;
  }
  // Where each task comes after its dependencies there is no cycle to look for.
  const cycle = inOrder ? null : findCycle(new Map(tasks.map((task) => [task.id, task])));
  if (cycle) throw invalid(`Circular dependency: ${pathText(cycle)}.`, 'Remove one of these dependencies.');
}

/** Results are objects by id, which `__proto__` breaks. */
function checkId(id: string): void {
  if (id.length > 0 && id.length <= MAX_ID_LENGTH && id !== '__proto__' && !UNFIT_FOR_IDS.test(id)) return;
  throw invalid(
    `"${id.slice(0, 40)}" is not a task id.`,
    `Use 1 to ${MAX_ID_LENGTH} characters without "/" and control characters.`,
  );
}

function checkNumbers({ id, priority, estimateMs, timeoutMs, retry }: TaskSpec): void {
  if (!Number.isInteger(priority) || priority < 1 || priority > 10) {
    throw invalid(`Task "${id}" has the priority ${priority}.`, 'Use a whole number from 1 to 10.');
  }
  if (estimateMs !== null && !(estimateMs >= 0 && Number.isFinite(estimateMs))) {
    throw invalid(`Task "${id}" has the estimate ${estimateMs}.`, 'Use milliseconds, or null where it is not known.');
  }
  if (timeoutMs !== null && !(timeoutMs > 0)) {
    throw invalid(`Task "${id}" has the time limit ${timeoutMs}.`, 'Use milliseconds, or null for the usual limit.');
  }
  if (retry === null) return;
  const { maxAttempts, initialDelayMs, maxDelayMs } = retry;
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1 || !(initialDelayMs >= 0 && maxDelayMs >= 0)) {
    throw invalid(`Task "${id}" has an impossible retry policy.`, 'Use at least 1 attempt and delays from 0 ms.');
  }
}

/** The engine names the copies, so nobody else may. */
function checkCopyNames(id: string, tasks: readonly TaskSpec[]): void {
  const taken = tasks.find((other) => other.id.startsWith(`${id}[`) && /^\d+\]$/.test(other.id.slice(id.length + 1)));
  if (taken === undefined) return;
  throw invalid(`"${taken.id}" is the name of a copy of task "${id}".`, 'Give that task another id.');
}

function checkFanOut(task: TaskSpec, fanOut: FanOut, tasks: readonly TaskSpec[]): void {
  checkCopyNames(task.id, tasks);
  if ('over' in fanOut) {
    checkLooks(task, 'list', () => parsePath(fanOut.over));
  } else if (!Number.isInteger(fanOut.count) || fanOut.count < 1 || fanOut.count > MAX_COPIES) {
    throw invalid(
      `Task "${task.id}" shall have ${fanOut.count} copies.`,
      `Use a whole number from 1 to ${MAX_COPIES}.`,
    );
  }
}

/** Looking at other tasks than those it waits for would make the outcome a matter of timing. */
function checkLooks({ id, dependencies }: TaskSpec, what: 'condition' | 'list', read: () => Condition): void {
  let seen: ReadonlySet<string>;
  try {
    seen = tasksOf(read());
  } catch (error) {
    const { message, hint } = toErrorInfo(error);
    throw invalid(`The ${what} of task "${id}" cannot be read: ${message}`, hint ?? '');
  }
  for (const name of seen) {
    if (dependencies.includes(name)) continue;
    const near = nearestName(name, dependencies);
    throw invalid(
      `The ${what} of task "${id}" looks at "${name}", which is none of its dependencies.`,
      near === null ? `Add "${name}" to the dependencies.` : `Did you mean "${near}"? Else add it to the dependencies.`,
    );
  }
}

function unknownDependency(id: string, dependency: string, known: readonly string[]): EnsembleError {
  const near = nearestName(
    dependency,
    known.filter((one) => one !== id),
  );
  const message = `Task "${id}" depends on "${dependency}", which does not exist.`;
  return invalid(message, near === null ? 'Name a task of the graph.' : `Did you mean "${near}"?`);
}

/** A cycle as ids along its dependencies, the first repeated at the end; null when there is none. */
function findCycle(tasks: ReadonlyMap<string, TaskSpec>): string[] | null {
  /** Tasks on the path from the root that is being followed are open, those that lead to no cycle are done. */
  const seen = new Map<TaskSpec, 'open' | 'done'>();
  for (const root of tasks.values()) {
    if (seen.has(root)) continue;
    const path: TaskSpec[] = [root];
    const next: number[] = [0];
    seen.set(root, 'open');
    for (let top = root; path.length > 0; top = path[path.length - 1] ?? root) {
      const at = next.pop() ?? 0;
      const id = top.dependencies[at];
      if (id === undefined) {
        seen.set(top, 'done');
        path.pop();
        continue;
      }
      next.push(at + 1);
      const dependency = tasks.get(id);
      const mark = dependency && seen.get(dependency);
      if (dependency === undefined || mark === 'done') continue;
      if (mark === 'open') return [...path.slice(path.indexOf(dependency)), dependency].map((task) => task.id);
      path.push(dependency);
      next.push(0);
      seen.set(dependency, 'open');
    }
  }
  return null;
}

function pathText(ids: readonly string[]): string {
  if (ids.length <= MAX_NAMED_TASKS) return ids.join(' → ');
  const half = MAX_NAMED_TASKS / 2;
  return [...ids.slice(0, half), `… (${ids.length - MAX_NAMED_TASKS} more)`, ...ids.slice(-half)].join(' → ');
}

function invalid(message: string, hint: string): EnsembleError {
  return new EnsembleError('invalid-graph', message, { hint });
}
