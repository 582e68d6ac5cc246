import type { AccountConfig } from '../config.ts';
import type { ModelRequest, TokenUsage } from '../model.ts';
import type { BudgetLine, ReservationOutcome } from '../ports.ts';
import { budgetNeed, refusalText } from './budget-lines.ts';
import { type ChosenModel, maxOutputTokens } from './models.ts';
import type { PoolDependencies } from './pool-dependencies.ts';

/** A call that budgets hold or not. */
export interface ReservedCall {
  readonly request: ModelRequest;
  readonly account: AccountConfig;
  readonly model: ChosenModel;
}

/** What became of a reserved call: not sent, used so much, or sent with an unknown end. */
export type Spent = 'nothing' | 'unknown' | { readonly micro: number | null; readonly tokens: TokenUsage };

/** Budget held for a call at its worst case. */
export interface Reservation {
  readonly granted: true;
  /** Replaces the worst case by what was used; what is unknown stays charged. */
  settle(spent: Spent): Promise<void>;
}

/** No budget for a call. */
export interface Refusal {
  readonly granted: false;
  /** True: running calls hold some of it and may free enough. */
  readonly mayFree: boolean;
  readonly scope: string;
  readonly reason: string;
}

/** Reserves the worst case of a call in every budget that has a limit, all or none (design, decision 8). */
export async function reserveCall(call: ReservedCall, deps: PoolDependencies): Promise<Reservation | Refusal> {
  const { request, account, model } = call;
  const name = `${account.provider}/${model.id}`;
  const price = deps.prices.price(name);
  const output = maxOutputTokens(request.maxTokens, account, deps.vendors);
  const need = budgetNeed({ request, account, price, maxOutputTokens: output, now: deps.clock.now() }, deps.budget);
  if (!need.known) {
    const reason = `The price of ${name} is unknown, so no budget in USD can hold it. Set its price, allow unknown prices, or set a budget in tokens.`;
    return { granted: false, mayFree: false, scope: 'price', reason };
  }
  if (need.lines.length === 0) return { granted: true, settle: () => Promise.resolve() };
  const outcome = await deps.quota.reserve(need.lines);
  return outcome.granted ? reservationOf(outcome.reservationId, need.lines, deps) : refusalOf(outcome, need.lines);
}

function reservationOf(id: string, lines: readonly BudgetLine[], { quota }: PoolDependencies): Reservation {
  return {
    granted: true,
    settle: (spent) => {
      const actual: Record<string, number> = {};
      for (const { scope } of lines) {
        const amount = amountOf(scope, spent);
        if (amount !== null) actual[scope] = amount;
      }
      return quota.settle(id, actual);
    },
  };
}

/** Null: unknown, so that the reserved amount stays. */
function amountOf(scope: string, spent: Spent): number | null {
  if (spent === 'nothing') return 0;
  if (spent === 'unknown') return null;
  return scope.startsWith('run-tokens:') ? spent.tokens.input + spent.tokens.output : spent.micro;
}

function refusalOf(outcome: Extract<ReservationOutcome, { granted: false }>, lines: readonly BudgetLine[]): Refusal {
  const amount = lines.find((line) => line.scope === outcome.scope)?.amount ?? 0;
  const { scope, mayFree } = outcome;
  return { granted: false, mayFree, scope, reason: refusalText(outcome, amount) };
}
