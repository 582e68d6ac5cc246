import { longestPaths } from '../graph/path-lengths.ts';
import type { TaskSpec } from '../graph/types.ts';
import { type AttemptRecord, addUsage, NO_USAGE, type TokenUsage } from '../model.ts';
import type { JournalEntry } from './journal-entry.ts';
import { hasEnded, type RunState, type TaskState, type WaveState } from './state.ts';

/**
 * Advances the state by one entry. Depends on nothing but its arguments, so the same journal always gives the same state.
 * Work per entry is proportional to the tasks it touches.
 */
export function apply(state: RunState, entry: JournalEntry): void {
  state.seq = entry.seq;
  state.epoch = entry.epoch;
  switch (entry.kind) {
    case 'run-started':
      state.snapshot = entry.payload;
      state.status = 'running';
      state.startedAt = entry.at;
      return;
    case 'graph-extended':
      extend(state, entry.payload.by, entry.payload.tasks);
      return;
    case 'run-cancel-requested':
      state.stopped = 'cancelled';
      return;
    case 'run-resumed':
      state.status = 'running';
      state.error = null;
      requeueCutOff(state);
      return;
    case 'run-interrupted':
      state.status = 'interrupted';
      state.error = entry.payload.error;
      state.endedAt = entry.at;
      requeueCutOff(state);
      return;
    case 'run-ended':
      state.status = entry.payload.status;
      state.error = entry.payload.error;
      state.result = entry.payload.result;
      state.endedAt = entry.at;
      return;
    default:
      applyToTask(state, taskOf(state, entry.instanceId), entry);
  }
}

/** An entry that speaks of one task. */
type TaskEntry = Extract<JournalEntry, { kind: `task-${string}` | `effect-${string}` }>;

function applyToTask(state: RunState, task: TaskState, entry: TaskEntry): void {
  switch (entry.kind) {
    case 'task-started':
      if (entry.attempt !== task.attempt) task.outcomes = new Map();
      task.attempt = entry.attempt;
      task.interrupted = false;
      task.retryAt = null;
      task.status = 'running';
      task.startedAt ??= entry.at;
      waveOf(state, task).started = true;
      return;
    case 'effect-intent':
      return;
    case 'effect-outcome':
      task.outcomes.set(entry.payload.key, entry.payload.result);
      return;
    case 'task-retry':
      task.status = 'pending';
      task.retryAt = entry.payload.resumeAt;
      return;
    case 'task-completed': {
      const { output, attempts, tokens, costUSD } = entry.payload;
      task.output = output;
      spend(state, task, attempts, tokens, costUSD);
      end(state, task, 'completed', entry.at);
      return;
    }
    case 'task-failed': {
      const { error, attempts } = entry.payload;
      task.error = error;
      spend(state, task, attempts, sumTokens(attempts), sumCost(attempts));
      end(state, task, 'failed', entry.at);
      return;
    }
    case 'task-skipped':
      end(state, task, 'skipped', entry.at);
      return;
    case 'task-cancelled':
      end(state, task, 'cancelled', entry.at);
  }
}

/** Tokens of several attempts together. */
export function sumTokens(attempts: readonly AttemptRecord[]): TokenUsage {
  return attempts.reduce((sum, attempt) => addUsage(sum, attempt.tokens), NO_USAGE);
}

/** Cost of several attempts together, USD; null as soon as one is unknown. */
export function sumCost(attempts: readonly AttemptRecord[]): number | null {
  return attempts.reduce<number | null>((sum, attempt) => addCost(sum, attempt.costUSD), 0);
}

/** Adds USD amounts in whole micro-USD, so that sums do not drift; null (unknown) wins. */
export function addCost(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.round((a + b) * 1e6) / 1e6;
}

function extend(state: RunState, by: string | null, specs: readonly TaskSpec[]): void {
  const parent = by === null ? null : taskOf(state, by);
  for (const spec of inDependencyOrder(specs)) {
    const dependencies = spec.dependencies.map((id) => state.tasks.get(id)).filter((one) => one !== undefined);
    const wave = 1 + Math.max(parent?.wave ?? 0, ...dependencies.map((one) => one.wave));
    const instanceId = parent ? `${parent.instanceId}/${spec.id}` : spec.id;
    const task = newTask(spec, instanceId, wave, state.tasks.size);
    for (const dependency of dependencies) {
      dependency.dependents.push(task);
      if (!hasEnded(dependency)) task.unmet++;
    }
    state.tasks.set(spec.id, task);
    state.byInstance.set(instanceId, task);
    const level = waveOf(state, task);
    level.taskIds.push(spec.id);
    level.open++;
    const blocked = dependencies.find((one) => hasEnded(one) && blocks(one));
    if (blocked) state.skips.set(task, skipReason(blocked));
  }
  rebuildReady(state);
}

/** Dependencies first, else in the order given; the graph is acyclic. */
function inDependencyOrder(specs: readonly TaskSpec[]): TaskSpec[] {
  const byId = new Map(specs.map((spec) => [spec.id, spec]));
  const placed = new Set<string>();
  const ordered: TaskSpec[] = [];
  for (const root of specs) {
    const stack = [root];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const missing = top.dependencies
        .map((id) => byId.get(id))
        .find((one) => one !== undefined && !placed.has(one.id));
      if (missing) stack.push(missing);
      else {
        stack.pop();
        if (!placed.has(top.id)) ordered.push(top);
        placed.add(top.id);
      }
    }
  }
  return ordered;
}

function newTask(spec: TaskSpec, instanceId: string, wave: number, order: number): TaskState {
  return {
    spec,
    instanceId,
    wave,
    order,
    status: 'pending',
    unmet: 0,
    dependents: [],
    path: 1,
    attempt: 0,
    interrupted: false,
    outcomes: new Map(),
    retryAt: null,
    startedAt: null,
    durationMs: null,
    output: null,
    error: null,
    attempts: [],
    tokens: NO_USAGE,
    costUSD: 0,
  };
}

/** Path lengths change when tasks are added, so the order of all ready ones is made anew. */
function rebuildReady(state: RunState): void {
  const open = [...state.tasks.values()].filter((task) => !hasEnded(task));
  const paths = longestPaths(open.map((task) => task.spec));
  state.ready.clear();
  for (const task of open) {
    task.path = paths.get(task.spec.id) ?? 1;
    if (task.status === 'ready' || isReady(task)) makeReady(state, task);
  }
}

function isReady(task: TaskState): boolean {
  return task.status === 'pending' && task.unmet === 0 && task.retryAt === null;
}

function makeReady(state: RunState, task: TaskState): void {
  task.status = 'ready';
  state.ready.push({ id: task.spec.id, priority: task.spec.priority, path: task.path, order: task.order });
}

/** Attempts that a crash or a stop cut off go on under their number; due retries need no more delay than they have. */
function requeueCutOff(state: RunState): void {
  for (const task of state.tasks.values()) {
    if (task.status !== 'running' && task.status !== 'waiting') continue;
    task.interrupted = true;
    makeReady(state, task);
  }
}

function spend(
  state: RunState,
  task: TaskState,
  attempts: readonly AttemptRecord[],
  tokens: TokenUsage,
  costUSD: number | null,
): void {
  task.attempts = attempts;
  task.tokens = tokens;
  task.costUSD = costUSD;
  state.tokens = addUsage(state.tokens, tokens);
  state.costUSD = addCost(state.costUSD, costUSD);
}

type FinalStatus = 'completed' | 'failed' | 'skipped' | 'cancelled';

function end(state: RunState, task: TaskState, status: FinalStatus, at: string): void {
  task.status = status;
  task.outcomes = new Map();
  state.skips.delete(task);
  task.durationMs = task.startedAt === null ? null : Math.max(0, Date.parse(at) - Date.parse(task.startedAt));
  state.counts.ended++;
  if (status === 'completed') state.counts.succeeded++;
  if (status === 'failed') state.counts.failed++;
  if (status === 'skipped') state.counts.skipped++;
  waveOf(state, task).open--;
  if (status === 'failed' && task.spec.onError === 'fail') state.stopped ??= 'failed';
  const blocking = blocks(task);
  for (const dependent of task.dependents) {
    dependent.unmet--;
    if (hasEnded(dependent)) continue;
    if (blocking) state.skips.set(dependent, skipReason(task));
    else if (isReady(dependent)) makeReady(state, dependent);
  }
}

/** True when tasks that depend on an ended one must not run. */
function blocks(task: TaskState): boolean {
  return task.status !== 'completed' && task.spec.onError !== 'continue';
}

function skipReason(task: TaskState): string {
  const what = task.status === 'failed' ? 'failed' : task.status === 'cancelled' ? 'was cancelled' : 'was skipped';
  return `"${task.spec.id}" ${what}`;
}

function waveOf(state: RunState, task: TaskState): WaveState {
  const index = task.wave - 1;
  for (let next = state.waves.length; next <= index; next++) {
    state.waves.push({ wave: next + 1, taskIds: [], started: false, open: 0 });
  }
  const wave = state.waves[index];
  if (!wave) throw new Error(`wave ${task.wave} does not exist`);
  return wave;
}

function taskOf(state: RunState, instanceId: string | null): TaskState {
  const task = instanceId === null ? undefined : state.byInstance.get(instanceId);
  if (!task) throw new Error(`The journal of run ${state.runId} names an unknown task ${instanceId}.`);
  return task;
}
