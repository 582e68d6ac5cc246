import type { FindingDecision } from '../../../core/results.ts';

/**
 * True where a decision is the last word on a finding of this run. A dismissal holds for every run; what was accepted in
 * an earlier run and is found again is not done.
 */
export function settles(decision: FindingDecision, runId: string): boolean {
  return decision.decision === 'dismissed' || decision.runId === runId;
}
