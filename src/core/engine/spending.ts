import { type AttemptRecord, addUsage, NO_USAGE, type TokenUsage } from '../model.ts';

/** Tokens of several calls together. */
export function sumTokens(attempts: readonly Pick<AttemptRecord, 'tokens'>[]): TokenUsage {
  if (attempts.length === 0) return NO_USAGE;
  let sum = NO_USAGE;
  for (const { tokens } of attempts) sum = addUsage(sum, tokens);
  return sum;
}

/** Cost of several calls together, USD; null as soon as one is unknown. */
export function sumCost(attempts: readonly Pick<AttemptRecord, 'costUSD'>[]): number | null {
  if (attempts.length === 0) return 0;
  let sum: number | null = 0;
  for (const { costUSD } of attempts) sum = addCost(sum, costUSD);
  return sum;
}

/** Adds USD amounts in whole micro-USD, so that sums do not drift; null (unknown) wins. */
export function addCost(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : Math.round((a + b) * 1e6) / 1e6;
}
