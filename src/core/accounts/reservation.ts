import type { AccountConfig } from '../config.ts';
import type { ModelRequest, TokenUsage } from '../model.ts';
import type { BudgetLine, ReservationOutcome } from '../ports.ts';
import { budgetNeed, refusalText, unitOf } from './budget-lines.ts';
import type { GroupGate } from './group-gate.ts';
import { type ChosenModel, maxOutputTokens } from './models.ts';
import type { PoolDependencies } from './pool-dependencies.ts';
import { estimateInputTokens } from './pricing.ts';
import type { CallTokens } from './token-window.ts';
import { tokensFor } from './vendor-tokens.ts';

/** A call that budgets and the vendor's limits hold or not. */
export interface ReservedCall {
  readonly request: ModelRequest;
  readonly account: AccountConfig;
  readonly gate: GroupGate;
  readonly model: ChosenModel;
  /** The call's place among those that wait for tokens of the gate; null: none. */
  readonly claim: number | null;
}

/** What became of a reserved call: not sent, used so much, or sent with an unknown end. */
export type Spent = 'nothing' | 'unknown' | { readonly micro: number | null; readonly tokens: TokenUsage };

/** Budget held for a call at its worst case. */
export interface Reservation {
  readonly granted: true;
  /** Replaces the worst case by what was used; what is unknown stays charged. */
  settle(spent: Spent): Promise<void>;
}

/** Why a call is not sent now. */
export type Refusal =
  | {
      readonly granted: false;
      readonly by: 'budget';
      /** True: running calls hold some of it and may free enough. */
      readonly mayFree: boolean;
      readonly scope: string;
      readonly reason: string;
    }
  /** The tokens of the minute are used up until then (epoch ms). */
  | {
      readonly granted: false;
      readonly by: 'tokens';
      readonly freeAt: number;
      readonly tokens: CallTokens;
      /** With it the call keeps its place in line. */
      readonly claim: number | null;
      /** Settled calls of the gate when it was asked. */
      readonly settledBefore: number;
    }
  /** The requests of the day are used up. */
  | { readonly granted: false; readonly by: 'day' };

/**
 * Reserves the worst case of a call in every budget that has a limit, all or none (design, decision 8), and its tokens in the minute
 * of its quota group.
 */
export async function reserveCall(call: ReservedCall, deps: PoolDependencies): Promise<Reservation | Refusal> {
  const { request, gate, account, claim } = call;
  const budget = await reserveBudget(call, deps);
  if (!budget.granted) return budget;
  const output = maxOutputTokens(request.maxTokens, account, deps.vendors);
  const tokens = { input: tokensFor(account.provider, estimateInputTokens(request)), output };
  const settledBefore = gate.tokens.settled;
  const grant = await gate.tokens.take(tokens, { claim, priority: request.priority });
  if (grant === null) return budget;
  if (!grant.granted) {
    await budget.settle('nothing');
    return { granted: false, by: 'tokens', freeAt: grant.freeAt, tokens, claim: grant.claim, settledBefore };
  }
  const settle = async (spent: Spent) => {
    await budget.settle(spent);
    if (spent === 'unknown') return;
    await gate.tokens.settle(grant.ticket, tokens, spent === 'nothing' ? { input: 0, output: 0 } : spent.tokens);
  };
  return { granted: true, settle };
}

async function reserveBudget(call: ReservedCall, deps: PoolDependencies): Promise<Reservation | Refusal> {
  const { request, account, gate, model } = call;
  const name = `${account.provider}/${model.id}`;
  const price = deps.prices.price(name);
  const output = maxOutputTokens(request.maxTokens, account, deps.vendors);
  const now = deps.clock.now();
  const { limits } = gate;
  const need = budgetNeed({ request, account, limits, price, maxOutputTokens: output, now }, deps.budget);
  if (!need.known) {
    const reason = `The price of ${name} is unknown, so no budget in USD can hold it. Set its price, allow unknown prices, or set a budget in tokens.`;
    return { granted: false, by: 'budget', mayFree: false, scope: 'price', reason };
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
  const unit = unitOf(scope);
  if (spent === 'unknown' || unit === 'requests') return null;
  return unit === 'tokens' ? spent.tokens.input + spent.tokens.output : spent.micro;
}

function refusalOf(outcome: Extract<ReservationOutcome, { granted: false }>, lines: readonly BudgetLine[]): Refusal {
  const amount = lines.find((line) => line.scope === outcome.scope)?.amount ?? 0;
  const { scope, mayFree } = outcome;
  // Running requests give back none of the day's.
  if (unitOf(scope) === 'requests') return { granted: false, by: 'day' };
  return { granted: false, by: 'budget', mayFree, scope, reason: refusalText(outcome, amount) };
}
