import type { AccountConfig } from '../config.ts';
import type { LoadBalancing } from '../load-balancing.ts';

/** An account that could take a call now, as the strategies weigh it. */
export interface Candidate {
  readonly account: AccountConfig;
  readonly inFlight: number;
  /** Requests per minute of its group; null: unlimited. */
  readonly requestsPerMinute: number | null;
  /** Worst-case cost of the call here, micro-USD; null: unknown. */
  readonly cost: number | null;
  /** Spent here since midnight UTC by this process, micro-USD. */
  readonly spentToday: number;
  /** Order number of its last call, 0 before the first. */
  readonly lastUsed: number;
}

/**
 * Picks the account of a call (contracts.md, Balancing): round-robin takes the one used longest ago; least-loaded the
 * fewest calls in flight relative to its limit; cost-optimized the cheapest model of the tier, ties by lower spend today;
 * balanced the largest weight x remaining headroom. Ties fall to round-robin. Calls that queue belong to no account yet.
 */
export function pickAccount(candidates: readonly Candidate[], strategy: LoadBalancing): Candidate | null {
  const score = SCORES[strategy];
  let best: Candidate | null = null;
  for (const candidate of candidates) {
    if (best === null || compare(score(candidate), score(best)) < 0) best = candidate;
  }
  return best;
}

type Score = (candidate: Candidate) => readonly number[];

const SCORES: Readonly<Record<LoadBalancing, Score>> = {
  'round-robin': ({ lastUsed }) => [lastUsed],
  'least-loaded': (candidate) => [load(candidate), candidate.lastUsed],
  'cost-optimized': ({ cost, spentToday, lastUsed }) => [cost ?? Number.MAX_VALUE, spentToday, lastUsed],
  balanced: (candidate) => [-candidate.account.weight / (1 + load(candidate)), candidate.lastUsed],
};

/** True for strategies by which a call rather waits a little for the best account than takes the next one. */
export function isPatient(strategy: LoadBalancing): boolean {
  return strategy === 'cost-optimized';
}

/** Calls under way per request of the minute's limit; an unlimited account counts as if it allowed 60. */
function load({ inFlight, requestsPerMinute }: Candidate): number {
  return inFlight / ((requestsPerMinute ?? 60) / 60);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? 0;
    if (left !== right) return left - right;
  }
  return 0;
}
