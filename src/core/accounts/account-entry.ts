import type { AccountConfig } from '../config.ts';
import type { ProviderFailure } from '../model.ts';
import { type AccountHealth, afterFailure, type CooldownContext, freeFrom, HEALTHY } from './cooldown.ts';
import type { GroupGate } from './group-gate.ts';
import type { AccountStatus } from './types.ts';

/** An account in the pool with what the pool knows of it. */
export class AccountEntry {
  readonly account: AccountConfig;
  readonly gate: GroupGate;
  /** Calls that are being sent or answered. */
  inFlight = 0;
  /** Calls that wait for budget or for their turn here. */
  queued = 0;
  /** Order number of its last call, for round-robin. */
  lastUsed = 0;
  #health = HEALTHY;
  readonly #spent = { day: '', micro: 0 };

  constructor(account: AccountConfig, gate: GroupGate) {
    this.account = account;
    this.gate = gate;
  }

  /** As it is now; whoever begins an attempt keeps it, to tell with the outcome what it says about the account. */
  get health(): AccountHealth {
    return this.#health;
  }

  /** Permanently out: only the user can help. */
  get isOut(): boolean {
    return !this.account.enabled || this.#health.state === 'key-refused' || this.#health.state === 'out-of-credits';
  }

  /** Epoch ms from which on calls may go here; in the past where they may now. */
  freeAt(now: number): number {
    return Math.max(freeFrom(this.#health, now), this.gate.heldUntil(now));
  }

  /** True when a call may go here now. After a cooldown only one probe goes until it has succeeded (half-open). */
  isReady(now: number): boolean {
    if (this.isOut || now < this.freeAt(now)) return false;
    return this.#health.failures === 0 || this.inFlight + this.queued === 0;
  }

  /** An answer to a call that was sent before the account cooled down says nothing about it now. */
  succeeded(before: AccountHealth): void {
    if (this.#health === before) this.#health = HEALTHY;
  }

  failed(before: AccountHealth, failure: ProviderFailure, context: Omit<CooldownContext, 'sameIncident'>): void {
    this.#health = afterFailure(this.#health, failure, { ...context, sameIncident: this.#health !== before });
  }

  spend(micro: number, now: number): void {
    const day = new Date(now).toISOString().slice(0, 10);
    if (this.#spent.day !== day) Object.assign(this.#spent, { day, micro: 0 });
    this.#spent.micro += micro;
  }

  spentToday(now: number): number {
    return this.#spent.day === new Date(now).toISOString().slice(0, 10) ? this.#spent.micro : 0;
  }

  status(endpoint: string, now: number): AccountStatus {
    const { name, provider, enabled } = this.account;
    const { state, cause } = this.#health;
    const freeAt = this.freeAt(now);
    const cooling = now < freeAt;
    const out = state === 'key-refused' || state === 'out-of-credits' ? state : null;
    return {
      name,
      provider,
      endpoint,
      enabled,
      state: enabled ? (out ?? (cooling ? 'cooling' : 'ready')) : 'disabled',
      cooldown:
        cooling && out === null
          ? // Another account of the group was told to wait.
            { cause: cause ?? 'rate-limited', until: new Date(freeAt).toISOString() }
          : null,
      inFlight: this.inFlight,
      queued: this.queued,
    };
  }
}
