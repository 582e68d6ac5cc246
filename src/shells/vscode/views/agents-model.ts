import type { RunProjection, TaskProjection } from '../../../core/engine/journal-entry.ts';
import type { ErrorInfo } from '../../../core/errors.ts';
import type { EnsembleEvent } from '../../../core/events.ts';
import type { RunStatus, TaskStatus } from '../../../core/graph/types.ts';
import type { Json } from '../../../core/json.ts';
import type { RunMessage } from '../../../core/messages/run-message.ts';
import { toolLine } from '../../../core/tool-line.ts';

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
  /** Task of the super-agent that it is a part of; null: it belongs to the run itself. */
  readonly parentId: string | null;
  /** When its first attempt began, ISO-8601 UTC. */
  readonly startedAt: string | null;
  /** The end of what the agent has written so far, at most {@link TEXT_LIMIT} characters. */
  readonly text: string;
  readonly messages: MessageCount;
  readonly error: ErrorInfo | null;
}

/** Messages that a task has sent to others, and those it was told. */
export interface MessageCount {
  readonly sent: number;
  readonly received: number;
}

const NO_MESSAGES: MessageCount = { sent: 0, received: 0 };

/** Characters of an agent's text that are kept; all of it is in the result. */
export const TEXT_LIMIT = 2000;

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

/** A run in the model: its tasks are changed in place, for there may be thousands of them with dozens of events each. */
interface KnownRun extends RunView {
  readonly tasks: Map<string, TaskView> | null;
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

/** What the database says of the tasks of a run. */
export interface StoredTasks {
  readonly tasks: readonly TaskProjection[];
  readonly messages: readonly RunMessage[];
}

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

const PROPOSING: ReadonlySet<string> = new Set(['run', 'refactor', 'test-gen']);

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
    const tasks = new Map(stored.tasks.map((task) => [task.taskId, viewOf(task, stored.messages)]));
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
    if (before && shownText(event) !== null) return [];
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

/** A stored run, its tasks not loaded. */
export function runViewOf(stored: StoredRun): RunView {
  return {
    runId: stored.runId,
    kind: stored.kind,
    title: stored.title,
    status: stored.status,
    tokens: stored.tokens.input + stored.tokens.output,
    costUSD: stored.costUSD,
    durationMs: isOver(stored.status) ? Math.max(0, Date.parse(stored.updatedAt) - Date.parse(stored.createdAt)) : null,
    startedAt: stored.createdAt,
    error: stored.error,
    taskCount: stored.taskCount,
    succeeded: stored.succeeded,
    tasks: null,
  };
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
    parentId: null,
    startedAt: null,
    text: '',
    messages: NO_MESSAGES,
    error: null,
  };
}

type TaskEvent = Extract<EnsembleEvent, { readonly taskId: string }>;

function changeTask(task: TaskView, event: TaskEvent): TaskView {
  switch (event.type) {
    case 'task:added':
      return {
        ...task,
        agent: event.agentName,
        description: event.description,
        dependencies: event.dependencies,
        parentId: event.parentId,
      };
    case 'task:start':
      return {
        ...task,
        agent: event.agentName,
        description: event.description,
        status: 'running',
        startedAt: task.startedAt ?? event.at,
        text: '',
        error: null,
      };
    case 'agent:invoke':
      return { ...task, status: 'running', account: event.account, model: event.model };
    case 'approval:asked':
      return { ...task, status: 'waiting' };
    case 'approval:answered':
      return { ...task, status: 'running' };
    case 'task:retry':
      return { ...task, account: event.account ?? task.account, text: '' };
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
    case 'agent:message': {
      const { sent, received } = task.messages;
      if (event.phase === 'sent') return { ...task, messages: { sent: sent + 1, received } };
      return event.phase === 'delivered' ? { ...task, messages: { sent, received: received + 1 } } : task;
    }
    case 'agent:handoff':
      return event.accepted ? { ...task, agent: event.to } : task;
    case 'tool:call':
    case 'tool:result':
    case 'task:delta':
      return { ...task, text: (task.text + (shownText(event) ?? '')).slice(-TEXT_LIMIT) };
  }
}

/** What an event adds to what an agent has written: text, a tool that it uses, why that failed. Null: nothing. */
export function shownText(event: EnsembleEvent): string | null {
  switch (event.type) {
    case 'task:delta':
      return event.text;
    case 'tool:call':
      return `\n[${toolLine(event.tool, event.arguments)}]\n`;
    case 'tool:result':
      return event.ok ? '' : `[${event.tool}: ${event.error}]\n`;
    default:
      return null;
  }
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
  return {
    ...run,
    succeeded: run.succeeded + done(after) - done(before),
    tokens: run.tokens + after.tokens - before.tokens,
    costUSD: (run.costUSD ?? 0) + (after.costUSD ?? 0) - (before.costUSD ?? 0),
  };
}

/** Text of a stored answer, as far as it is shown. */
function textOf(output: Json): string {
  if (output === null) return '';
  const text = typeof output === 'string' ? output : JSON.stringify(output, null, 2);
  return text.slice(-TEXT_LIMIT);
}

function messageCountOf(instanceId: string, messages: readonly RunMessage[]): MessageCount {
  if (messages.length === 0) return NO_MESSAGES;
  return {
    sent: messages.filter((one) => one.fromInstance === instanceId).length,
    received: messages.filter((one) => one.deliveries.some((each) => each.instanceId === instanceId)).length,
  };
}

function viewOf(stored: TaskProjection, messages: readonly RunMessage[]): TaskView {
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
    parentId: stored.parentId,
    startedAt: stored.startedAt,
    text: textOf(stored.output),
    messages: messageCountOf(stored.instanceId, messages),
    error: stored.error,
  };
}

function isOver(status: RunStatus): boolean {
  return status !== 'running' && status !== 'queued';
}
