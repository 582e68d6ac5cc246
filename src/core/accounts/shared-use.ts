import type { QuotaLimits } from '../config.ts';
import type { Clock, QuotaStore } from '../ports.ts';
import { requestsDayScope } from './budget-lines.ts';
import { PACING_WINDOW_MS } from './pacing.ts';
import type { QuotaPresent } from './quota-store.ts';

/** What all processes together have used of a quota key, when the store was last asked. */
export class SharedUse {
  readonly #key: string;
  readonly #quota: QuotaStore;
  readonly #clock: Clock;
  #sent = 0;
  #today = 0;
  /** On the monotonic clock. */
  #at = Number.NEGATIVE_INFINITY;

  constructor(key: string, quota: QuotaStore, clock: Clock) {
    this.#key = key;
    this.#quota = quota;
    this.#clock = clock;
  }

  /** Requests of the minute before; 0 once that has gone by. */
  get sentLastMinute(): number {
    return this.#clock.monotonic() - this.#at < PACING_WINDOW_MS ? this.#sent : 0;
  }

  /** Requests of the vendor's day; 0 before the first look. */
  get sentToday(): number {
    return this.#today;
  }

  /** Asks the store. */
  async look(limits: QuotaLimits): Promise<QuotaPresent> {
    const now = this.#clock.now();
    const { requestsPerMinute, burst, requestsPerDay } = limits;
    const present = await this.#quota.present({ key: this.#key, limits: { requestsPerMinute, burst }, now });
    if (requestsPerDay !== null) {
      const scope = requestsDayScope(this.#key, limits, now);
      const { spent = 0, reserved = 0 } = (await this.#quota.usage([scope]))[scope] ?? {};
      this.#today = spent + reserved;
    }
    this.#sent = present.sent;
    this.#at = this.#clock.monotonic();
    return present;
  }
}
