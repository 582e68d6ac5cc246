import type { QuotaLimits } from '../config.ts';
import { PACING_WINDOW_MS } from './pacing.ts';

/** Tokens of one call, input and output apart because some vendors limit them apart. */
export interface CallTokens {
  readonly input: number;
  readonly output: number;
}

/** The limits per minute that tokens count against. */
export type TokenLimits = Pick<QuotaLimits, 'tokensPerMinute' | 'inputTokensPerMinute' | 'outputTokensPerMinute'>;

/** Tokens that calls of the last minute have taken: reserved at worst case, then what they really used. */
export interface TokenWindow {
  readonly spends: readonly (CallTokens & { readonly ticket: number; readonly at: number })[];
  readonly lastTicket: number;
}

/** Nothing was sent. */
export const EMPTY_TOKENS: TokenWindow = { spends: [], lastTicket: 0 };

/** Whether a call fits now, or when it may. Times are epoch ms. */
export type TokenGrant =
  | { readonly granted: true; readonly ticket: number; readonly used: CallTokens }
  | { readonly granted: false; readonly freeAt: number; readonly used: CallTokens };

/** True where any of the limits is set. */
export function limitsTokens(limits: TokenLimits): boolean {
  return (
    limits.tokensPerMinute !== null || limits.inputTokensPerMinute !== null || limits.outputTokensPerMinute !== null
  );
}

/**
 * Takes a call's tokens where no minute then holds more than the limits, else says when it would. A call that is larger than a limit
 * goes when nothing else is in the minute. A clock that steps back only makes calls later, one that steps back far makes the past void.
 */
export function takeTokens(
  from: TokenWindow,
  { tokens, limits, now }: { readonly tokens: CallTokens; readonly limits: TokenLimits; readonly now: number },
): { window: TokenWindow; grant: TokenGrant } {
  const spends = from.spends.filter(({ at }) => at > now - PACING_WINDOW_MS && at <= now + PACING_WINDOW_MS);
  const freeAt = Math.max(...LIMITS.map((limit) => freeFrom(spends, tokens, limits, limit)));
  const used = sumOf(spends);
  if (freeAt > now) return { window: { ...from, spends }, grant: { granted: false, freeAt, used } };
  const ticket = from.lastTicket + 1;
  const taken = [...spends, { ...tokens, ticket, at: now }];
  return { window: { spends: taken, lastTicket: ticket }, grant: { granted: true, ticket, used: sumOf(taken) } };
}

/** Replaces what a call had taken by what it used; one that has left the window changes nothing. */
export function settleTokens(window: TokenWindow, ticket: number, tokens: CallTokens): TokenWindow {
  const spends = window.spends.map((spend) => (spend.ticket === ticket ? { ...spend, ...tokens } : spend));
  return { ...window, spends: spends.filter(({ input, output }) => input + output > 0) };
}

interface Limit {
  of(limits: TokenLimits): number | null;
  count(tokens: CallTokens): number;
}

const LIMITS: readonly Limit[] = [
  { of: (limits) => limits.tokensPerMinute, count: ({ input, output }) => input + output },
  { of: (limits) => limits.inputTokensPerMinute, count: ({ input }) => input },
  { of: (limits) => limits.outputTokensPerMinute, count: ({ output }) => output },
];

/** When enough has left the window for one limit. */
function freeFrom(spends: TokenWindow['spends'], tokens: CallTokens, limits: TokenLimits, limit: Limit): number {
  const most = limit.of(limits);
  if (most === null) return Number.NEGATIVE_INFINITY;
  const room = most - Math.min(most, limit.count(tokens));
  let used = spends.reduce((sum, spend) => sum + limit.count(spend), 0);
  let freeAt = Number.NEGATIVE_INFINITY;
  for (const spend of spends.toSorted((a, b) => a.at - b.at)) {
    if (used <= room) break;
    used -= limit.count(spend);
    freeAt = spend.at + PACING_WINDOW_MS;
  }
  return freeAt;
}

function sumOf(spends: readonly CallTokens[]): CallTokens {
  return spends.reduce((sum, { input, output }) => ({ input: sum.input + input, output: sum.output + output }), NONE);
}

const NONE: CallTokens = { input: 0, output: 0 };
