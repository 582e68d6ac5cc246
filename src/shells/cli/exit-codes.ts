import type { ErrorCode, ErrorInfo } from '../../core/errors.ts';
import { type Finding, type RunResult, SEVERITIES, type Severity } from '../../core/results.ts';

/** Exit codes of the command line (contracts.md, Command line). Where several apply, the order there decides. */
export const EXIT = {
  completed: 0,
  failed: 1,
  usage: 2,
  noAccount: 3,
  refused: 4,
  storage: 5,
  incomplete: 6,
  waiting: 7,
  ownedElsewhere: 8,
  cancelled: 130,
} as const;

// A map over all codes: a new one does not compile until somebody has decided about it here.
const OF_ERROR: Readonly<Record<ErrorCode, number>> = {
  cancelled: EXIT.cancelled,
  usage: EXIT.usage,
  'invalid-input': EXIT.usage,
  'invalid-config': EXIT.usage,
  'invalid-graph': EXIT.usage,
  'not-found': EXIT.usage,
  'nothing-to-review': EXIT.usage,
  'storage-failed': EXIT.storage,
  'storage-locked': EXIT.storage,
  'storage-corrupt': EXIT.storage,
  'storage-newer-version': EXIT.storage,
  'no-usable-account': EXIT.noAccount,
  'secret-store-failed': EXIT.noAccount,
  'run-owned-elsewhere': EXIT.ownedElsewhere,
  'run-lost': EXIT.ownedElsewhere,
  'crash-loop': EXIT.refused,
  'budget-refused': EXIT.refused,
  'all-accounts-rate-limited': EXIT.refused,
  'approval-refused': EXIT.waiting,
  'approval-required': EXIT.waiting,
  'untrusted-workspace': EXIT.waiting,
  'provider-failed': EXIT.failed,
  'invalid-model-output': EXIT.failed,
  'request-timeout': EXIT.failed,
  'task-timeout': EXIT.failed,
  'task-silent': EXIT.failed,
  'run-timeout': EXIT.failed,
  'task-failed': EXIT.failed,
  'replay-diverged': EXIT.failed,
  internal: EXIT.failed,
};

/** Exit code of a command that could not do its work. */
export function exitCodeOfError({ code }: Pick<ErrorInfo, 'code'>): number {
  return OF_ERROR[code] ?? EXIT.failed;
}

/** Exit code of a run that has ended or stopped. `failOn` null: findings never fail the command. */
export function exitCodeOfResult(
  result: Pick<RunResult, 'status' | 'error' | 'findings'>,
  { interrupted, failOn }: { readonly interrupted: boolean; readonly failOn: Severity | null },
): number {
  const { status, error, findings = [] } = result;
  if (status === 'completed') return reaches(findings, failOn) ? EXIT.failed : EXIT.completed;
  if (status === 'cancelled' || interrupted) return EXIT.cancelled;
  const cause = error === null ? EXIT.failed : exitCodeOfError(error);
  if (cause !== EXIT.failed) return cause;
  if (status === 'failed') return EXIT.failed;
  return status === 'suspended' ? EXIT.waiting : EXIT.incomplete;
}

/** Whether a finding that still stands (not refuted) is at least as severe as `threshold`. */
export function reaches(
  findings: readonly Pick<Finding, 'severity' | 'verdict'>[],
  threshold: Severity | null,
): boolean {
  if (threshold === null) return false;
  const limit = SEVERITIES.indexOf(threshold);
  return findings.some(({ severity, verdict }) => verdict !== 'refuted' && SEVERITIES.indexOf(severity) <= limit);
}
