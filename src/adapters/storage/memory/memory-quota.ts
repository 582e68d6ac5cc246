import { type BudgetRow, reserveLines, settleLines } from '../../../core/accounts/budget-ledger.ts';
import { applyLesson, type LessonContext } from '../../../core/accounts/learn-pace.ts';
import { type Pace, paceOf } from '../../../core/accounts/lessons.ts';
import {
  allocateSlots,
  INITIAL_PACE,
  type PaceState,
  type SlotRequest,
  sendsBefore,
} from '../../../core/accounts/pacing.ts';
import type { QuotaPresent } from '../../../core/accounts/quota-store.ts';
import {
  EMPTY_TOKENS,
  reportTokens,
  settleTokens,
  type TokenGrant,
  type TokenWindow,
  takeTokens,
  tokensUsed,
} from '../../../core/accounts/token-window.ts';
import type { BudgetLine, QuotaStore, ReservationOutcome, SlotBlock } from '../../../core/ports.ts';

/** A QuotaStore for one process only. */
export class MemoryQuota implements QuotaStore {
  readonly #paces = new Map<string, PaceState>();
  readonly #tokens = new Map<string, TokenWindow>();
  readonly #reservations = new Map<string, readonly BudgetLine[]>();
  #budgets = new Map<string, BudgetRow>();
  #lastReservation = 0;

  async drawSlots({ key, ...request }: SlotRequest & { readonly key: string }): Promise<SlotBlock> {
    const { state, sendAt, pace } = allocateSlots(this.#paceOf(key), request);
    this.#paces.set(key, state);
    return { sendAt, pace };
  }

  async learn({ key, ...context }: LessonContext & { readonly key: string }): Promise<Pace> {
    const { state, pace } = applyLesson(this.#paceOf(key), context);
    this.#paces.set(key, state);
    return pace;
  }

  async takeTokens({ key, ...request }: Parameters<QuotaStore['takeTokens']>[0]): Promise<TokenGrant> {
    const { window, grant } = takeTokens(this.#tokens.get(key) ?? EMPTY_TOKENS, request);
    this.#tokens.set(key, window);
    return grant;
  }

  async reportTokens({ key, ...report }: Parameters<QuotaStore['reportTokens']>[0]): Promise<void> {
    this.#tokens.set(key, reportTokens(this.#tokens.get(key) ?? EMPTY_TOKENS, report));
  }

  async settleTokens({ key, ticket, tokens }: Parameters<QuotaStore['settleTokens']>[0]): Promise<void> {
    this.#tokens.set(key, settleTokens(this.#tokens.get(key) ?? EMPTY_TOKENS, ticket, tokens));
  }

  async present({ key, limits, now }: Parameters<QuotaStore['present']>[0]): Promise<QuotaPresent> {
    const state = this.#paceOf(key);
    const tokens = tokensUsed(this.#tokens.get(key) ?? EMPTY_TOKENS, now);
    return { pace: paceOf(limits, state.lessons, now), sent: sendsBefore(state, now), tokens };
  }

  async reserve(lines: readonly BudgetLine[]): Promise<ReservationOutcome> {
    const outcome = reserveLines(this.#budgets, lines);
    if (!outcome.granted) return outcome;
    this.#budgets = outcome.rows;
    this.#lastReservation += 1;
    const reservationId = String(this.#lastReservation);
    this.#reservations.set(reservationId, lines);
    return { granted: true, reservationId };
  }

  async settle(reservationId: string, actual: Readonly<Record<string, number>>): Promise<void> {
    const lines = this.#reservations.get(reservationId);
    if (lines === undefined) return;
    this.#budgets = settleLines(this.#budgets, lines, actual);
    this.#reservations.delete(reservationId);
  }

  async usage(scopes: readonly string[]): Promise<Record<string, BudgetRow>> {
    return Object.fromEntries(scopes.map((scope) => [scope, this.#budgets.get(scope) ?? { spent: 0, reserved: 0 }]));
  }

  #paceOf(key: string): PaceState {
    return this.#paces.get(key) ?? INITIAL_PACE;
  }
}
