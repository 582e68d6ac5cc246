import type { AuditLog } from '../audit/audit-log.ts';
import { toErrorInfo } from '../errors.ts';
import type { Clock, Logger } from '../ports.ts';
import type { HistoryStore } from './history.ts';

const DAY_MS = 86_400_000;

/** Runs that are deleted in one transaction. */
const PORTION = 50;

/** What is needed to forget. */
export interface RetentionParts {
  readonly history: Pick<HistoryStore, 'deleteBefore'>;
  readonly audit: AuditLog;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/**
 * Deletes runs and what belongs to them that were last touched more than `keepDays` days ago; null keeps everything. Looks once a
 * day and leaves a line in the audit log; a failure is only logged.
 */
export async function forgetOldHistory(
  keepDays: number | null,
  { history, audit, clock, logger }: RetentionParts,
): Promise<void> {
  if (keepDays === null) return;
  const now = clock.now();
  const today = new Date(now).toISOString().slice(0, 'yyyy-mm-dd'.length);
  try {
    if (await audit.has('history-forgotten', today)) return;
    const before = new Date(now - keepDays * DAY_MS).toISOString();
    let runs = 0;
    // In portions, so that runs which begin meanwhile need not wait for all of it.
    for (let deleted = PORTION; deleted === PORTION; runs += deleted)
      deleted = await history.deleteBefore({ before, limit: PORTION });
    await audit.record('history-forgotten', today, { keepDays, runs });
  } catch (error) {
    logger.warn('Old history could not be deleted', { error: toErrorInfo(error).message });
  }
}
