import type { RunProjection, TaskProjection } from '../../../core/engine/journal-entry.ts';
import type { RunStatus } from '../../../core/graph/types.ts';
import type { Json } from '../../../core/json.ts';
import type { RunMessage } from '../../../core/messages/run-message.ts';
import { type MessageCount, type RunView, type TaskView, TEXT_LIMIT } from './agent-views.ts';

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

/** A stored task; `messages`: those of its run. */
export function taskViewOf(stored: TaskProjection, messages: readonly RunMessage[]): TaskView {
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
    attempts: stored.attempt,
    tools: stored.tools ?? [],
    handoffs: stored.handoffs ?? [],
    notices: stored.notices ?? [],
    error: stored.error,
  };
}

/** Text of a stored answer, as far as it is shown. */
function textOf(output: Json): string {
  if (output === null) return '';
  const text = typeof output === 'string' ? output : JSON.stringify(output, null, 2);
  return text.slice(-TEXT_LIMIT);
}

function messageCountOf(instanceId: string, messages: readonly RunMessage[]): MessageCount {
  return {
    sent: messages.filter((one) => one.fromInstance === instanceId).length,
    received: messages.filter((one) => one.deliveries.some((each) => each.instanceId === instanceId)).length,
  };
}

function isOver(status: RunStatus): boolean {
  return status !== 'running' && status !== 'queued';
}
