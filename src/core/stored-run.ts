import type { TaskProjection } from './engine/journal-entry.ts';
import { EnsembleError } from './errors.ts';
import type { RunMessage } from './messages/run-message.ts';
import type { RunJournal, RunRecord } from './ports.ts';

/** A run as it is kept, with its tasks and the messages between them in the order of sending. */
export interface StoredRun {
  readonly record: RunRecord;
  readonly tasks: readonly TaskProjection[];
  readonly messages: readonly RunMessage[];
}

/** Rejects `not-found` for a run that is not kept. */
export async function readStoredRun(journal: RunJournal, runId: string): Promise<StoredRun> {
  const record = await journal.get(runId);
  if (!record) throw unknownRun(runId);
  const [tasks, messages] = await Promise.all([journal.tasks(runId), journal.messages(runId)]);
  return { record, tasks, messages };
}

/** The error for a run that is not kept. */
export function unknownRun(runId: string): EnsembleError {
  return new EnsembleError('not-found', `There is no run ${runId}.`, { hint: 'List the runs to see their ids.' });
}
