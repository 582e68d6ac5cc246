import type { AccountConfig } from '../config.ts';
import type { ProviderFailure } from '../model.ts';
import { type AccountHealth, afterFailure, type CooldownContext, freeFrom, HEALTHY } from './cooldown.ts';
import type { GroupGate } from './group-gate.ts';
import { ModelHealth } from './model-health.ts';
import type { AccountStatus, LimitStatus } from './types.ts';

/** A call's stay at an account, from being let in to its outcome. */
export interface Visit {
  succeeded(): void;
  /** Returns the health from now on. */
  failed(failure: ProviderFailure, context: Omit<CooldownContext, 'sameIncident'>): AccountHealth;
  /** Always the last; twice does nothing. */
  end(): void;
}

/** An account in the pool with what the pool knows of it. */
export class AccountEntry {
  readonly account: AccountConfig;
  readonly gate: GroupGate;
  /** Of single models; others go on while one rests. */
  readonly models = new ModelHealth();
  readonly #modelGate: (model: string) => GroupGate | null;
  #health = HEALTHY;
  /** Counts the changes of health. */
  #era = 0;
  #inFlight = 0;
  /** Calls under way that began in the present era. */
  #ofThisEra = 0;
  #lastUsed = 0;
  readonly #spent = { day: '', micro: 0 };

  /** `modelGate`: the gate of a model that has a limit of its own in the group; null: it has none. */
  constructor(account: AccountConfig, gate: GroupGate, modelGate: (model: string) => GroupGate | null) {
    this.account = account;
    this.gate = gate;
    this.#modelGate = modelGate;
  }

  /** All gates that a call of the model has to pass, the group's first. */
  gatesFor(model: string): readonly GroupGate[] {
    const own = this.#modelGate(model);
    return own ? [this.gate, own] : [this.gate];
  }

  get health(): AccountHealth {
    return this.#health;
  }

  /** Calls that are being sent or answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Order number of its last call, for round-robin; 0 before the first. */
  get lastUsed(): number {
    return this.#lastUsed;
  }

  /** Permanently out: only the user can help. */
  get isOut(): boolean {
    return !this.account.enabled || this.#health.state === 'key-refused' || this.#health.state === 'out-of-credits';
  }

  /** Epoch ms from which on calls may go here; in the past where they may now. */
  freeAt(now: number): number {
    return Math.max(freeFrom(this.#health, now), this.gate.heldUntil(now));
  }

  /**
   * True when a call may go here now. After a cooldown only one probe goes until it has succeeded (half-open); after a rate limit
   * the pace of the group is enough.
   */
  isReady(now: number): boolean {
    if (this.isOut || now < this.freeAt(now)) return false;
    if (this.#health.state === 'ready' || this.#ofThisEra === 0) return true;
    return this.#health.cause === 'rate-limited' && this.gate.requestsPerMinute !== null;
  }

  /** Takes a call in; `order` is its number among all calls of the pool. */
  visit(order: number): Visit {
    const era = this.#era;
    let over = false;
    this.#lastUsed = order;
    this.#inFlight++;
    this.#ofThisEra++;
    return {
      // An answer to a call that was sent before the account cooled down says nothing about it now.
      succeeded: () => this.#change(era === this.#era ? HEALTHY : this.#health),
      failed: (failure, context) => {
        this.#change(afterFailure(this.#health, failure, { ...context, sameIncident: era !== this.#era }));
        return this.#health;
      },
      end: () => {
        if (over) return;
        over = true;
        this.#inFlight--;
        if (era === this.#era) this.#ofThisEra--;
      },
    };
  }

  spend(micro: number, now: number): void {
    const day = new Date(now).toISOString().slice(0, 10);
    if (this.#spent.day !== day) Object.assign(this.#spent, { day, micro: 0 });
    this.#spent.micro += micro;
  }

  spentToday(now: number): number {
    return this.#spent.day === new Date(now).toISOString().slice(0, 10) ? this.#spent.micro : 0;
  }

  /** `queued`: calls that wait and could go here. */
  status(endpoint: string, queued: number, now: number): AccountStatus {
    const { name, provider, enabled } = this.account;
    const { state, cause } = this.#health;
    const out = state === 'key-refused' || state === 'out-of-credits' ? state : null;
    const freeAt = this.freeAt(now);
    const limits = this.gate.status();
    const cooling = out === null && now < freeAt;
    return {
      name,
      provider,
      endpoint,
      enabled,
      state: enabled ? (out ?? (cooling ? 'cooling' : 'ready')) : 'disabled',
      // Without a cause of its own it waits because another account of its group was told to.
      cooldown: cooling ? { cause: cause ?? 'rate-limited', until: new Date(freeAt).toISOString() } : null,
      restingModels: this.models.resting(now),
      freeAt: this.isOut || freeAt <= now ? null : new Date(freeAt).toISOString(),
      limits,
      headroom: cooling || this.isOut ? 0 : headroomOf(limits),
      inFlight: this.#inFlight,
      queued,
    };
  }

  #change(health: AccountHealth): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#era++;
    this.#ofThisEra = 0;
  }
}

function headroomOf(limits: readonly LimitStatus[]): number | null {
  if (limits.length === 0) return null;
  return Math.min(...limits.map(({ limit, used }) => Math.max(0, 1 - used / limit)));
}
