import type { EnsembleEvent } from '../../../core/events.ts';
import { elementId, hasEnded, type RunView, type TaskView } from './agent-views.ts';
import { runViewOf, type StoredRun, type StoredTasks, taskViewOf } from './stored-views.ts';
import { changeTask, newTask, type TaskEvent } from './task-changes.ts';

/** A run in the model: its tasks are changed in place, for there may be thousands of them with dozens of events each. */
interface KnownRun extends RunView {
  readonly tasks: Map<string, TaskView> | null;
}

/**
 * The runs that the Agents view shows: stored ones, and those of this window as their events come in. Holds no editor
 * objects; `apply` tells which elements changed, so that only those are drawn again.
 */
export class AgentsModel {
  readonly #runs = new Map<string, KnownRun>();
  /** Parts by the task that they belong to, of runs that were asked about. */
  readonly #parts = new Map<string, ReadonlyMap<string | null, readonly string[]>>();

  /** Runs, newest first (ids sort by time). */
  runs(): readonly RunView[] {
    return [...this.#runs.values()].sort((a, b) => (a.runId < b.runId ? 1 : -1));
  }

  run(runId: string): RunView | null {
    return this.#runs.get(runId) ?? null;
  }

  task(runId: string, taskId: string): TaskView | null {
    return this.#runs.get(runId)?.tasks?.get(taskId) ?? null;
  }

  /** Tasks that are parts of a super-agent's task, or of the run itself (null), in the order in which they were added. */
  parts(runId: string, taskId: string | null): readonly string[] {
    const known = this.#parts.get(runId) ?? partsOf(this.#runs.get(runId)?.tasks?.values() ?? []);
    this.#parts.set(runId, known);
    return known.get(taskId) ?? [];
  }

  /** Takes over what is stored of a run; its tasks stay as they are until {@link loadTasks}. */
  loadRun(stored: StoredRun): void {
    this.#runs.set(stored.runId, { ...runViewOf(stored), tasks: this.#runs.get(stored.runId)?.tasks ?? null });
  }

  /**
   * Takes over the stored tasks of a run. While it goes on (`live`) what events have told wins: it may be newer than what
   * was read.
   */
  loadTasks(runId: string, stored: StoredTasks, live: boolean): void {
    const run = this.#runs.get(runId);
    if (!run) return;
    const tasks = new Map(stored.tasks.map((task) => [task.taskId, taskViewOf(task, stored.messages)]));
    if (live) for (const [taskId, task] of run.tasks ?? []) tasks.set(taskId, task);
    this.#parts.delete(runId);
    const succeeded = [...tasks.values()].filter((task) => task.status === 'completed').length;
    this.#runs.set(runId, { ...run, tasks, taskCount: tasks.size, succeeded });
  }

  /** Forgets runs that are not among the given ones. */
  keep(runIds: ReadonlySet<string>): void {
    for (const runId of this.#runs.keys()) if (!runIds.has(runId)) this.#runs.delete(runId);
    for (const runId of this.#parts.keys()) if (!runIds.has(runId)) this.#parts.delete(runId);
  }

  /** Takes an event in. Returns the ids of the changed elements; null: the list of runs itself changed. */
  apply(event: EnsembleEvent): readonly string[] | null {
    const known = this.#runs.get(event.runId);
    const run = known ?? newRun(event);
    if ('taskId' in event) return this.#applyToTask(run, event);
    const changed = changeRun(run, event);
    if (!changed && known) return [];
    this.#runs.set(event.runId, changed ?? run);
    return known ? [elementId(event.runId, null)] : null;
  }

  #applyToTask(run: KnownRun, event: TaskEvent): readonly string[] | null {
    const { runId, taskId } = event;
    const isKnown = this.#runs.has(runId);
    const tasks = run.tasks ?? new Map<string, TaskView>();
    const before = tasks.get(taskId);
    const task = changeTask(before ?? newTask(taskId), event);
    tasks.set(taskId, task);
    if (before?.parentId !== task.parentId) this.#parts.delete(runId);
    if (before && (event.type === 'task:delta' || event.type === 'tool:call')) return [];
    this.#runs.set(runId, { ...counted(run, before ?? newTask(taskId), task), tasks, taskCount: tasks.size });
    if (!isKnown) return null;
    // The run's own line counts its tasks, and a new task is a new child of it.
    return !before || hasEnded(task) ? [elementId(runId, null), elementId(runId, taskId)] : [elementId(runId, taskId)];
  }
}

function partsOf(tasks: Iterable<TaskView>): Map<string | null, string[]> {
  const parts = new Map<string | null, string[]>();
  for (const { taskId, parentId } of tasks) {
    const siblings = parts.get(parentId);
    if (siblings) siblings.push(taskId);
    else parts.set(parentId, [taskId]);
  }
  return parts;
}

function newRun(event: EnsembleEvent): KnownRun {
  return {
    runId: event.runId,
    title: event.type === 'workflow:start' ? event.workflowName : event.runId,
    kind: '',
    status: 'running',
    tokens: 0,
    costUSD: 0,
    durationMs: null,
    startedAt: event.at,
    error: null,
    taskCount: 0,
    succeeded: 0,
    tasks: new Map(),
  };
}

/** The run after an event of its own; null: nothing that is shown changed. */
function changeRun(run: KnownRun, event: Exclude<EnsembleEvent, TaskEvent>): KnownRun | null {
  switch (event.type) {
    case 'workflow:start':
      return { ...run, status: 'running', durationMs: null, error: null };
    case 'run:suspended':
      return { ...run, status: 'suspended' };
    case 'workflow:complete':
      return {
        ...run,
        durationMs: event.summary.totalDuration,
        costUSD: event.summary.totalCostUSD,
        tokens: event.summary.totalTokens,
      };
    case 'workflow:results':
      return { ...run, status: event.results.status, error: event.results.error };
    case 'workflow:error':
      return { ...run, error: event.error };
    default:
      return null;
  }
}

/** The run with its sums after one task changed; what it really cost comes with `workflow:complete`. */
function counted(run: KnownRun, before: TaskView, after: TaskView): KnownRun {
  const done = (task: TaskView) => (task.status === 'completed' ? 1 : 0);
  const isUnknown = run.costUSD === null || (after.costUSD === null && after.tokens > 0);
  return {
    ...run,
    succeeded: run.succeeded + done(after) - done(before),
    tokens: run.tokens + after.tokens - before.tokens,
    costUSD: isUnknown ? null : (run.costUSD ?? 0) + (after.costUSD ?? 0) - (before.costUSD ?? 0),
  };
}
