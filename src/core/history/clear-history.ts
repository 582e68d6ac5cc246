import type { Maintenance } from '../maintenance.ts';
import type { DeletionOptions, DeletionQuery, HistoryStore } from './history.ts';

/** Runs that are deleted in one transaction: while it goes on, nothing else is written. */
const STEP = 200;

/** What is needed to delete a part of the history. */
export interface ClearParts {
  readonly history: Pick<HistoryStore, 'deleteBefore'>;
  readonly stores: {
    readonly maintenance: Pick<Maintenance, 'backUp' | 'compact'>;
  };
}

/** How it goes on. */
export interface ClearProgress {
  /** Stops after the step that is under way; what is deleted by then is deleted. */
  readonly signal: AbortSignal;
  /** Hears the number of runs that are gone so far. */
  onDeleted?(runs: number): void;
}

/**
 * Deletes a part of the history in steps, gives its room back to the disk. `backUp`: the database is copied first. Each step leaves a
 * line in the audit log, as every deletion does. Resolves also when it was stopped.
 */
export async function clearHistory(
  { history, stores }: ClearParts,
  query: DeletionQuery & DeletionOptions & { readonly backUp?: boolean },
  { signal, onDeleted = () => {} }: ClearProgress,
): Promise<{ readonly deleted: number; readonly freedBytes: number }> {
  const { backUp = false, ...which } = query;
  if (backUp) await stores.maintenance.backUp();
  let deleted = 0;
  for (let step = STEP; step === STEP && !signal.aborted; ) {
    step = await history.deleteBefore({ ...which, limit: STEP });
    deleted += step;
    onDeleted(deleted);
  }
  const { beforeBytes, afterBytes } = await stores.maintenance.compact();
  return { deleted, freedBytes: Math.max(0, beforeBytes - afterBytes) };
}
