import type { RunMessage } from '../messages/run-message.ts';
import type { TaskResult } from '../results.ts';
import type { RunProjection, RunSnapshot, TaskProjection } from './journal-entry.ts';
import type { RunState, TaskState } from './state.ts';
import type { ToolTrace } from './tool-effects.ts';
import { agentOf } from './tool-events.ts';

/** The snapshot of a run that has begun. */
export function snapshotOf(state: RunState): RunSnapshot {
  if (!state.snapshot) throw new Error(`The journal of run ${state.runId} does not begin with run-started.`);
  return state.snapshot;
}

/** The row of the `runs` table that follows from the state. */
export function projectRun(state: RunState): RunProjection {
  const { title, kind, workflow, workspace } = snapshotOf(state);
  const { succeeded, failed, skipped } = state.counts;
  return {
    status: state.status,
    title,
    kind,
    workflow,
    workspace,
    taskCount: state.tasks.size,
    succeeded,
    failed,
    skipped,
    tokens: state.tokens,
    costUSD: state.costUSD,
    error: state.error,
  };
}

/** The row of the `tasks` table that follows from the state. */
export function projectTask(task: TaskState): TaskProjection {
  const { id, description, dependencies } = task.spec;
  const { instanceId, status, attempt, attempts, tokens, costUSD, startedAt, durationMs, output, error, trace } = task;
  return {
    instanceId,
    taskId: id,
    parentId: task.parent?.spec.id ?? null,
    agent: agentOf(task),
    description,
    status,
    dependencies,
    attempt,
    attempts,
    tokens,
    costUSD,
    startedAt,
    durationMs,
    output,
    error,
    ...(trace.uses.length > 0 && { tools: trace.uses }),
    ...saidOf(trace),
  };
}

/** The rows of the `messages` table for these ids. */
export function projectMessages({ mail }: RunState, ids: Iterable<number>): RunMessage[] {
  return [...ids].sort((a, b) => a - b).flatMap((id) => mail?.messages[id - 1] ?? []);
}

/** A task as the JSON result lists it. */
export function taskResult(task: TaskState): TaskResult {
  const { id, description, dependencies } = task.spec;
  const { instanceId, status, attempts, tokens, costUSD, startedAt, durationMs, output, error, trace } = task;
  return {
    id,
    instanceId,
    parentId: task.parent?.spec.id ?? null,
    agent: agentOf(task),
    description,
    status,
    dependencies,
    attempts,
    tokens,
    costUSD,
    startedAt,
    durationMs,
    output,
    error,
    tools: trace.uses,
    ...saidOf(trace),
    ...(trace.edits.length > 0 && { edits: trace.edits }),
  };
}

function saidOf({ handoffs, notices }: ToolTrace): Pick<TaskResult, 'handoffs' | 'notices'> {
  return { ...(handoffs.length > 0 && { handoffs }), ...(notices.length > 0 && { notices }) };
}
