import { holds, parseCondition } from '../graph/condition.ts';
import { assignWaves, lengthenPaths, NO_PATH, setPaths } from '../graph/linked-graph.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json } from '../json.ts';
import { type AttemptRecord, NO_USAGE } from '../model.ts';
import { copiesOf } from './fan-out.ts';
import { hasEnded, type RunState, type Skip, type TaskState, taskOf, type WaveState } from './state.ts';
import { NO_TRACE } from './tool-effects.ts';

/** Why a task must be skipped that one of its dependencies keeps from running; null: that one does not. */
export function blockedBy(dependency: TaskState): Skip | null {
  const { status, spec, skipReason, declined } = dependency;
  if (status === 'completed' || spec.onError === 'continue') return null;
  if (status === 'skipped') return { reason: skipReason ?? '', declined };
  return { reason: `"${spec.id}" ${status === 'failed' ? 'failed' : 'was cancelled'}`, declined: false };
}

/** Makes a task ready to start. */
export function makeReady(state: RunState, task: TaskState): void {
  task.status = 'ready';
  state.ready.push(task);
}

/** Marks a task to be skipped. A failure explains more than a condition, so it stays as the reason. */
export function block(state: RunState, task: TaskState, skip: Skip): void {
  if (state.skips.get(task)?.declined !== false) state.skips.set(task, skip);
}

/** All dependencies of a task have ended: it is ready to start, unless its condition does not hold. */
export function admit(state: RunState, task: TaskState): void {
  const { when, fanOut } = task.spec;
  if (when === undefined && fanOut === undefined) makeReady(state, task);
  // The copies were let in by the condition of the task that they join in.
  else if (fanOut !== undefined && task.children.length > 0) state.fans.add(task);
  else if (when === undefined || holds(parseCondition(when), (id) => outputOf(task, id))) begin(state, task);
  else block(state, task, { reason: `its condition does not hold: ${when}`, declined: true });
}

function begin(state: RunState, task: TaskState): void {
  if (task.spec.fanOut === undefined) makeReady(state, task);
  else state.fans.add(task);
}

/** Only a completed dependency has an output. */
function outputOf({ dependencies }: TaskState, id: string): Json {
  return dependencies.find(({ spec }) => spec.id === id)?.output ?? null;
}

/**
 * Adds tasks to the graph, as children of the instance `by` (null: the first ones); returns them. The graph was validated
 * before it was journaled. Work is proportional to what is added and to the open tasks before it.
 */
export function grow(state: RunState, by: string | null, specs: readonly TaskSpec[]): readonly TaskState[] {
  const parent = by === null ? null : taskOf(state, by);
  const spawner = parent !== null && !hasEnded(parent) ? parent : null;
  const prefix = parent === null ? '' : `${parent.instanceId}/`;
  return addTasks(state, specs, { prefix, spawner, join: null, lowestWave: parent === null ? 1 : parent.wave + 1 });
}

/** Adds the copies of a task, which are of its wave, and lets it wait for them. */
export function fan(state: RunState, by: string, items: readonly Json[]): readonly TaskState[] {
  const task = taskOf(state, by);
  const prefix = task.instanceId.slice(0, -task.spec.id.length);
  state.fans.delete(task);
  const place = { prefix, spawner: task, join: task, lowestWave: task.wave };
  const copies = addTasks(state, copiesOf(task.spec, items), place);
  task.unmet = copies.length;
  task.startedAt = state.lastAt;
  return copies;
}

/** Where tasks are added. */
interface Place {
  /** Of their instance ids. */
  readonly prefix: string;
  readonly lowestWave: number;
  /** The task that goes on while they are done. */
  readonly spawner: TaskState | null;
  /** The task that joins them. */
  readonly join: TaskState | null;
}

function addTasks(state: RunState, specs: readonly TaskSpec[], where: Place): readonly TaskState[] {
  const { prefix, lowestWave, spawner, join } = where;
  const added: TaskState[] = [];
  for (const spec of specs) {
    const task = newTask(spec, prefix === '' ? spec.id : prefix + spec.id, state, spawner);
    state.tasks.set(spec.id, task);
    added.push(task);
  }
  if (spawner !== null) spawner.children = spawner.children.concat(added);
  // From the last to the first, so that each list of dependents has the first task in front.
  for (let at = added.length - 1; at >= 0; at--) link(state, added[at] as TaskState);
  if (join !== null) for (const task of added) task.dependents = { to: join, next: task.dependents };
  assignWaves(added, lowestWave);
  const isFirst = added.length === state.tasks.size;
  if (isFirst) setPaths(added);
  else if (lengthenPaths(added, isOpen).length > 0) state.ready.reorder();
  for (const task of added) {
    const wave = state.waves[task.wave - 1] ?? waveOf(state, task);
    wave.taskIds.push(task.spec.id);
    wave.open++;
    // What waits for tasks that have just been added too needs no decision yet.
    if (!isFirst || task.unmet === 0) place(state, task);
  }
  return added;
}

/** The wave of a task. */
export function waveOf(state: RunState, { wave }: TaskState): WaveState {
  return state.waves[wave - 1] ?? newWave(state, wave);
}

function newWave(state: RunState, wave: number): WaveState {
  for (let next = state.waves.length + 1; next <= wave; next++) {
    state.waves.push({ wave: next, taskIds: [], started: false, open: 0 });
  }
  const found = state.waves[wave - 1];
  if (!found) throw new Error(`Run ${state.runId} has no wave ${wave}.`);
  return found;
}

/** Resolves the edges of a task. */
function link(state: RunState, task: TaskState): void {
  const ids = task.spec.dependencies;
  if (ids.length === 0) return;
  const dependencies = new Array<TaskState>(ids.length);
  for (let at = 0; at < ids.length; at++) {
    const id = ids[at] as string;
    const dependency = state.tasks.get(id) ?? taskOf(state, id);
    dependency.dependents = { to: task, next: dependency.dependents };
    if (!hasEnded(dependency)) task.unmet++;
    dependencies[at] = dependency;
  }
  task.dependencies = dependencies;
}

/** Decides what a new task is at first. */
function place(state: RunState, task: TaskState): void {
  if (state.stopped?.as === 'failed') {
    block(state, task, { reason: state.stopped.reason, declined: false });
    return;
  }
  if (task.unmet < task.dependencies.length) {
    for (const dependency of task.dependencies) {
      const skip = hasEnded(dependency) ? blockedBy(dependency) : null;
      if (skip !== null) block(state, task, skip);
    }
  }
  if (task.unmet === 0 && !state.skips.has(task)) admit(state, task);
}

const NO_TASKS: readonly TaskState[] = [];
const NO_ATTEMPTS: readonly AttemptRecord[] = [];

function newTask(spec: TaskSpec, instanceId: string, state: RunState, parent: TaskState | null): TaskState {
  return {
    spec,
    instanceId,
    order: state.tasks.size,
    addedSeq: state.seq,
    parent,
    children: NO_TASKS,
    wave: 0,
    path: NO_PATH,
    dependencies: NO_TASKS,
    dependents: null,
    status: 'pending',
    unmet: 0,
    attempt: 0,
    interrupted: false,
    outcomes: null,
    intents: null,
    questions: null,
    retryAt: null,
    startedSeq: 0,
    endedSeq: 0,
    startedAt: null,
    durationMs: null,
    output: null,
    digest: null,
    error: null,
    skipReason: null,
    declined: false,
    attemptsBefore: 0,
    earlierAttempts: NO_ATTEMPTS,
    attempts: NO_ATTEMPTS,
    trace: NO_TRACE,
    tokens: NO_USAGE,
    costUSD: 0,
  };
}

function isOpen(task: TaskState): boolean {
  return !hasEnded(task);
}
