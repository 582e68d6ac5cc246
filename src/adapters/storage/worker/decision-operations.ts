import type { DismissalReason, FindingDecision } from '../../../core/results.ts';
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

/** Forgets decisions; what was never decided is skipped. */
export function forgetDecisions(
  { database }: OperationContext,
  workspace: string,
  fingerprints: readonly string[],
): void {
  for (const fingerprint of fingerprints) {
    database.run('DELETE FROM finding_decisions WHERE workspace = ? AND fingerprint = ?', [workspace, fingerprint]);
  }
}

/** The decisions of a workspace, the latest first. */
export function readDecisions({ database }: OperationContext, workspace: string): FindingDecision[] {
  const rows = database.all('SELECT * FROM finding_decisions WHERE workspace = ? ORDER BY at DESC, fingerprint', [
    workspace,
  ]);
  return rows.map((row) => ({
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
