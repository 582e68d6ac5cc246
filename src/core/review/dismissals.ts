import type { DismissedFinding, FindingDecision } from '../results.ts';

/** A dismissal as a review keeps it from its beginning, so that a resumed run comes to the same result. */
export interface Dismissal extends Omit<DismissedFinding, 'finding'> {
  readonly fingerprint: string;
}

/** The dismissals among a workspace's decisions that can concern these files. */
export function dismissalsFor(decisions: readonly FindingDecision[], files: readonly string[]): Dismissal[] {
  const paths = new Set(files);
  return decisions.flatMap(({ decision, fingerprint, file, reason, note, at }) =>
    decision === 'dismissed' && paths.has(file) ? [{ fingerprint, reason: reason ?? 'other', note, at }] : [],
  );
}
