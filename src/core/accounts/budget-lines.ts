import type { AccountConfig, BudgetConfig, ModelPrice, QuotaLimits } from '../config.ts';
import type { ModelRequest } from '../model.ts';
import type { BudgetLine } from '../ports.ts';
import { nextDailyReset } from './cooldown.ts';
import { worstInputTokens, worstMicroCost } from './pricing.ts';
import { tokensFor } from './vendor-tokens.ts';

/** A call as budgets see it. */
export interface PricedCall {
  readonly request: ModelRequest;
  readonly account: AccountConfig;
  /** The limits of its quota group. */
  readonly limits: QuotaLimits;
  readonly price: ModelPrice | null;
  /** Output tokens that may come, including reasoning beyond the request's maxTokens where the vendor adds it on top. */
  readonly maxOutputTokens: number;
  /** Epoch ms; days and months are UTC. */
  readonly now: number;
}

/** What a call must fit: its budget lines, or that its price is unknown while a USD budget stands. */
export type BudgetNeed = { readonly known: true; readonly lines: readonly BudgetLine[] } | { readonly known: false };

/**
 * The worst case of a call against every budget that has a limit. A model without a price is refused where a USD limit
 * stands, unless the user allows it or a token budget bounds the run (design, decision 8). Requests that the vendor counts by the day
 * are a line, too, so that all processes share them.
 */
export function budgetNeed(
  { request, account, limits, price, maxOutputTokens, now }: PricedCall,
  budget: BudgetConfig,
): BudgetNeed {
  const input = tokensFor(account.provider, worstInputTokens(request));
  const { runId, agent } = request.attribution;
  const day = new Date(now).toISOString().slice(0, 10);
  const month = day.slice(0, 7);
  const lines: BudgetLine[] = [];
  if (limits.requestsPerDay !== null) {
    const scope = requestsDayScope(account.quotaGroup, limits, now);
    lines.push({ scope, limit: limits.requestsPerDay, amount: 1 });
  }
  const tokens = input + maxOutputTokens;
  if (request.runBudget.tokens !== null) {
    lines.push({ scope: `run-tokens:${runId}`, limit: request.runBudget.tokens, amount: tokens });
  }
  const share = request.budgetShare ?? { owner: '', usd: null, tokens: null };
  if (share.tokens !== null) {
    lines.push({ scope: `share-tokens:${runId}:${share.owner}`, limit: Math.floor(share.tokens), amount: tokens });
  }
  const { perDayTokens = null, perAgentUSD = null, perMonthUSD = null } = budget;
  if (perDayTokens !== null) {
    lines.push({ scope: `day-tokens:${day}`, limit: perDayTokens, amount: tokens });
  }
  const usdLimits: readonly (readonly [string, number | null])[] = [
    [`run:${runId}`, request.runBudget.usd],
    [`share:${runId}:${share.owner}`, share.usd],
    [`agent:${runId}:${agent}`, perAgentUSD],
    [`day:${day}`, budget.perDayUSD],
    [`month:${month}`, perMonthUSD],
    [`account-day:${account.name}:${day}`, account.budget.perDayUSD],
    [`account-month:${account.name}:${month}`, account.budget.perMonthUSD],
  ];
  const limited = usdLimits.filter((entry): entry is readonly [string, number] => entry[1] !== null);
  if (price === null) {
    const bounded = budget.allowUnknownPrices || request.runBudget.tokens !== null || limited.length === 0;
    return bounded ? { known: true, lines } : { known: false };
  }
  const amount = worstMicroCost(price, { input, output: maxOutputTokens });
  // What costs nothing needs no budget, and so no trip to the database.
  if (amount > 0) for (const [scope, usd] of limited) lines.push({ scope, limit: Math.round(usd * 1e6), amount });
  return { known: true, lines };
}

/** Scope of the requests that a quota group has left in the vendor's day. */
export function requestsDayScope(group: string, { dayResets }: Pick<QuotaLimits, 'dayResets'>, now: number): string {
  return `requests-day:${group}:${quotaDay(now, dayResets)}`;
}

/** What a scope counts. */
export function unitOf(scope: string): 'micro-usd' | 'tokens' | 'requests' {
  if (scope.startsWith('requests-day:')) return 'requests';
  return /^(run|day|share)-tokens:/.test(scope) ? 'tokens' : 'micro-usd';
}

/** Explains a refused reservation with its numbers, in the scope's own unit. */
export function refusalText(refusal: { scope: string; limit: number; used: number }, amount: number): string {
  const unit = unitOf(refusal.scope);
  const show = (value: number) =>
    unit === 'micro-usd' ? `$${(value / 1e6).toFixed(4)}` : `${value.toLocaleString('en-US')} ${unit}`;
  const what = budgetName(refusal.scope);
  return `The budget of ${what} (${show(refusal.limit)}) does not hold the call: ${show(refusal.used)} used or reserved, ${show(amount)} needed at worst.`;
}

function budgetName(scope: string): string {
  const [kind, name, detail] = scope.split(':');
  if (kind === 'run' || kind === 'run-tokens') return 'this run';
  if (kind === 'share' || kind === 'share-tokens') return `the super-agent ${detail} in this run`;
  if (kind === 'agent') return `the agent ${detail} in this run`;
  if (kind === 'day' || kind === 'day-tokens') return 'the day';
  if (kind === 'month') return 'the month';
  if (kind === 'requests-day') return `the quota group ${name} for the day`;
  return `account ${name} for the ${kind === 'account-day' ? 'day' : 'month'}`;
}

/** The day of a vendor's quota that `now` belongs to: the date on which it began. */
function quotaDay(now: number, dayResets: string): string {
  return new Date(nextDailyReset(now, dayResets) - 86_400_000).toISOString().slice(0, 10);
}
