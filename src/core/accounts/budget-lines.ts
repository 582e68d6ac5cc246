import type { AccountConfig, BudgetConfig, ModelPrice } from '../config.ts';
import type { ModelRequest } from '../model.ts';
import type { BudgetLine } from '../ports.ts';
import { microCost, worstInputTokens } from './pricing.ts';

/** A call as budgets see it. */
export interface PricedCall {
  readonly request: ModelRequest;
  readonly account: AccountConfig;
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
 * stands, unless the user allows it or a token budget bounds the run (design, decision 8).
 */
export function budgetNeed(
  { request, account, price, maxOutputTokens, now }: PricedCall,
  budget: BudgetConfig,
): BudgetNeed {
  const input = worstInputTokens(request);
  const { runId } = request.attribution;
  const day = new Date(now).toISOString().slice(0, 10);
  const usdLimits: [string, number | null][] = [
    [`run:${runId}`, request.runBudget.usd],
    [`day:${day}`, budget.perDayUSD],
    [`account-day:${account.name}:${day}`, account.budget.perDayUSD],
    [`account-month:${account.name}:${day.slice(0, 7)}`, account.budget.perMonthUSD],
  ];
  const lines: BudgetLine[] = [];
  if (request.runBudget.tokens !== null) {
    lines.push({ scope: `run-tokens:${runId}`, limit: request.runBudget.tokens, amount: input + maxOutputTokens });
  }
  const limited = usdLimits.filter((entry): entry is [string, number] => entry[1] !== null);
  if (price === null) {
    const bounded = budget.allowUnknownPrices || request.runBudget.tokens !== null || limited.length === 0;
    return bounded ? { known: true, lines } : { known: false };
  }
  const amount = microCost(price, { input, output: maxOutputTokens, cached: 0 });
  // What costs nothing needs no budget, and so no trip to the database.
  if (amount > 0) for (const [scope, usd] of limited) lines.push({ scope, limit: Math.round(usd * 1e6), amount });
  return { known: true, lines };
}

/** Explains a refused reservation with its numbers, in the scope's own unit. */
export function refusalText(refusal: { scope: string; limit: number; used: number }, amount: number): string {
  const tokens = refusal.scope.startsWith('run-tokens:');
  const show = (value: number) => (tokens ? `${value.toLocaleString('en-US')} tokens` : `$${(value / 1e6).toFixed(4)}`);
  const what = budgetName(refusal.scope);
  return `The budget of ${what} (${show(refusal.limit)}) does not hold the call: ${show(refusal.used)} used or reserved, ${show(amount)} needed at worst.`;
}

function budgetName(scope: string): string {
  const [kind, name] = scope.split(':');
  if (kind === 'run' || kind === 'run-tokens') return 'this run';
  if (kind === 'day') return 'the day';
  return `account ${name} for the ${kind === 'account-day' ? 'day' : 'month'}`;
}
