import type { PromptBase, PromptDraft, PromptOutcome, PromptRef, PromptUsage } from '../../../core/prompts/prompt.ts';
import type { OperationContext } from './operation.ts';
import { integer, json, text } from './row.ts';

/** Remembers which version a run uses; the first word on a run counts. */
export function recordPromptUse({ database }: OperationContext, runId: string, { name, version }: PromptRef): void {
  const at = new Date().toISOString();
  database.run('INSERT OR IGNORE INTO prompt_uses (run_id, name, version, at) VALUES (?, ?, ?, ?)', [
    ...[runId, name, version, at],
  ]);
}

/** Remembers what became of an answer, instead of what was said before. Nothing for a run that used no prompt. */
export function recordPromptOutcome(
  { database }: OperationContext,
  runId: string,
  subject: string,
  outcome: PromptOutcome | null,
): void {
  database.run('DELETE FROM prompt_outcomes WHERE run_id = ? AND subject = ?', [runId, subject]);
  if (outcome === null) return;
  database.run(
    `INSERT INTO prompt_outcomes (run_id, subject, outcome, at)
     SELECT run_id, ?, ?, ? FROM prompt_uses WHERE run_id = ?`,
    [subject, outcome, new Date().toISOString(), runId],
  );
}

/** Sums per name and version, of one prompt or of all. */
export function readPromptUsage({ database }: OperationContext, name: string | null): PromptUsage[] {
  const counted = (outcome: PromptOutcome) =>
    `sum((SELECT count(*) FROM prompt_outcomes AS o WHERE o.run_id = u.run_id AND o.outcome = '${outcome}')
       + (SELECT count(*) FROM finding_decisions AS d WHERE d.run_id = u.run_id AND d.decision = '${outcome}'))`;
  const rows = database.all(
    `SELECT name, version, count(*) AS used, max(at) AS last,
       ${counted('accepted')} AS accepted, ${counted('dismissed')} AS dismissed
     FROM prompt_uses AS u WHERE ? IS NULL OR name = ? GROUP BY name, version ORDER BY name, version DESC`,
    [name, name],
  );
  return rows.map((row) => ({
    name: text(row, 'name'),
    version: integer(row, 'version'),
    used: integer(row, 'used'),
    lastUsed: text(row, 'last'),
    accepted: integer(row, 'accepted'),
    dismissed: integer(row, 'dismissed'),
  }));
}

/** Which prompt a run used; null: none. */
export function readPromptOfRun({ database }: OperationContext, runId: string): PromptRef | null {
  const row = database.get('SELECT name, version FROM prompt_uses WHERE run_id = ?', [runId]);
  return row && { name: text(row, 'name'), version: integer(row, 'version') };
}

export function setPromptBase({ database }: OperationContext, name: string, draft: PromptDraft): void {
  database.run(
    'INSERT INTO prompt_bases (name, draft) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET draft = excluded.draft',
    [name, JSON.stringify(draft)],
  );
}

export function readPromptBases({ database }: OperationContext): PromptBase[] {
  const rows = database.all('SELECT name, draft FROM prompt_bases ORDER BY name');
  return rows.map((row) => ({ name: text(row, 'name'), draft: json<PromptDraft>(row, 'draft') }));
}
