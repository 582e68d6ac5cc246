import type { AttemptRecord, CallOutcome, ModelRequest, ProviderFailure } from '../model.ts';
import type { AccountEntry, Visit } from './account-entry.ts';
import { type Sent, type Stop, sendAttempt, spentBy } from './attempt.ts';
import type { ChangeBell } from './change-bell.ts';
import { holdEnd, MAX_RETRY_AFTER_MS, nextDailyReset, pauseAfter } from './cooldown.ts';
import { allCooling, DAY_IS_USED_UP, type Exhausted, noneLeft } from './exhausted.ts';
import type { GroupGate } from './group-gate.ts';
import { heedLimits } from './heed-limits.ts';
import { concernsModel } from './model-health.ts';
import { type ChosenModel, chooseModel } from './models.ts';
import { otherThan } from './other-than.ts';
import type { Pass } from './pass.ts';
import { gatesToAsk, passAll } from './passes.ts';
import { Patience } from './patience.ts';
import type { PoolDependencies } from './pool-dependencies.ts';
import { type Refusal, reserveCall, type Spent } from './reservation.ts';
import { TokenWaits } from './token-waits.ts';
import type { CallOptions } from './types.ts';
import type { Decision, Waiting, WaitingLine } from './waiting-line.ts';

/** Longest time a call waits while no account takes calls, ms; then it fails honestly. Pacing does not count. */
export const MAX_WAIT_MS = 120_000;
/** Attempts of one call per usable account, those aside that a rate limit turned away. */
const ATTEMPTS_PER_ACCOUNT = 3;
/** All attempts of one call per usable account: a vendor that always says "later" is not asked for ever. */
const ALL_ATTEMPTS_PER_ACCOUNT = 10;
/** First and longest pause before a call looks again for budget that other processes may have freed, ms. */
const BUDGET_POLL_MS = 250;
const MAX_BUDGET_POLL_MS = 5_000;

/** How long a model rests that was refused without advice, ms. */
const MODEL_PAUSE_MS = 5_000;

type BudgetRefusal = Extract<Refusal, { by: 'budget' }>;

/** The pool as a call sees it. */
export interface CallHost {
  readonly deps: PoolDependencies;
  readonly line: WaitingLine<Turn>;
  /** Rings when a call has settled its budget. */
  readonly settled: ChangeBell;
  /** Accounts that could serve the request. */
  entriesFor(request: ModelRequest): readonly AccountEntry[];
  /** The account that should take the call, of those that take calls; null: none can at this moment. */
  choose(request: ModelRequest, ready: readonly AccountEntry[]): AccountEntry | null;
  /** The account has answered the request. */
  served(request: ModelRequest, entry: AccountEntry): void;
  /** A gate of its own for a model that the vendor limits apart. */
  paceModel(entry: AccountEntry, model: string): GroupGate;
  /** Number of the next visit. */
  nextOrder(): number;
  /** Something has changed that others may wait for. */
  changed(): void;
}

/** How a wait for an account ends: with one, with none that the call could still use, or with none in time. */
export type Turn =
  | { readonly entry: AccountEntry; readonly visit: Visit; readonly pass: Pass }
  | 'none-left'
  | 'too-long';

/**
 * One call on its way through the pool: waits for an account, reserves the budget, sends, and on a failure that another
 * attempt may mend tries again, elsewhere where it can.
 */
export class PooledCall {
  readonly #pool: CallHost;
  readonly #request: ModelRequest;
  readonly #options: CallOptions;
  readonly #signal: AbortSignal;
  readonly #attempts: AttemptRecord[] = [];
  /** Accounts that cannot serve this call, whatever it waits for: no model, no budget. */
  readonly #excluded = new Set<AccountEntry>();
  /** Accounts that failed this call, with the time (epoch ms) from which on it may try them again. */
  readonly #pauses = new Map<AccountEntry, number>();
  readonly #tokenWaits = new TokenWaits();
  #countedAttempts = 0;
  readonly #patience: Patience;
  readonly #place: Waiting<Turn>;
  #budgetPollMs = BUDGET_POLL_MS;
  #shown = false;
  #noticed = false;
  #cutText = '';
  #lastFailure: ProviderFailure | null = null;
  #refusal: BudgetRefusal | null = null;
  /** True once the vendor did not know the model asked for, so that the tier's serves instead. */
  #byTier = false;

  constructor(pool: CallHost, request: ModelRequest, options: CallOptions) {
    this.#pool = pool;
    this.#request = request;
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#patience = new Patience(pool.deps.clock, pool.deps.maxWaitMs ?? MAX_WAIT_MS);
    this.#place = {
      ...{ priority: request.priority, run: request.attribution.runId, turn: null },
      decide: () => this.#decide(),
      couldPass: (gate) => this.#usable().some((entry) => entry.gate === gate),
    };
  }

  async run(): Promise<CallOutcome> {
    try {
      return await this.#run();
    } finally {
      await this.#tokenWaits.giveUp();
    }
  }

  async #run(): Promise<CallOutcome> {
    for (;;) {
      this.#signal.throwIfAborted();
      const usable = this.#usable();
      if (this.#countedAttempts >= usable.length * ATTEMPTS_PER_ACCOUNT) return this.#noneLeft();
      if (this.#attempts.length >= usable.length * ALL_ATTEMPTS_PER_ACCOUNT) return this.#tooLong(usable);
      const turn = await this.#nextTurn();
      if (turn === 'none-left') return this.#noneLeft();
      if (turn === 'too-long') {
        if (!this.#mayGoByTier()) return this.#tooLong(this.#usable());
        this.#byTier = true;
        continue;
      }
      const outcome = await this.#visit(turn);
      if (outcome) return outcome;
    }
  }

  /** True when the accounts of the model asked for are all out for long, and others could serve its tier now. */
  #mayGoByTier(): boolean {
    if (this.#byTier || this.#request.model === null) return false;
    const now = this.#pool.deps.clock.now();
    const others = this.#pool.entriesFor({ ...this.#request, model: null });
    return others.some((entry) => !entry.isOut && !this.#excluded.has(entry) && entry.freeAt(now) <= now);
  }

  #currentRequest(): ModelRequest {
    return this.#byTier ? { ...this.#request, model: null } : this.#request;
  }

  #usable(): AccountEntry[] {
    const entries = this.#pool.entriesFor(this.#currentRequest());
    return entries.filter((entry) => !entry.isOut && !this.#excluded.has(entry));
  }

  /** Goes on at once where an account is free, else gives the engine's slot back and stands in line. */
  async #nextTurn(): Promise<Turn> {
    const { line } = this.#pool;
    if (line.isEmpty) {
      const now = this.#decide();
      if ('go' in now) return now.go;
    }
    let turn: Turn | null = null;
    try {
      return await this.#waiting(async () => {
        turn = await line.wait(this.#place, this.#signal);
        return turn;
      });
    } catch (error) {
      // The caller was stopped before it could go on with what it had got.
      giveUp(turn);
      throw error;
    }
  }

  #decide(): Decision<Turn> {
    const now = this.#pool.deps.clock.now();
    const usable = this.#usable();
    if (usable.length === 0) return { go: 'none-left' };
    const gatesOf = (entry: AccountEntry) => entry.gatesFor(this.#modelAt(entry).id);
    const freeAt = (entry: AccountEntry) => this.#freeAt(entry, now);
    const ready = usable.filter((entry) => entry.isReady(now) && freeAt(entry) <= now);
    const longest = this.#patience.endsAt(ready.length > 0);
    const tokensFrom = (entry: AccountEntry) => this.#tokenWaits.freeAt(entry, now);
    const others = otherThan(this.#request.avoid ?? [], ready, usable);
    const fitting = others.filter((entry) => tokensFrom(entry) <= now);
    const entry = this.#pool.choose(this.#currentRequest(), fitting);
    if (entry && gatesOf(entry).every((gate) => gate.canPass)) {
      return { go: { entry, visit: entry.visit(this.#pool.nextOrder()), pass: passAll(gatesOf(entry)) } };
    }
    const later = usable.map(freeAt).filter((time) => time > now);
    const nextAt = Math.min(...later);
    if (ready.length > 0) {
      const soonest = Math.min(nextAt, ...others.map(tokensFrom).filter((time) => time > now));
      return { gates: gatesToAsk(entry ? [entry] : fitting, gatesOf), nextAt: soonest };
    }
    if (longest <= now || (later.length === usable.length && nextAt > longest)) return { go: 'too-long' };
    return { gates: [], nextAt: Math.min(nextAt, longest) };
  }

  /** Epoch ms from which on the account, its model here and their groups may take the call. */
  #freeAt(entry: AccountEntry, now: number): number {
    const { id } = this.#modelAt(entry);
    const heldUntil = entry.gatesFor(id).map((gate) => gate.heldUntil(now));
    const pause = holdEnd(this.#pauses.get(entry) ?? 0, now);
    return Math.max(entry.freeAt(now), entry.models.freeAt(id, now), pause, ...heldUntil);
  }

  /** One attempt at an account; null: try again. */
  async #visit({ entry, visit, pass }: Exclude<Turn, string>): Promise<CallOutcome | null> {
    const request = this.#currentRequest();
    const model = this.#modelAt(entry);
    const stop: Stop = { entry, visit, pass, request, model };
    let result: Sent | Refusal | null;
    try {
      result = await this.#sendWithinBudget(stop);
      if (result && 'answer' in result) return this.#judge(stop, result);
      if (result?.by === 'day') this.#coolDown(stop, DAY_IS_USED_UP);
    } finally {
      visit.end();
      pass.leave();
      this.#pool.changed();
    }
    if (result?.by === 'budget') await this.#afterRefusal(entry, result);
    if (result?.by === 'tokens') this.#tokenWaits.set(entry, result);
    return null;
  }

  #modelAt(entry: AccountEntry): ChosenModel {
    return chooseModel(this.#currentRequest(), entry.account, this.#pool.deps.vendors);
  }

  /** Null when nothing was sent because the account cooled down meanwhile. */
  async #sendWithinBudget(stop: Stop): Promise<Sent | Refusal | null> {
    const { deps, settled } = this.#pool;
    const { entry } = stop;
    const claim = this.#tokenWaits.claimAt(entry);
    const reservation = await reserveCall({ ...stop, account: entry.account, gate: entry.gate, claim }, deps);
    if (!reservation.granted) {
      stop.pass.giveBack();
      return reservation;
    }
    this.#tokenWaits.served(entry);
    let spent: Spent = 'nothing';
    try {
      const sent = await this.#send(stop, () => {
        spent = 'unknown';
      });
      if (sent) spent = spentBy(sent);
      else stop.pass.giveBack();
      return sent;
    } finally {
      await reservation.settle(spent);
      settled.ring();
    }
  }

  async #maySend({ entry, pass }: Stop): Promise<boolean> {
    if (!(await pass.punctual(this.#signal))) return false;
    this.#signal.throwIfAborted();
    const now = this.#pool.deps.clock.now();
    return !entry.isOut && now >= entry.freeAt(now);
  }

  /** Waits where running calls may free enough; else another account may have a budget of its own or a cheaper model. */
  async #afterRefusal(entry: AccountEntry, refusal: BudgetRefusal): Promise<void> {
    if (!refusal.mayFree) {
      this.#excluded.add(entry);
      this.#refusal = refusal;
      return;
    }
    await this.#waiting(() => this.#pool.settled.wait(this.#budgetPollMs, this.#signal));
    this.#budgetPollMs = Math.min(MAX_BUDGET_POLL_MS, this.#budgetPollMs * 2);
  }

  #send(stop: Stop, dispatched: () => void): Promise<Sent | null> {
    return sendAttempt(stop, this.#pool.deps, {
      signal: this.#signal,
      maySend: () => this.#maySend(stop),
      sending: () => {
        dispatched();
        this.#announce(stop);
        if (this.#shown) this.#options.onText?.('', true);
        this.#shown = false;
      },
      ended: (record) => this.#attempts.push(record),
      onLimits: (limits) => heedLimits(stop, limits, this.#pool.deps.clock.now()),
      onText: (text) => {
        if (!this.#shown) {
          // An answer that has begun shows that the account works: whoever waits for a probe may go.
          stop.visit.succeeded();
          this.#pool.changed();
        }
        this.#shown = true;
        this.#options.onText?.(text, false);
      },
    });
  }

  /** What an attempt means for the account and for the call; null: try again. */
  #judge(stop: Stop, { answer }: Sent): CallOutcome | null {
    const { failure } = answer;
    if (!failure) {
      stop.visit.succeeded();
      stop.entry.models.succeeded(stop.model.id);
      this.#pool.served(stop.request, stop.entry);
      const { text, toolCalls, finishReason } = answer;
      const asked = toolCalls.length > 0 ? { toolCalls } : {};
      return { status: 'completed', text, ...asked, finishReason, attempts: this.#attempts };
    }
    this.#lastFailure = failure;
    if (answer.status === 'cut') this.#cutText = answer.text;
    if (failure.cause !== 'rate-limited') this.#countedAttempts++;
    if (failure.cause === 'model-not-found') {
      this.#coolDown(stop, failure);
      if (stop.model.asked) this.#byTier = true;
      else this.#excluded.add(stop.entry);
      return null;
    }
    if (failure.cause === 'too-large') {
      this.#excluded.add(stop.entry);
      return null;
    }
    if (failure.cause === 'invalid-request' || failure.cause === 'refused') {
      return this.#failed({ failure, retryAt: null });
    }
    this.#coolDown(stop, failure);
    return null;
  }

  #coolDown({ entry, visit, pass, model }: Stop, failure: ProviderFailure): void {
    const { clock, random, quotaGroups } = this.#pool.deps;
    const now = clock.now();
    const { quotaGroup, name } = entry.account;
    const dayResetsAt = nextDailyReset(now, quotaGroups[quotaGroup]?.dayResets ?? '00:00Z');
    const [, modelGate] = entry.gatesFor(model.id);
    if (failure.cause === 'rate-limited' && (modelGate || failure.perModel)) {
      const until = now + Math.min(MAX_RETRY_AFTER_MS, failure.retryAfterMs ?? MODEL_PAUSE_MS);
      if (modelGate) pass.refused(until, failure.retryAfterMs);
      else
        this.#pool.paceModel(entry, model.id).turnedAway(now, until, failure.retryAfterMs, entry.gate.sentLastMinute);
      return;
    }
    const health = concernsModel(failure)
      ? entry.models.failed(model.id, failure, { now, random, dayResetsAt })
      : visit.failed(failure, { now, random, dayResetsAt });
    const { until } = health;
    if (health.state === 'ready') this.#pauses.set(entry, now + pauseAfter(this.#countedAttempts, random));
    if (!Number.isFinite(until) || until <= now) return;
    const at = new Date(until).toISOString();
    this.#options.onNote?.({ type: 'cooldown', account: name, cause: failure.cause, until: at });
    if (failure.cause === 'rate-limited') pass.refused(until, failure.retryAfterMs);
  }

  #announce({ entry, model, request }: Stop): void {
    const { name, provider } = entry.account;
    const { onNote } = this.#options;
    if (this.#request.model !== null && !model.asked && !this.#noticed) {
      this.#noticed = true;
      const message = `No account can use the model "${this.#request.model}": "${provider}/${model.id}" (tier ${request.tier}) serves instead.`;
      onNote?.({ type: 'notice', message });
    }
    if (this.#lastFailure) onNote?.({ type: 'retry', account: name, reason: this.#lastFailure.message });
    onNote?.({ type: 'invoke', account: name, model: `${provider}/${model.id}`, maxTokens: request.maxTokens });
  }

  #waiting<T>(work: () => Promise<T>): Promise<T> {
    return this.#options.waiting ? this.#options.waiting(work) : work();
  }

  #tooLong(usable: readonly AccountEntry[]): CallOutcome {
    if (usable.length === 0) return this.#noneLeft();
    const now = this.#pool.deps.clock.now();
    const states = usable.map((entry) => {
      const resting = entry.models.of(this.#modelAt(entry).id);
      const freeAt = this.#freeAt(entry, now);
      const isModel = freeAt > entry.freeAt(now) && resting.cause !== null;
      return { freeAt, cause: isModel ? resting.cause : entry.health.cause };
    });
    return this.#failed(allCooling(states, this.#lastFailure, now));
  }

  #noneLeft(): CallOutcome {
    if (this.#refusal && this.#usable().length === 0) {
      const { scope, reason } = this.#refusal;
      this.#options.onNote?.({ type: 'budget-refused', scope, reason });
      return { status: 'refused', scope, reason, attempts: this.#attempts };
    }
    return this.#failed(noneLeft(this.#pool.entriesFor(this.#currentRequest()), this.#lastFailure));
  }

  /** Text that was cut is better than none, but it is never an answer. */
  #failed({ failure, retryAt }: Exhausted): CallOutcome {
    const attempts = this.#attempts;
    if (this.#cutText !== '') return { status: 'partial', text: this.#cutText, finishReason: null, attempts };
    return { status: 'failed', failure, retryAt, attempts };
  }
}

function giveUp(turn: Turn | null): void {
  if (turn === null || typeof turn === 'string') return;
  turn.visit.end();
  turn.pass.giveBack();
}
