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
  readonly spends: readonly Spend[];
  /** Calls that wait for their tokens, in the order in which they came. Default none. */
  readonly claims?: readonly Claim[];
  readonly lastTicket: number;
}

interface Spend extends CallTokens {
  readonly ticket: number;
  readonly at: number;
}

/** A call's place in line: without it small calls would take what a large one waits for, again and again. */
interface Claim extends CallTokens {
  readonly ticket: number;
  readonly priority: number;
  /** It is given up when it has not asked again by then. */
  readonly until: number;
}

/** A call that asks for its tokens. Times are epoch ms. */
export interface TokenRequest {
  readonly tokens: CallTokens;
  readonly limits: TokenLimits;
  readonly now: number;
  /** Its place in line, from an earlier refusal; default: it has none. */
  readonly claim?: number | null;
  /** Higher goes first; default 5. */
  readonly priority?: number;
}

/** Nothing was sent. */
export const EMPTY_TOKENS: TokenWindow = { spends: [], lastTicket: 0 };

/** Whether a call fits now, or when it may. Times are epoch ms. A refused one may ask again with its claim, and else gives it back. */
export type TokenGrant =
  | { readonly granted: true; readonly ticket: number; readonly used: CallTokens }
  | { readonly granted: false; readonly freeAt: number; readonly claim: number | null; readonly used: CallTokens };

/** A claim is kept so long after the time at which its call may ask again, ms. */
const CLAIM_KEPT_MS = 5_000;
/** So many calls have a place here; the others wait where runs take turns, and so no run fills this line. */
const MOST_CLAIMS = 3;
/** Who is not the first in line asks again no sooner than this after the one before, ms. */
const AFTER_OTHERS_MS = 50;
const NORMAL_PRIORITY = 5;

/** True where any of the limits is set. */
export function limitsTokens(limits: TokenLimits): boolean {
  return (
    limits.tokensPerMinute !== null || limits.inputTokensPerMinute !== null || limits.outputTokensPerMinute !== null
  );
}

/**
 * Takes a call's tokens where no minute then holds more than the limits, and where it delays nobody who waits before it; else says when it
 * would. A call that is larger than a limit goes when nothing else is in the minute. A clock that steps back only makes calls later,
 * one that steps back far makes the past void.
 */
export function takeTokens(from: TokenWindow, request: TokenRequest): { window: TokenWindow; grant: TokenGrant } {
  const { tokens, limits, now, claim = null, priority = NORMAL_PRIORITY } = request;
  const spends = from.spends.filter(({ at }) => at > now - PACING_WINDOW_MS && at <= now + PACING_WINDOW_MS);
  const claims = (from.claims ?? []).filter(({ until }) => until > now && until <= now + 2 * PACING_WINDOW_MS);
  const mine = claims.find(({ ticket }) => ticket === claim);
  const others = claims.filter((other) => other !== mine);
  const before = others.filter((other) =>
    other.priority === priority ? other.ticket < (mine?.ticket ?? Number.POSITIVE_INFINITY) : other.priority > priority,
  );
  const freeAt = Math.max(freeFor(spends, tokens, limits), afterThose(before, spends, request));
  const used = sumOf(spends);
  const ticket = from.lastTicket + 1;
  if (freeAt <= now) {
    const taken = [...spends, { ...tokens, ticket, at: now }];
    return {
      window: { spends: taken, claims: others, lastTicket: ticket },
      grant: { granted: true, ticket, used: sumOf(taken) },
    };
  }
  if (!mine && claims.length >= MOST_CLAIMS) {
    // A place becomes free when the first of those gets its tokens.
    const placeAt = Math.min(...claims.map(({ until }) => until - CLAIM_KEPT_MS));
    const askAt = Math.max(placeAt, now + AFTER_OTHERS_MS);
    return { window: { ...from, spends, claims }, grant: { granted: false, freeAt: askAt, claim: null, used } };
  }
  const place = { ...tokens, ticket: mine?.ticket ?? ticket, priority, until: freeAt + CLAIM_KEPT_MS };
  const line = [...others, place].sort((a, b) => a.ticket - b.ticket);
  const lastTicket = Math.max(from.lastTicket, place.ticket);
  return { window: { spends, claims: line, lastTicket }, grant: { granted: false, freeAt, claim: place.ticket, used } };
}

/** Epoch ms from which on a call delays none of those before it; -Infinity: it does not now. */
function afterThose(before: readonly Claim[], spends: readonly Spend[], { tokens, limits, now }: TokenRequest): number {
  let planned = spends;
  let notBefore = Number.NEGATIVE_INFINITY;
  const mine = { ...tokens, ticket: 0, at: now };
  const inOrder = before.toSorted((a, b) => b.priority - a.priority || a.ticket - b.ticket);
  for (const claim of inOrder) {
    const at = Math.max(now, freeFor(planned, claim, limits));
    if (freeFor([...planned, mine], claim, limits) > at) notBefore = at + AFTER_OTHERS_MS;
    planned = [...planned, { ...claim, at }];
  }
  return notBefore;
}

/** Replaces what a call had taken by what it used, or gives its place in line back; one that has left the window changes nothing. */
export function settleTokens(window: TokenWindow, ticket: number, tokens: CallTokens): TokenWindow {
  const spends = window.spends.map((spend) => (spend.ticket === ticket ? { ...spend, ...tokens } : spend));
  const claims = (window.claims ?? []).filter((claim) => claim.ticket !== ticket);
  return { ...window, spends: spends.filter(({ input, output }) => input + output > 0), claims };
}

/** What a vendor says of one of its limits. Times are epoch ms. */
export interface TokenReport {
  readonly kind: keyof TokenLimits;
  /** Tokens of the limit that are not free. */
  readonly used: number;
  /** Differences up to this are no news. */
  readonly tolerance: number;
  readonly now: number;
}

/** Counts in what others have used of a limit: what the vendor has less than the calls of the last minute explain. */
export function reportTokens(from: TokenWindow, { kind, used, tolerance, now }: TokenReport): TokenWindow {
  const spends = from.spends.filter(({ at }) => at > now - PACING_WINDOW_MS);
  const known = sumOf(spends);
  const output = kind === 'outputTokensPerMinute';
  const ours = output ? known.output : known.input + (kind === 'tokensPerMinute' ? known.output : 0);
  const others = used - ours;
  if (others <= tolerance) return from;
  const ticket = from.lastTicket + 1;
  const spend = { input: output ? 0 : others, output: output ? others : 0, ticket, at: now };
  return { ...from, spends: [...spends, spend], lastTicket: ticket };
}

/** Tokens of the minute before `now` (epoch ms). */
export function tokensUsed({ spends }: TokenWindow, now: number): CallTokens {
  return sumOf(spends.filter(({ at }) => at > now - PACING_WINDOW_MS));
}

/** When all limits hold so many tokens more. */
function freeFor(spends: readonly Spend[], tokens: CallTokens, limits: TokenLimits): number {
  return Math.max(...LIMITS.map((limit) => freeFrom(spends, tokens, limits, limit)));
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
function freeFrom(spends: readonly Spend[], tokens: CallTokens, limits: TokenLimits, limit: Limit): number {
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
