import type { JournalWrite, TaskProjection } from '../../../core/engine/journal-entry.ts';
import type { RunStatus, TaskStatus } from '../../../core/graph/types.ts';
import type { Json } from '../../../core/json.ts';
import type { OperationDatabase } from './operation-database.ts';

/** The four states of S1's `agents` table. */
type AgentStatus = 'pending' | 'running' | 'completed' | 'failed';

const RUN_STATUS: Readonly<Record<RunStatus, AgentStatus>> = {
  queued: 'pending',
  running: 'running',
  suspended: 'pending',
  interrupted: 'pending',
  completed: 'completed',
  partial: 'completed',
  failed: 'failed',
  cancelled: 'failed',
};

const TASK_STATUS: Readonly<Record<TaskStatus, AgentStatus>> = {
  pending: 'pending',
  ready: 'pending',
  running: 'running',
  waiting: 'running',
  completed: 'completed',
  failed: 'failed',
  skipped: 'failed',
  cancelled: 'failed',
};

interface AgentRow {
  readonly taskId: string;
  readonly type: 'super' | 'sub';
  readonly status: AgentStatus;
  readonly result: string | null;
  readonly error: string | null;
}

/** Keeps S1's `agents` in step with a run: its super-agent's row and one row per task, in the caller's transaction. */
export function writeAgents(database: OperationDatabase, runId: string, change: JournalWrite, at: string): void {
  // What the super-agent is and has come to is said by entries of the run itself.
  const isOfRun = change.entries.some(({ instanceId }) => instanceId === null);
  if (change.run !== null && isOfRun) upsert(database, superAgent(runId, change), at);
  for (const task of change.tasks) upsert(database, subAgent(runId, task), at);
}

function superAgent(runId: string, { run, entries }: JournalWrite): AgentRow {
  const end = entries.find((entry) => entry.kind === 'run-ended');
  return {
    taskId: runId,
    type: 'super',
    status: run === null ? 'pending' : RUN_STATUS[run.status],
    result: end === undefined ? null : resultText(end.payload.result),
    error: run?.error?.message ?? null,
  };
}

function subAgent(runId: string, task: TaskProjection): AgentRow {
  const status = TASK_STATUS[task.status];
  return {
    taskId: `${runId}/${task.instanceId}`,
    type: 'sub',
    status,
    result: resultText(task.output),
    error: task.error?.message ?? (status === 'failed' ? task.status : null),
  };
}

/** The answer as a person reads it: a run's Markdown, a text as it is, anything else as JSON. */
function resultText(value: Json): string | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'object' && 'result' in value && typeof value.result === 'string') return value.result;
  return JSON.stringify(value);
}

function upsert(database: OperationDatabase, row: AgentRow, at: string): void {
  const ended = row.status === 'completed' || row.status === 'failed';
  database.run(
    `INSERT INTO agents (task_id, agent_type, status, result, error, created_at, completed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (task_id) DO UPDATE SET status = excluded.status, result = coalesce(excluded.result, result),
      error = excluded.error, completed_at = excluded.completed_at`,
    [row.taskId, row.type, row.status, row.result, row.error, at, ended ? at : null],
  );
}
