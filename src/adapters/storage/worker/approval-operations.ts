import type { EntryDraft } from '../../../core/engine/journal-entry.ts';
import type { ApprovalRecord, OpenApproval } from '../../../core/policy/approval.ts';
import { approvalChange, noOpenQuestion, OVER } from '../journal-rules.ts';
import type { Row } from '../sqlite/connection.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, text } from './row.ts';

/** Questions that an answer still has an effect on. */
const OPEN = `approvals JOIN runs USING (run_id) JOIN tasks USING (run_id, instance_id)
  WHERE runs.status NOT IN (${quoted(OVER.runs)}) AND tasks.status NOT IN (${quoted(OVER.tasks)})
  AND tasks.attempt = approvals.attempt`;

/** Keeps the table in step with an entry, in the transaction of the entry. */
export function writeApproval(database: OperationDatabase, entry: EntryDraft, runId: string, at: string): void {
  const change = approvalChange(entry, runId, at);
  if (change === null) return;
  const { instanceId, attempt, key } = change.question;
  database.run('DELETE FROM approvals WHERE run_id = ? AND instance_id = ? AND attempt = ? AND key = ?', [
    ...[runId, instanceId, attempt, key],
  ]);
  if (change.asked === null) return;
  const { actionHash, title, details, askedAt } = change.asked;
  database.run(
    `INSERT INTO approvals (run_id, instance_id, attempt, key, action_hash, title, details, asked_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [runId, instanceId, attempt, key, actionHash, title, JSON.stringify(details), askedAt],
  );
}

export function readApprovals({ database }: OperationContext, runId: string | null): ApprovalRecord[] {
  const rows = database.all(
    `SELECT approvals.*, tasks.task_id FROM ${OPEN} AND (?1 IS NULL OR run_id = ?1) ORDER BY approvals.id`,
    [runId],
  );
  return rows.map(approvalOf);
}

export function answerApproval(
  context: OperationContext,
  runId: string,
  { instanceId, actionHash }: Pick<OpenApproval, 'instanceId' | 'actionHash'>,
  approved: boolean,
): boolean {
  const asked = readApprovals(context, runId).find(
    (one) => one.instanceId === instanceId && one.actionHash === actionHash,
  );
  if (asked === undefined) throw noOpenQuestion(runId);
  if (asked.answer !== null) return asked.answer;
  context.database.run(
    'UPDATE approvals SET answer = ? WHERE run_id = ? AND instance_id = ? AND attempt = ? AND key = ?',
    [approved ? 1 : 0, runId, instanceId, asked.attempt, asked.key],
  );
  return approved;
}

function approvalOf(row: Row): ApprovalRecord {
  return {
    runId: text(row, 'run_id'),
    instanceId: text(row, 'instance_id'),
    taskId: text(row, 'task_id'),
    attempt: integer(row, 'attempt'),
    key: text(row, 'key'),
    actionHash: text(row, 'action_hash'),
    title: text(row, 'title'),
    details: json(row, 'details'),
    askedAt: text(row, 'asked_at'),
    answer: row.answer === null ? null : integer(row, 'answer') === 1,
  };
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}
