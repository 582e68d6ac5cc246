import type { ErrorInfo } from '../../../core/errors.ts';
import type { RunStatus, TaskStatus } from '../../../core/graph/types.ts';
import type { HandoffResult, ToolUse } from '../../../core/results.ts';

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
  /** 1-based number of the present attempt; 0: none has begun. */
  readonly attempts: number;
  /** What its agents have used so far, over all attempts; so are the handoffs. */
  readonly tools: readonly ToolUse[];
  readonly handoffs: readonly HandoffResult[];
  /** What guardrails had to say. */
  readonly notices: readonly string[];
  readonly error: ErrorInfo | null;
}

/** Messages that a task has sent to others, and those it was told. */
export interface MessageCount {
  readonly sent: number;
  readonly received: number;
}

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
