import type { AccountConfig } from '../config.ts';
import type { ProviderFailure } from '../model.ts';
import { type AccountHealth, afterFailure, type CooldownContext, HEALTHY } from './cooldown.ts';
import type { GroupGate } from './group-gate.ts';
import type { AccountStatus } from './types.ts';

/** An account in the pool with what the pool knows of it. */
export class AccountEntry {
  readonly account: AccountConfig;
  readonly gate: GroupGate;
  health: AccountHealth = HEALTHY;
  inFlight = 0;
  /** Order number of its last call, for round-robin. */
  lastUsed = 0;
  readonly #spent = { day: '', micro: 0 };

  constructor(account: AccountConfig, gate: GroupGate) {
    this.account = account;
    this.gate = gate;
  }

  /** Permanently out: only the user can help. */
  get isOut(): boolean {
    return !this.account.enabled || this.health.state === 'key-refused' || this.health.state === 'out-of-credits';
  }

  /** True when a call may go here now. After a cooldown only one probe goes until it has succeeded (half-open). */
  isReady(now: number): boolean {
    if (this.isOut || now < this.health.until) return false;
    return this.health.failures === 0 || this.inFlight === 0;
  }

  succeeded(): void {
    this.health = HEALTHY;
  }

  failed(failure: ProviderFailure, context: CooldownContext): void {
    this.health = afterFailure(this.health, failure, context);
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
    const cooling = this.health.state === 'cooling' && now < this.health.until;
    const out =
      this.health.state === 'key-refused' || this.health.state === 'out-of-credits' ? this.health.state : null;
    return {
      name,
      provider,
      endpoint,
      enabled,
      state: enabled ? (out ?? (cooling ? 'cooling' : 'ready')) : 'disabled',
      cooldown: cooling
        ? { cause: this.health.cause ?? 'unknown', until: new Date(this.health.until).toISOString() }
        : null,
      inFlight: this.inFlight,
      queued: this.gate.queued,
    };
  }
}
