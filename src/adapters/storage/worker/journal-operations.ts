import {
  type EntryDraft,
  JOURNAL_VERSION,
  type JournalEntry,
  type JournalWrite,
  type RunProjection,
  type TaskProjection,
  type TaskTrace,
} from '../../../core/engine/journal-entry.ts';
import { sha256Hex } from '../../../core/hash.ts';
import type { Page, RunOwner, RunRecord } from '../../../core/ports.ts';
import { notFound, ownedElsewhere, runExists, runLost, runNeedsProjection } from '../journal-rules.ts';
import type { Row } from '../sqlite/connection.ts';
import { writeAgents } from './agents-table.ts';
import { writeApproval } from './approval-operations.ts';
import { checksumOf } from './checksums.ts';
import { writeMessages } from './message-operations.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, jsonOrNull, text, textOrNull, toJsonOrNull, toMicros, usd } from './row.ts';

/** Payloads whose JSON is longer than this many characters lie in `blobs`, where equal ones share a row. */
const INLINE_LIMIT = 4_096;

export function createRun({ database }: OperationContext, runId: string, owner: RunOwner, change: JournalWrite): void {
  if (change.run === null) throw runNeedsProjection();
  if (database.get('SELECT 1 FROM runs WHERE run_id = ?', [runId])) throw runExists(runId);
  const at = change.at ?? new Date().toISOString();
  database.run(
    `INSERT INTO runs (run_id, epoch, owner, status, kind, title, workflow, workspace, task_count, succeeded, failed, skipped,
      tokens, cost_micros, error, created_at, updated_at)
     VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [runId, JSON.stringify(owner), ...projectionColumns(change.run), at, at],
  );
  writeChange(database, runId, 1, change, at);
}

export function appendToRun({ database }: OperationContext, runId: string, epoch: number, change: JournalWrite): void {
  if (currentEpoch(database, runId) !== epoch) throw runLost(runId);
  const at = change.at ?? new Date().toISOString();
  if (change.run === null) database.run('UPDATE runs SET updated_at = ? WHERE run_id = ?', [at, runId]);
  else updateRun(database, runId, change.run, at);
  writeChange(database, runId, epoch, change, at);
}

export function claimRun(context: OperationContext, runId: string, owner: RunOwner) {
  const { database } = context;
  const row = database.get('SELECT epoch, owner FROM runs WHERE run_id = ?', [runId]);
  if (row === null) throw notFound(`run ${runId}`);
  const refusal = ownedElsewhere(runId, jsonOrNull<RunOwner>(row, 'owner'), owner, (other) => database.isAlive(other));
  if (refusal !== null) throw refusal;
  const epoch = integer(row, 'epoch') + 1;
  database.run('UPDATE runs SET epoch = ?, owner = ? WHERE run_id = ?', [epoch, JSON.stringify(owner), runId]);
  return { epoch, entries: readJournal(context, runId, 0) };
}

export function releaseRun({ database }: OperationContext, runId: string, epoch: number): void {
  database.run('UPDATE runs SET owner = NULL WHERE run_id = ? AND epoch = ?', [runId, epoch]);
}

export function readJournal({ database }: OperationContext, runId: string, afterSeq: number): JournalEntry[] {
  const rows = database.all(
    `SELECT seq, epoch, instance_id, attempt, kind, v, coalesce(payload, content) AS payload, at
     FROM journal LEFT JOIN blobs ON hash = blob_hash WHERE run_id = ? AND seq > ? ORDER BY seq`,
    [runId, afterSeq],
  );
  return rows.map((row) => entryOf(runId, row));
}

export function readRun({ database }: OperationContext, runId: string): RunRecord | null {
  const row = database.get('SELECT * FROM runs WHERE run_id = ?', [runId]);
  return row && runOf(row);
}

export function readRuns({ database }: OperationContext, limit: number, offset: number): Page<RunRecord> {
  const total = database.get('SELECT count(*) AS total FROM runs') ?? {};
  const rows = database.all('SELECT * FROM runs ORDER BY id DESC LIMIT ? OFFSET ?', [limit, offset]);
  return { items: rows.map(runOf), total: integer(total, 'total') };
}

export function readTasks({ database }: OperationContext, runId: string): TaskProjection[] {
  return database.all('SELECT * FROM tasks WHERE run_id = ? ORDER BY id', [runId]).map(taskOf);
}

function currentEpoch(database: OperationDatabase, runId: string): number | null {
  const row = database.get('SELECT epoch FROM runs WHERE run_id = ?', [runId]);
  return row && integer(row, 'epoch');
}

/** The entries and what follows from them, in the caller's transaction. */
function writeChange(
  database: OperationDatabase,
  runId: string,
  epoch: number,
  change: JournalWrite,
  at: string,
): void {
  const last = database.get('SELECT coalesce(max(seq), 0) AS seq FROM journal WHERE run_id = ?', [runId]) ?? {};
  let seq = integer(last, 'seq');
  for (const draft of change.entries) {
    seq++;
    insertEntry(database, draft, { runId, seq, epoch, at });
    writeApproval(database, draft, runId, at);
  }
  for (const task of change.tasks) upsertTask(database, runId, task);
  writeMessages(database, runId, change.messages ?? []);
  writeAgents(database, runId, change, at);
}

type Position = Pick<JournalEntry, 'runId' | 'seq' | 'epoch' | 'at'>;

function insertEntry(database: OperationDatabase, draft: EntryDraft, position: Position): void {
  const payload = JSON.stringify(draft.payload);
  const inline = payload.length <= INLINE_LIMIT;
  const hash = inline ? null : sha256Hex(payload);
  if (hash !== null) database.run('INSERT OR IGNORE INTO blobs (hash, content) VALUES (?, ?)', [hash, payload]);
  const { runId, seq, epoch, at } = position;
  database.run(
    `INSERT INTO journal (run_id, seq, epoch, instance_id, attempt, kind, v, payload, blob_hash, at, checksum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      runId,
      seq,
      epoch,
      draft.instanceId,
      draft.attempt,
      draft.kind,
      JOURNAL_VERSION,
      inline ? payload : null,
      hash,
      at,
      checksumOf([draft.kind, inline ? payload : null, hash]),
    ],
  );
}

function updateRun(database: OperationDatabase, runId: string, run: RunProjection, at: string): void {
  database.run(
    `UPDATE runs SET status = ?, kind = ?, title = ?, workflow = ?, workspace = ?, task_count = ?, succeeded = ?, failed = ?,
      skipped = ?, tokens = ?, cost_micros = ?, error = ?, updated_at = ? WHERE run_id = ?`,
    [...projectionColumns(run), at, runId],
  );
}

function projectionColumns(run: RunProjection) {
  return [
    ...[run.status, run.kind, run.title, run.workflow, run.workspace],
    ...[run.taskCount, run.succeeded, run.failed, run.skipped],
    ...[JSON.stringify(run.tokens), toMicros(run.costUSD), toJsonOrNull(run.error)],
  ];
}

function upsertTask(database: OperationDatabase, runId: string, task: TaskProjection): void {
  database.run(
    `INSERT INTO tasks (run_id, instance_id, task_id, agent, description, status, dependencies, attempt, attempts, tokens,
      cost_micros, started_at, duration_ms, output, error, parent_id, trace)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (run_id, instance_id) DO UPDATE SET task_id = excluded.task_id, agent = excluded.agent,
      description = excluded.description, status = excluded.status, dependencies = excluded.dependencies,
      attempt = excluded.attempt, attempts = excluded.attempts, tokens = excluded.tokens, cost_micros = excluded.cost_micros,
      started_at = excluded.started_at, duration_ms = excluded.duration_ms, output = excluded.output, error = excluded.error,
      trace = excluded.trace`,
    [
      ...[
        runId,
        task.instanceId,
        task.taskId,
        task.agent,
        task.description,
        task.status,
        JSON.stringify(task.dependencies),
      ],
      ...[task.attempt, JSON.stringify(task.attempts), JSON.stringify(task.tokens), toMicros(task.costUSD)],
      ...[task.startedAt, task.durationMs, JSON.stringify(task.output), toJsonOrNull(task.error), task.parentId],
      traceOf(task),
    ],
  );
}

/** Null: nothing to tell, as of most tasks. */
function traceOf({ tools, handoffs, notices }: TaskProjection): string | null {
  const trace: TaskTrace = { ...(tools && { tools }), ...(handoffs && { handoffs }), ...(notices && { notices }) };
  return Object.keys(trace).length === 0 ? null : JSON.stringify(trace);
}

function entryOf(runId: string, row: Row): JournalEntry {
  // The kind and its payload were written together; the type cannot say that of two columns.
  const draft = { kind: text(row, 'kind'), payload: json(row, 'payload') } as unknown as EntryDraft;
  return {
    ...draft,
    instanceId: textOrNull(row, 'instance_id'),
    attempt: integer(row, 'attempt'),
    runId,
    seq: integer(row, 'seq'),
    epoch: integer(row, 'epoch'),
    v: integer(row, 'v'),
    at: text(row, 'at'),
  };
}

/** A row of `runs`. */
export function runOf(row: Row): RunRecord {
  return {
    runId: text(row, 'run_id'),
    epoch: integer(row, 'epoch'),
    owner: jsonOrNull(row, 'owner'),
    status: text(row, 'status') as RunRecord['status'],
    kind: text(row, 'kind'),
    title: text(row, 'title'),
    workflow: textOrNull(row, 'workflow'),
    workspace: textOrNull(row, 'workspace'),
    taskCount: integer(row, 'task_count'),
    succeeded: integer(row, 'succeeded'),
    failed: integer(row, 'failed'),
    skipped: integer(row, 'skipped'),
    tokens: json(row, 'tokens'),
    costUSD: usd(row, 'cost_micros'),
    error: jsonOrNull(row, 'error'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
  };
}

function taskOf(row: Row): TaskProjection {
  return {
    instanceId: text(row, 'instance_id'),
    taskId: text(row, 'task_id'),
    parentId: textOrNull(row, 'parent_id'),
    agent: text(row, 'agent'),
    description: text(row, 'description'),
    status: text(row, 'status') as TaskProjection['status'],
    dependencies: json(row, 'dependencies'),
    attempt: integer(row, 'attempt'),
    attempts: json(row, 'attempts'),
    tokens: json(row, 'tokens'),
    costUSD: usd(row, 'cost_micros'),
    startedAt: textOrNull(row, 'started_at'),
    durationMs: row.duration_ms === null ? null : integer(row, 'duration_ms'),
    output: json(row, 'output'),
    error: jsonOrNull(row, 'error'),
    ...jsonOrNull<TaskTrace>(row, 'trace'),
  };
}
