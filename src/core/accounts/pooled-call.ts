import { isEnsembleError } from '../errors.ts';
import type { AttemptRecord, CallOutcome, ModelRequest, ProviderCall, ProviderFailure } from '../model.ts';
import type { ModelProvider, UsageRecord } from '../ports.ts';
import type { AccountEntry } from './account-entry.ts';
import { type BudgetNeed, budgetNeed, refusalText } from './budget-lines.ts';
import type { ChangeBell } from './change-bell.ts';
import { nextDailyReset } from './cooldown.ts';
import { type ChosenModel, chooseModel, maxOutputTokens } from './models.ts';
import type { PoolDependencies } from './pool-dependencies.ts';
import { microCost } from './pricing.ts';
import { type StreamedAnswer, streamAttempt } from './stream-attempt.ts';
import type { CallOptions } from './types.ts';

/** Longest time a call waits for accounts to become free, ms; then it fails honestly. */
export const MAX_WAIT_MS = 120_000;
/** Attempts of one call per usable account, rate-limited ones aside (those are bounded by the waiting time). */
const ATTEMPTS_PER_ACCOUNT = 3;
/** How often a call that waits for budget looks for what other processes have settled, ms. */
const BUDGET_POLL_MS = 500;

/** The pool as a call sees it. */
export interface CallHost {
  readonly deps: PoolDependencies;
  readonly bell: ChangeBell;
  /** Accounts that could serve the request. */
  entriesFor(request: ModelRequest): readonly AccountEntry[];
  /** One that is ready now, by the balancing strategy; null when none is. */
  pick(request: ModelRequest, entries: readonly AccountEntry[]): AccountEntry | null;
}

type Sent = { readonly answer: StreamedAnswer; readonly record: AttemptRecord };
type Refused = Extract<CallOutcome, { status: 'refused' }>;

/** A reservation, or null where the call needs none. */
interface Reservation {
  readonly id: string | null;
  readonly scopes: readonly string[];
}

/**
 * One call on its way through the pool: picks an account, reserves the budget, waits for its turn, sends, and on a failure
 * that another attempt may mend tries again, elsewhere where it can.
 */
export class PooledCall {
  readonly #pool: CallHost;
  readonly #request: ModelRequest;
  readonly #options: CallOptions;
  readonly #signal: AbortSignal;
  readonly #attempts: AttemptRecord[] = [];
  #countedAttempts = 0;
  #waitedMs = 0;
  #shown = false;
  #last: StreamedAnswer | null = null;
  #lastFailure: ProviderFailure | null = null;
  /** True once the vendor did not know the model asked for, so that the tier's serves instead. */
  #byTier = false;

  constructor(pool: CallHost, request: ModelRequest, options: CallOptions) {
    this.#pool = pool;
    this.#request = request;
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  async run(): Promise<CallOutcome> {
    for (;;) {
      this.#signal.throwIfAborted();
      const request = this.#byTier ? { ...this.#request, model: null } : this.#request;
      const entries = this.#pool.entriesFor(request);
      const usable = entries.filter((entry) => !entry.isOut);
      if (usable.length === 0 || this.#countedAttempts >= usable.length * ATTEMPTS_PER_ACCOUNT)
        return this.#giveUp(null);
      const entry = this.#pool.pick(request, usable);
      if (!entry) {
        const freeAt = Math.min(...usable.map((one) => one.health.until));
        if (!(await this.#waitUntil(freeAt))) return this.#giveUp(freeAt);
        continue;
      }
      const outcome = await this.#tryAt(entry, request);
      if (outcome) return outcome;
    }
  }

  /** One attempt at an account; null: try again. */
  async #tryAt(entry: AccountEntry, request: ModelRequest): Promise<CallOutcome | null> {
    const model = chooseModel(request, entry.account, this.#pool.deps.vendors);
    // Counted from here on, so that strategies and half-open probes see calls that still wait for their turn.
    entry.inFlight++;
    try {
      const reservation = await this.#reserve(entry, request, model);
      if ('status' in reservation) return reservation;
      let sent: Sent | null = null;
      try {
        sent = await this.#sendInTurn(entry, request, model);
      } finally {
        await this.#settle(reservation, sent);
      }
      return sent ? this.#judge(entry, model, sent) : null;
    } finally {
      entry.inFlight--;
      this.#pool.bell.ring();
    }
  }

  /** Waits at the group's door, then sends; null when the account cooled down meanwhile. */
  async #sendInTurn(entry: AccountEntry, request: ModelRequest, model: ChosenModel): Promise<Sent | null> {
    const enter = () => entry.gate.enter(request.priority, this.#signal);
    const leave = entry.gate.unlimited ? await enter() : await this.#waiting(enter);
    try {
      if (this.#pool.deps.clock.now() < entry.health.until || entry.isOut) return null;
      return await this.#send(entry, request, model);
    } finally {
      leave();
    }
  }

  async #send(entry: AccountEntry, request: ModelRequest, model: ChosenModel): Promise<Sent> {
    const { clock, providerFor, outbound } = this.#pool.deps;
    const began = clock.monotonic();
    const { account } = entry;
    let answer: StreamedAnswer;
    try {
      const provider = await providerFor(account);
      const call = outbound(this.#providerCall(request, model), account, provider.capabilities);
      this.#announce(entry, model);
      answer = await this.#stream(provider, call);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!isEnsembleError(error) || error.code === 'approval-refused') throw error;
      answer = notSent({
        cause: 'auth',
        status: null,
        message: error.message,
        retryAfterMs: null,
        possiblyBilled: false,
      });
    }
    const record = this.#recordOf(entry, model, answer, clock.monotonic() - began);
    this.#attempts.push(record);
    await this.#writeLedger(record, answer);
    return { answer, record };
  }

  #stream(provider: ModelProvider, call: ProviderCall): Promise<StreamedAnswer> {
    if (this.#shown) {
      this.#options.onText?.('', true);
      this.#shown = false;
    }
    const onText = (text: string) => {
      this.#shown = true;
      this.#options.onText?.(text, false);
    };
    return streamAttempt(provider, call, { signal: this.#signal, clock: this.#pool.deps.clock, onText });
  }

  /** What an attempt means for the account and for the call; null: try again. */
  #judge(entry: AccountEntry, model: ChosenModel, { answer }: Sent): CallOutcome | null {
    const { failure } = answer;
    if (!failure) {
      entry.succeeded();
      return { status: 'completed', text: answer.text, finishReason: answer.finishReason, attempts: this.#attempts };
    }
    this.#lastFailure = failure;
    if (answer.status === 'cut') this.#last = answer;
    if (failure.cause !== 'rate-limited') this.#countedAttempts++;
    if (failure.cause === 'model-not-found' && model.asked) {
      this.#byTier = true;
      return null;
    }
    if (failure.cause === 'invalid-request' || failure.cause === 'refused') return this.#giveUp(null);
    this.#coolDown(entry, failure);
    return null;
  }

  #coolDown(entry: AccountEntry, failure: ProviderFailure): void {
    const { clock, random, quota, quotaGroups, logger } = this.#pool.deps;
    const now = clock.now();
    const { quotaGroup, name } = entry.account;
    const dayResetsAt = nextDailyReset(now, quotaGroups[quotaGroup]?.dayResets ?? '00:00Z');
    entry.failed(failure, { now, random, dayResetsAt });
    const { until } = entry.health;
    if (!Number.isFinite(until) || until <= now) return;
    this.#options.onNote?.({
      type: 'cooldown',
      account: name,
      cause: failure.cause,
      until: new Date(until).toISOString(),
    });
    if (failure.cause !== 'rate-limited') return;
    // Other windows share the quota, so they should wait too; a database that cannot be reached must not stop this call.
    quota
      .holdUntil(quotaGroup, until)
      .catch((error: unknown) =>
        logger.warn('A rate limit could not be shared', { account: name, error: String(error) }),
      );
  }

  async #reserve(entry: AccountEntry, request: ModelRequest, model: ChosenModel): Promise<Reservation | Refused> {
    const { clock, prices, budget, vendors, quota } = this.#pool.deps;
    const { account } = entry;
    const name = `${account.provider}/${model.id}`;
    const output = maxOutputTokens(request.maxTokens, account, vendors);
    const need: BudgetNeed = budgetNeed(
      { request, account, price: prices.price(name), maxOutputTokens: output, now: clock.now() },
      budget,
    );
    if (!need.known) {
      return this.#refused(
        'price',
        `The price of ${name} is unknown, so no budget in USD can hold it. Set its price, allow unknown prices, or set a budget in tokens.`,
      );
    }
    const { lines } = need;
    if (lines.length === 0) return { id: null, scopes: [] };
    for (;;) {
      const outcome = await quota.reserve(lines);
      if (outcome.granted) return { id: outcome.reservationId, scopes: lines.map((line) => line.scope) };
      const amount = lines.find((line) => line.scope === outcome.scope)?.amount ?? 0;
      if (!outcome.mayFree) return this.#refused(outcome.scope, refusalText(outcome, amount));
      await this.#waiting(() => this.#pool.bell.wait(BUDGET_POLL_MS, this.#signal));
    }
  }

  /** Replaces the worst case by what was used; an attempt that may have been billed without saying so stays charged. */
  async #settle(reservation: Reservation, sent: Sent | null): Promise<void> {
    if (reservation.id === null) return;
    const { quota } = this.#pool.deps;
    const aborted = sent === null && this.#signal.aborted;
    const unsure =
      aborted || (sent !== null && sent.answer.failure?.possiblyBilled === true && sent.record.tokens.estimated);
    if (unsure || (sent && sent.record.costUSD === null)) return quota.settle(reservation.id, {});
    const micro = Math.round((sent?.record.costUSD ?? 0) * 1e6);
    const tokens = sent ? sent.record.tokens.input + sent.record.tokens.output : 0;
    const actual = reservation.scopes.map((scope) => [scope, scope.startsWith('run-tokens:') ? tokens : micro]);
    await quota.settle(reservation.id, Object.fromEntries(actual));
  }

  #announce(entry: AccountEntry, model: ChosenModel): void {
    const { name, provider } = entry.account;
    const { onNote } = this.#options;
    if (this.#lastFailure) onNote?.({ type: 'retry', account: name, reason: this.#lastFailure.message });
    onNote?.({ type: 'invoke', account: name, model: `${provider}/${model.id}`, maxTokens: this.#request.maxTokens });
  }

  #providerCall(request: ModelRequest, model: ChosenModel): ProviderCall {
    const { messages, maxTokens, temperature, responseSchema, attribution } = request;
    const cacheKey = `${attribution.runId}:${attribution.agent}`;
    return { model: model.id, messages, maxTokens, temperature, responseSchema, cacheKey };
  }

  #recordOf(entry: AccountEntry, asked: ChosenModel, answer: StreamedAnswer, latencyMs: number): AttemptRecord {
    const { provider, name } = entry.account;
    const { prices, clock } = this.#pool.deps;
    const model = `${provider}/${answer.model ?? asked.id}`;
    const price = prices.price(model) ?? prices.price(`${provider}/${asked.id}`);
    const used = answer.usage.input + answer.usage.output > 0;
    const micro = price ? microCost(price, answer.usage) : used ? null : 0;
    if (micro !== null) entry.spend(micro, clock.now());
    return {
      account: name,
      model,
      outcome: answer.failure?.cause ?? 'completed',
      tokens: answer.usage,
      costUSD: micro === null ? null : micro / 1e6,
      latencyMs: Math.round(latencyMs),
    };
  }

  async #writeLedger(record: AttemptRecord, answer: StreamedAnswer): Promise<void> {
    const { runId, instanceId, agent } = this.#request.attribution;
    const at = new Date(this.#pool.deps.clock.now()).toISOString();
    const possiblyBilled = answer.failure?.possiblyBilled ?? false;
    const row: UsageRecord = { ...record, runId, instanceId, agent, possiblyBilled, at };
    await this.#pool.deps.record(row);
  }

  /** Waits until an account may be free; false when that takes longer than a call may wait. */
  async #waitUntil(freeAt: number): Promise<boolean> {
    const { clock } = this.#pool.deps;
    // Nobody cools, so somebody probes: its end rings the bell.
    const wait = Math.max(0, freeAt - clock.now()) || BUDGET_POLL_MS;
    if (this.#waitedMs + wait > MAX_WAIT_MS) return false;
    const began = clock.monotonic();
    await this.#waiting(() => this.#pool.bell.wait(wait, this.#signal));
    this.#waitedMs += clock.monotonic() - began;
    return true;
  }

  #waiting<T>(work: () => Promise<T>): Promise<T> {
    return this.#options.waiting ? this.#options.waiting(work) : work();
  }

  #refused(scope: string, reason: string): Refused {
    this.#options.onNote?.({ type: 'budget-refused', scope, reason });
    return { status: 'refused', scope, reason, attempts: this.#attempts };
  }

  #giveUp(freeAt: number | null): CallOutcome {
    const attempts = this.#attempts;
    if (freeAt !== null) {
      const message = `All accounts are currently rate-limited. The first is expected to be free at ${new Date(freeAt).toISOString()}.`;
      const failure: ProviderFailure = {
        cause: 'rate-limited',
        status: null,
        message,
        retryAfterMs: null,
        possiblyBilled: false,
      };
      return {
        status: 'failed',
        failure: this.#lastFailure && this.#lastFailure.cause !== 'rate-limited' ? this.#lastFailure : failure,
        retryAt: freeAt,
        attempts,
      };
    }
    if (this.#last && this.#last.text !== '')
      return { status: 'partial', text: this.#last.text, finishReason: null, attempts };
    return { status: 'failed', failure: this.#lastFailure ?? NO_ACCOUNT, retryAt: null, attempts };
  }
}

const NO_ACCOUNT: ProviderFailure = {
  cause: 'auth',
  status: null,
  message: 'No account can be used: each is disabled, out of credits, or its key was refused.',
  retryAfterMs: null,
  possiblyBilled: false,
};

function notSent(failure: ProviderFailure): StreamedAnswer {
  const usage = { input: 0, output: 0, cached: 0, reasoning: 0, estimated: false };
  return { status: 'failed', text: '', finishReason: null, model: null, usage, limits: null, failure };
}
