import type { DismissalReason, FindingDecision } from '../../../core/results.ts';
import type { Row } from '../sqlite/connection.ts';
import { isAnyOf, workspacesOf } from './history-filter.ts';
import type { OperationContext } from './operation.ts';
import { text, textOrNull } from './row.ts';

/** Keeps a decision about a finding instead of an earlier one. */
export function decideFinding(
  { database }: OperationContext,
  workspace: string,
  decision: Omit<FindingDecision, 'at'>,
): void {
  const { fingerprint, reason, note, runId, file, title } = decision;
  database.run(
    `INSERT INTO finding_decisions (workspace, fingerprint, decision, reason, note, run_id, file, title, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (workspace, fingerprint) DO UPDATE SET decision = excluded.decision, reason = excluded.reason,
      note = excluded.note, run_id = excluded.run_id, file = excluded.file, title = excluded.title, at = excluded.at`,
    [workspace, fingerprint, decision.decision, reason, note, runId, file, title, new Date().toISOString()],
  );
}

/** Forgets decisions, also those of what is attached to the workspace; what was never decided is skipped. */
export function forgetDecisions(
  { database }: OperationContext,
  workspace: string,
  fingerprints: readonly string[],
): void {
  const { sql, values } = isAnyOf('workspace', workspacesOf(database, workspace) ?? []);
  for (const fingerprint of fingerprints) {
    database.run(`DELETE FROM finding_decisions WHERE ${sql} AND fingerprint = ?`, [...values, fingerprint]);
  }
}

/** The decisions of a workspace and of what is attached to it, the latest first; of several about a finding the latest. */
export function readDecisions({ database }: OperationContext, workspace: string): FindingDecision[] {
  const { sql, values } = isAnyOf('workspace', workspacesOf(database, workspace) ?? []);
  const rows = database.all(
    `SELECT * FROM finding_decisions WHERE ${sql} ORDER BY at DESC, workspace <> ?, fingerprint`,
    [...values, workspace],
  );
  const latest = new Map<string, Row>();
  for (const row of rows) {
    const fingerprint = text(row, 'fingerprint');
    if (!latest.has(fingerprint)) latest.set(fingerprint, row);
  }
  return [...latest.values()].map((row) => ({
    fingerprint: text(row, 'fingerprint'),
    decision: text(row, 'decision') as FindingDecision['decision'],
    reason: textOrNull(row, 'reason') as DismissalReason | null,
    note: textOrNull(row, 'note'),
    runId: text(row, 'run_id'),
    file: text(row, 'file'),
    title: text(row, 'title'),
    at: text(row, 'at'),
  }));
}
