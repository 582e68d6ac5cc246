import type { RunProjection, TaskProjection } from '../../../core/engine/journal-entry.ts';
import type { ErrorInfo } from '../../../core/errors.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { RunStatus, TaskStatus } from '../../../core/graph/types.ts';

/** A sub-agent at its work, as the Agents view shows it. Costs in USD, durations in ms; null: not known (yet). */
export interface TaskView {
  readonly taskId: string;
  readonly agent: string;
  readonly description: string;
  readonly status: TaskStatus;
  readonly account: string | null;
  /** `<provider>/<id>`. */
  readonly model: string | null;
  readonly tokens: number;
  readonly costUSD: number | null;
  readonly durationMs: number | null;
  readonly dependencies: readonly string[];
  readonly error: ErrorInfo | null;
}

/** A run with its sub-agents, in the order in which they were added. */
export interface RunView {
  readonly runId: string;
  readonly title: string;
  /** `review`, `refactor`, ...; '' until the run is read from the database. */
  readonly kind: string;
  readonly status: RunStatus;
  readonly tokens: number;
  readonly costUSD: number | null;
  readonly durationMs: number | null;
  /** ISO-8601 UTC. */
  readonly startedAt: string;
  readonly error: ErrorInfo | null;
  /** Sub-agents, and how many of them have ended well; the stored numbers until the tasks themselves are loaded. */
  readonly taskCount: number;
  readonly succeeded: number;
  /** Null: not loaded yet. */
  readonly tasks: ReadonlyMap<string, TaskView> | null;
}

/** What the database says of a run. */
export type StoredRun = Pick<
  RunProjection,
  'title' | 'kind' | 'status' | 'tokens' | 'costUSD' | 'error' | 'taskCount' | 'succeeded'
> & {
  readonly runId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** Id of an element of the view: the run's id, or run and task. Stable, so that expansion and selection survive. */
export function elementId(runId: string, taskId: string | null): string {
  return taskId === null ? runId : `${runId}/${taskId}`;
}

/** Takes {@link elementId} apart. */
export function parseElement(element: string): { readonly runId: string; readonly taskId: string | null } {
  const slash = element.indexOf('/');
  if (slash < 0) return { runId: element, taskId: null };
  return { runId: element.slice(0, slash), taskId: element.slice(slash + 1) };
}

const PROPOSING: ReadonlySet<string> = new Set(['refactor', 'test-gen']);

/** True when the result of the run may have proposed changes. */
export function mayPropose(run: Pick<RunView, 'kind' | 'status'>): boolean {
  return PROPOSING.has(run.kind) && (run.status === 'completed' || run.status === 'partial');
}

const ENDED: ReadonlySet<TaskStatus> = new Set(['completed', 'failed', 'skipped', 'cancelled']);

/** True when nothing more will happen to the task. */
export function hasEnded(task: Pick<TaskView, 'status'>): boolean {
  return ENDED.has(task.status);
}

/**
 * The runs that the Agents view shows: stored ones, and those of this window as their events come in. Holds no editor
 * objects; `apply` tells which elements changed, so that only those are drawn again.
 */
export class AgentsModel {
  readonly #runs = new Map<string, RunView>();

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

  /** Takes over what is stored of a run; its tasks stay as they are until {@link loadTasks}. */
  loadRun(stored: StoredRun): void {
    this.#runs.set(stored.runId, {
      runId: stored.runId,
      title: stored.title,
      kind: stored.kind,
      status: stored.status,
      tokens: stored.tokens.input + stored.tokens.output,
      costUSD: stored.costUSD,
      durationMs: isOver(stored.status)
        ? Math.max(0, Date.parse(stored.updatedAt) - Date.parse(stored.createdAt))
        : null,
      startedAt: stored.createdAt,
      error: stored.error,
      taskCount: stored.taskCount,
      succeeded: stored.succeeded,
      tasks: this.#runs.get(stored.runId)?.tasks ?? null,
    });
  }

  /**
   * Takes over the stored tasks of a run. While it goes on (`live`) what events have told wins: it may be newer than what
   * was read.
   */
  loadTasks(runId: string, stored: readonly TaskProjection[], live: boolean): void {
    const run = this.#runs.get(runId);
    if (!run) return;
    const tasks = new Map(stored.map((task) => [task.taskId, viewOf(task)]));
    if (live) for (const [taskId, task] of run.tasks ?? []) tasks.set(taskId, task);
    const succeeded = [...tasks.values()].filter((task) => task.status === 'completed').length;
    this.#runs.set(runId, { ...run, tasks, taskCount: tasks.size, succeeded });
  }

  /** Forgets runs that are not among the given ones. */
  keep(runIds: ReadonlySet<string>): void {
    for (const runId of this.#runs.keys()) if (!runIds.has(runId)) this.#runs.delete(runId);
  }

  /** Takes an event in. Returns the ids of the changed elements; null: the list of runs itself changed. */
  apply(event: EnsembleEvent): readonly string[] | null {
    const known = this.#runs.get(event.runId);
    const run = known ?? newRun(event);
    if ('taskId' in event) {
      const task = changeTask(run.tasks?.get(event.taskId) ?? newTask(event.taskId), event);
      if (!task) return [];
      const isNew = !run.tasks?.has(event.taskId);
      this.#runs.set(event.runId, counted({ ...run, tasks: new Map(run.tasks).set(event.taskId, task) }));
      if (!known) return null;
      // The run's own line counts its tasks, and a new task is a new child of it.
      return isNew || hasEnded(task)
        ? [elementId(event.runId, null), elementId(event.runId, event.taskId)]
        : [elementId(event.runId, event.taskId)];
    }
    const changed = changeRun(run, event);
    if (!changed && known) return [];
    this.#runs.set(event.runId, changed ?? run);
    return known ? [elementId(event.runId, null)] : null;
  }
}

function newRun(event: EnsembleEvent): RunView {
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

function newTask(taskId: string): TaskView {
  return {
    taskId,
    agent: taskId,
    description: '',
    status: 'pending',
    account: null,
    model: null,
    tokens: 0,
    costUSD: null,
    durationMs: null,
    dependencies: [],
    error: null,
  };
}

type TaskEvent = Extract<EnsembleEvent, { readonly taskId: string }>;

/** The task after the event; null: nothing that is shown changed. */
function changeTask(task: TaskView, event: TaskEvent): TaskView | null {
  switch (event.type) {
    case 'task:added':
      return { ...task, agent: event.agentName, description: event.description, dependencies: event.dependencies };
    case 'task:start':
      return { ...task, agent: event.agentName, description: event.description, status: 'running', error: null };
    case 'agent:invoke':
      return { ...task, status: 'running', account: event.account, model: event.model };
    case 'task:retry':
      return { ...task, account: event.account ?? task.account };
    case 'task:complete':
      return {
        ...task,
        status: 'completed',
        tokens: event.tokensUsed,
        costUSD: event.costUSD,
        durationMs: event.duration,
        error: null,
      };
    case 'task:error':
      return { ...task, status: event.willRetry ? 'ready' : 'failed', error: event.error };
    case 'task:skipped':
      return { ...task, status: 'skipped' };
    case 'task:delta':
      return null;
  }
}

/** The run after an event of its own; null: nothing that is shown changed. */
function changeRun(run: RunView, event: Exclude<EnsembleEvent, TaskEvent>): RunView | null {
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

/** The run with the sums of its tasks so far; what it really cost comes with `workflow:complete`. */
function counted(run: RunView): RunView {
  const tasks = [...(run.tasks?.values() ?? [])];
  return {
    ...run,
    taskCount: tasks.length,
    succeeded: tasks.filter((task) => task.status === 'completed').length,
    tokens: tasks.reduce((sum, task) => sum + task.tokens, 0),
    costUSD: tasks.reduce((sum, task) => sum + (task.costUSD ?? 0), 0),
  };
}

function viewOf(stored: TaskProjection): TaskView {
  const last = stored.attempts.at(-1);
  return {
    taskId: stored.taskId,
    agent: stored.agent,
    description: stored.description,
    status: stored.status,
    account: last?.account ?? null,
    model: last?.model ?? null,
    tokens: stored.tokens.input + stored.tokens.output,
    costUSD: stored.costUSD,
    durationMs: stored.durationMs,
    dependencies: stored.dependencies,
    error: stored.error,
  };
}

function isOver(status: RunStatus): boolean {
  return status !== 'running' && status !== 'queued';
}
