import type { EntryDraft } from '../../core/engine/journal-entry.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { RunStatus, TaskStatus } from '../../core/graph/types.ts';
import type { OpenApproval } from '../../core/policy/approval.ts';
import type { RunOwner } from '../../core/ports.ts';

// Rules of the RunJournal port that every implementation shares, and the errors that state them.

/**
 * Why `owner` may not take over a run of `present`; null: it may. A released run, a dead owner's and the claimer's own are
 * free; another engine of this process is alive like any other, and an owner that cannot be checked (`isAlive` null) counts
 * as alive.
 */
export function ownedElsewhere(
  runId: string,
  present: RunOwner | null,
  owner: RunOwner,
  isAlive: (owner: RunOwner) => boolean | null,
): EnsembleError | null {
  if (present === null || present.nonce === owner.nonce) return null;
  const alive = isAlive(present);
  if (alive === false) return null;
  const where =
    present.pid === owner.pid && alive ? 'this process' : `process ${present.pid} on ${present.host.split('.')[0]}`;
  return new EnsembleError('run-owned-elsewhere', `Run ${runId} belongs to ${where}.`, {
    hint: alive
      ? 'Follow it there, or cancel it there first.'
      : 'Whether that process still runs cannot be told from this machine. Resume the run where it was started.',
  });
}

export function runLost(runId: string): EnsembleError {
  return new EnsembleError('run-lost', `Run ${runId} was taken over by another process.`, {
    hint: 'It goes on there; nothing more is written from here.',
  });
}

export function runExists(runId: string): EnsembleError {
  return new EnsembleError('invalid-input', `There is a run ${runId} already.`);
}

export function runNeedsProjection(): EnsembleError {
  return new EnsembleError('invalid-input', 'A new run needs its projection.');
}

export function notFound(what: string): EnsembleError {
  return new EnsembleError('not-found', `There is no ${what}.`);
}

export function noOpenQuestion(runId: string): EnsembleError {
  return new EnsembleError('not-found', `Run ${runId} does not wait for this decision.`, {
    hint: 'It was answered already, or the run has gone on without it.',
  });
}

/** What an entry does to the open questions: `question` is no longer open, `asked` is (null: none). Null: nothing. */
export function approvalChange(
  { instanceId, attempt, ...body }: EntryDraft,
  runId: string,
  at: string,
): {
  readonly question: Pick<OpenApproval, 'instanceId' | 'attempt' | 'key'>;
  readonly asked: OpenApproval | null;
} | null {
  if ((body.kind !== 'approval-asked' && body.kind !== 'approval-answered') || instanceId === null) return null;
  const question = { instanceId, attempt, key: body.payload.key };
  if (body.kind === 'approval-answered') return { question, asked: null };
  const { actionHash, title, details } = body.payload;
  const taskId = instanceId.slice(instanceId.lastIndexOf('/') + 1);
  return { question, asked: { ...question, runId, taskId, actionHash, title, details, askedAt: at } };
}

/** States of runs and tasks that can change no more, in which no answer has an effect. */
export const OVER: { readonly runs: readonly RunStatus[]; readonly tasks: readonly TaskStatus[] } = {
  runs: ['completed', 'partial', 'failed', 'cancelled'],
  tasks: ['completed', 'failed', 'skipped', 'cancelled'],
};

export function isOver(status: RunStatus): boolean {
  return OVER.runs.includes(status);
}

export function isTaskOver(status: TaskStatus): boolean {
  return OVER.tasks.includes(status);
}
