import { isEnsembleError } from '../errors.ts';
import type { AttemptRecord, CallOutcome, ModelRequest, ProviderCall, ProviderFailure } from '../model.ts';
import type { ModelProvider } from '../ports.ts';
import type { AccountEntry, Visit } from './account-entry.ts';
import type { ChangeBell } from './change-bell.ts';
import { MAX_RETRY_AFTER_MS, nextDailyReset } from './cooldown.ts';
import { allCooling, type Exhausted, noneLeft } from './exhausted.ts';
import type { Pass } from './group-gate.ts';
import { type ChosenModel, chooseModel } from './models.ts';
import type { PoolDependencies } from './pool-dependencies.ts';
import { microCost } from './pricing.ts';
import { type Refusal, reserveCall, type Spent } from './reservation.ts';
import { type StreamedAnswer, streamAttempt } from './stream-attempt.ts';
import type { CallOptions } from './types.ts';

/** Longest time a call waits for accounts to become free, ms; then it fails honestly. Waiting in a queue does not count. */
export const MAX_WAIT_MS = 120_000;
/** Attempts of one call per usable account, those aside that a rate limit turned away. */
const ATTEMPTS_PER_ACCOUNT = 3;
/** All attempts of one call per usable account: a vendor that always says "later" is not asked for ever. */
const ALL_ATTEMPTS_PER_ACCOUNT = 10;
/** How often a call looks whether another one's probe has succeeded, ms; mostly the bell is faster. */
const PROBE_POLL_MS = 500;

/** The pool as a call sees it. */
export interface CallHost {
  readonly deps: PoolDependencies;
  readonly bell: ChangeBell;
  /** Accounts that could serve the request. */
  entriesFor(request: ModelRequest): readonly AccountEntry[];
  /** One that is ready now, by the balancing strategy; null when none is. */
  pick(request: ModelRequest, entries: readonly AccountEntry[]): { entry: AccountEntry; visit: Visit } | null;
}

/** An account while it serves the call. */
interface Stop {
  readonly entry: AccountEntry;
  readonly visit: Visit;
  readonly request: ModelRequest;
  readonly model: ChosenModel;
}

interface Sent {
  readonly answer: StreamedAnswer;
  readonly record: AttemptRecord;
  readonly micro: number | null;
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
  /** Accounts that cannot serve this call, whatever it waits for: no model, no budget. */
  readonly #excluded = new Set<AccountEntry>();
  /** Accounts whose turn was so far off that the call went on, while others may serve it sooner. */
  readonly #passedBy = new Set<AccountEntry>();
  #countedAttempts = 0;
  #waitedMs = 0;
  #shown = false;
  #noticed = false;
  #cutText = '';
  #lastFailure: ProviderFailure | null = null;
  #refusal: Refusal | null = null;
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
      const usable = this.#usable();
      if (usable.length === 0) return this.#refusal ? this.#refused(this.#refusal) : this.#giveUp(this.#noneLeft());
      if (this.#countedAttempts >= usable.length * ATTEMPTS_PER_ACCOUNT) return this.#giveUp(this.#noneLeft());
      const tooMany = this.#attempts.length >= usable.length * ALL_ATTEMPTS_PER_ACCOUNT;
      const picked = tooMany ? null : this.#pick(usable);
      if (picked) {
        const outcome = await this.#visit(picked);
        if (outcome) return outcome;
      } else if (tooMany || !(await this.#waitForAccount())) {
        return this.#giveUp(allCooling(usable, this.#lastFailure, this.#pool.deps.clock.now()));
      }
    }
  }

  #pick(usable: readonly AccountEntry[]): ReturnType<CallHost['pick']> {
    const request = this.#currentRequest();
    const sooner = usable.filter((entry) => !this.#passedBy.has(entry));
    return this.#pool.pick(request, sooner) ?? this.#pool.pick(request, usable);
  }

  #currentRequest(): ModelRequest {
    return this.#byTier ? { ...this.#request, model: null } : this.#request;
  }

  #usable(): AccountEntry[] {
    const entries = this.#pool.entriesFor(this.#currentRequest());
    return entries.filter((entry) => !entry.isOut && !this.#excluded.has(entry));
  }

  #noneLeft(): Exhausted {
    return noneLeft(this.#pool.entriesFor(this.#currentRequest()), this.#lastFailure);
  }

  /** One attempt at an account; null: try again. */
  async #visit({ entry, visit }: { entry: AccountEntry; visit: Visit }): Promise<CallOutcome | null> {
    const request = this.#currentRequest();
    const model = chooseModel(request, entry.account, this.#pool.deps.vendors);
    const stop: Stop = { entry, visit, request, model };
    try {
      const sent = await this.#sendWithinBudget(stop);
      return sent ? this.#judge(stop, sent) : null;
    } finally {
      visit.end();
      this.#pool.bell.ring();
    }
  }

  /** Null when nothing was sent: no budget here, or the account cooled down meanwhile. */
  async #sendWithinBudget(stop: Stop): Promise<Sent | null> {
    const { deps, bell } = this.#pool;
    const reservation = await reserveCall({ ...stop, account: stop.entry.account }, deps, {
      bell,
      signal: this.#signal,
      waiting: (work) => this.#waiting(work),
    });
    if (!reservation.granted) {
      // Another account may have a budget of its own left, or a cheaper model.
      this.#excluded.add(stop.entry);
      this.#refusal = reservation;
      return null;
    }
    let spent: Spent = 'nothing';
    try {
      const sent = await this.#sendInTurn(stop, () => {
        spent = 'unknown';
      });
      if (sent) spent = spentBy(sent);
      return sent;
    } finally {
      await reservation.settle(spent);
    }
  }

  /** Waits at the group's door, then sends. */
  async #sendInTurn(stop: Stop, dispatched: () => void): Promise<Sent | null> {
    const { gate } = stop.entry;
    const elsewhere = () => {
      const now = this.#pool.deps.clock.now();
      const others = this.#usable().filter((other) => other !== stop.entry && !this.#passedBy.has(other));
      return others.some((other) => other.isReady(now));
    };
    const enter = () => gate.enter(stop.request.priority, this.#signal, elsewhere);
    const pass = await (gate.unlimited ? enter() : this.#waiting(enter));
    if (!pass) {
      this.#passedBy.add(stop.entry);
      return null;
    }
    this.#passedBy.clear();
    try {
      return (await this.#mayStillSend(stop.entry, pass)) ? await this.#send(stop, dispatched) : null;
    } finally {
      pass.leave();
    }
  }

  async #mayStillSend(entry: AccountEntry, pass: Pass): Promise<boolean> {
    if (!(await pass.punctual(this.#signal))) return false;
    const now = this.#pool.deps.clock.now();
    return !entry.isOut && now >= entry.freeAt(now);
  }

  async #send(stop: Stop, dispatched: () => void): Promise<Sent> {
    const { clock, providerFor, outbound } = this.#pool.deps;
    const began = clock.monotonic();
    const { account } = stop.entry;
    stop.visit.sent();
    let answer: StreamedAnswer;
    try {
      const provider = await providerFor(account);
      const call = outbound(providerCall(stop), account, provider.capabilities);
      this.#announce(stop);
      dispatched();
      answer = await this.#stream(provider, call, stop.visit);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!isEnsembleError(error) || error.code === 'approval-refused') throw error;
      answer = notSent(error.message);
    }
    const sent = this.#record(stop, answer, clock.monotonic() - began);
    this.#attempts.push(sent.record);
    await this.#writeLedger(sent);
    return sent;
  }

  #stream(provider: ModelProvider, call: ProviderCall, visit: Visit): Promise<StreamedAnswer> {
    if (this.#shown) {
      this.#options.onText?.('', true);
      this.#shown = false;
    }
    const onText = (text: string) => {
      if (!this.#shown) {
        // An answer that has begun shows that the account works: whoever waits for a probe may go.
        visit.succeeded();
        this.#pool.bell.ring();
      }
      this.#shown = true;
      this.#options.onText?.(text, false);
    };
    return streamAttempt(provider, call, { signal: this.#signal, clock: this.#pool.deps.clock, onText });
  }

  /** What an attempt means for the account and for the call; null: try again. */
  #judge(stop: Stop, { answer }: Sent): CallOutcome | null {
    const { failure } = answer;
    this.#heedLimits(stop.entry, answer);
    if (!failure) {
      stop.visit.succeeded();
      return { status: 'completed', text: answer.text, finishReason: answer.finishReason, attempts: this.#attempts };
    }
    this.#lastFailure = failure;
    if (answer.status === 'cut') this.#cutText = answer.text;
    if (failure.cause !== 'rate-limited') this.#countedAttempts++;
    if (failure.cause === 'model-not-found') {
      if (stop.model.asked) this.#byTier = true;
      else this.#excluded.add(stop.entry);
      return null;
    }
    if (failure.cause === 'invalid-request' || failure.cause === 'refused') {
      return this.#giveUp({ failure, retryAt: null });
    }
    this.#coolDown(stop, failure);
    return null;
  }

  /** A vendor that says its limit is used up need not refuse the next call: it waits until one request is free again. */
  #heedLimits({ gate }: AccountEntry, { limits }: StreamedAnswer): void {
    const requests = limits?.requests;
    if (requests?.remaining !== 0 || requests.resetMs === null) return;
    const freeInMs = requests.resetMs / Math.max(1, requests.limit ?? 1);
    gate.hold(this.#pool.deps.clock.now() + Math.min(MAX_RETRY_AFTER_MS, freeInMs));
  }

  #coolDown({ entry, visit }: Stop, failure: ProviderFailure): void {
    const { clock, random, quota, quotaGroups, logger } = this.#pool.deps;
    const now = clock.now();
    const { quotaGroup, name } = entry.account;
    const dayResetsAt = nextDailyReset(now, quotaGroups[quotaGroup]?.dayResets ?? '00:00Z');
    visit.failed(failure, { now, random, dayResetsAt });
    const { until } = entry.health;
    if (!Number.isFinite(until) || until <= now) return;
    const at = new Date(until).toISOString();
    this.#options.onNote?.({ type: 'cooldown', account: name, cause: failure.cause, until: at });
    if (failure.cause !== 'rate-limited') return;
    entry.gate.hold(until);
    // Other windows share the quota, so they should wait too; a database that cannot be reached must not stop this call.
    quota
      .holdUntil(quotaGroup, until)
      .catch((error: unknown) =>
        logger.warn('A rate limit could not be shared', { account: name, error: String(error) }),
      );
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

  #record({ entry, model: asked }: Stop, answer: StreamedAnswer, latencyMs: number): Sent {
    const { provider, name } = entry.account;
    const { prices, clock } = this.#pool.deps;
    const model = `${provider}/${answer.model ?? asked.id}`;
    const price = prices.price(model) ?? prices.price(`${provider}/${asked.id}`);
    const { usage, failure } = answer;
    const micro = price ? microCost(price, usage) : usage.input + usage.output > 0 ? null : 0;
    if (micro !== null) entry.spend(micro, clock.now());
    const record: AttemptRecord = {
      account: name,
      model,
      outcome: failure?.cause ?? 'completed',
      tokens: usage,
      costUSD: micro === null ? null : micro / 1e6,
      latencyMs: Math.round(latencyMs),
    };
    return { answer, record, micro };
  }

  async #writeLedger({ record, answer }: Sent): Promise<void> {
    const { runId, instanceId, agent } = this.#request.attribution;
    const at = new Date(this.#pool.deps.clock.now()).toISOString();
    const possiblyBilled = answer.failure?.possiblyBilled ?? false;
    await this.#pool.deps.record({ ...record, runId, instanceId, agent, possiblyBilled, at });
  }

  /** Waits until an account is ready or the choice has changed; false when that would take longer than a call may wait. */
  #waitForAccount(): Promise<boolean> {
    const { clock, maxWaitMs = MAX_WAIT_MS } = this.#pool.deps;
    return this.#waiting(async () => {
      for (;;) {
        const now = clock.now();
        const usable = this.#usable();
        if (usable.length === 0 || usable.some((entry) => entry.isReady(now))) return true;
        const freeAt = Math.min(...usable.map((entry) => entry.freeAt(now)));
        // Where nobody cools, somebody probes, and its outcome rings the bell.
        const wait = freeAt > now ? freeAt - now : PROBE_POLL_MS;
        if (this.#waitedMs + wait > maxWaitMs) return false;
        const began = clock.monotonic();
        await this.#pool.bell.wait(wait, this.#signal);
        this.#waitedMs += clock.monotonic() - began;
      }
    });
  }

  #waiting<T>(work: () => Promise<T>): Promise<T> {
    return this.#options.waiting ? this.#options.waiting(work) : work();
  }

  #refused({ scope, reason }: Refusal): CallOutcome {
    this.#options.onNote?.({ type: 'budget-refused', scope, reason });
    return { status: 'refused', scope, reason, attempts: this.#attempts };
  }

  /** Text that was cut is better than none, but it is never an answer. */
  #giveUp({ failure, retryAt }: Exhausted): CallOutcome {
    const attempts = this.#attempts;
    if (this.#cutText !== '') return { status: 'partial', text: this.#cutText, finishReason: null, attempts };
    return { status: 'failed', failure, retryAt, attempts };
  }
}

function providerCall({ request, model }: Stop): ProviderCall {
  const { messages, maxTokens, temperature, responseSchema, attribution } = request;
  const cacheKey = `${attribution.runId}:${attribution.agent}`;
  return { model: model.id, messages, maxTokens, temperature, responseSchema, cacheKey };
}

/** An attempt that may have been billed without saying how much stays charged at its worst case. */
function spentBy({ answer, record, micro }: Sent): Spent {
  if (answer.failure?.possiblyBilled && record.tokens.estimated) return 'unknown';
  return { micro, tokens: record.tokens };
}

/** The account has no key that could be used. */
function notSent(message: string): StreamedAnswer {
  const usage = { input: 0, output: 0, cached: 0, reasoning: 0, estimated: false };
  const failure = { cause: 'auth', status: null, message, retryAfterMs: null, possiblyBilled: false } as const;
  return { status: 'failed', text: '', finishReason: null, model: null, usage, limits: null, failure };
}
