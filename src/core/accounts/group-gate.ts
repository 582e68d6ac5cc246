import type { QuotaLimits } from '../config.ts';
import type { Clock, QuotaStore } from '../ports.ts';

interface Waiter {
  readonly priority: number;
  readonly order: number;
  readonly signal: AbortSignal;
  readonly admit: (leave: () => void) => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * The door of one quota group: lets calls through at the times its quota allows and no more at once than its limit.
 * Higher priority first, then first come, first served. Several processes share the times through the QuotaStore.
 */
export class GroupGate {
  readonly #key: string;
  readonly #limits: QuotaLimits;
  readonly #quota: QuotaStore;
  readonly #clock: Clock;
  readonly #waiters: Waiter[] = [];
  #order = 0;
  #inside = 0;
  #admitting = false;

  constructor(key: string, limits: QuotaLimits, quota: QuotaStore, clock: Clock) {
    this.#key = key;
    this.#limits = limits;
    this.#quota = quota;
    this.#clock = clock;
  }

  /** Calls that wait at the door. */
  get queued(): number {
    return this.#waiters.length;
  }

  /** True when a call would go through without waiting for another one's end. Pacing may still hold it. */
  get unlimited(): boolean {
    return this.#limits.requestsPerMinute === null && this.#limits.concurrent === null;
  }

  /** Requests per minute, for weighing load; null: unlimited. */
  get requestsPerMinute(): number | null {
    return this.#limits.requestsPerMinute;
  }

  /** Resolves when the call may be sent, with how to leave; rejects when the signal aborts. */
  enter(priority: number, signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.unlimited) return Promise.resolve(() => undefined);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { priority, order: this.#order++, signal, admit: resolve, refuse: reject };
      const at = this.#waiters.findIndex((other) => other.priority < priority);
      this.#waiters.splice(at === -1 ? this.#waiters.length : at, 0, waiter);
      signal.addEventListener('abort', () => this.#withdraw(waiter), { once: true });
      void this.#admitNext();
    });
  }

  #withdraw(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter);
    if (at !== -1) this.#waiters.splice(at, 1);
    waiter.refuse(waiter.signal.reason);
  }

  /** Admits waiters one after another; a send time belongs to whoever is first when it comes. */
  async #admitNext(): Promise<void> {
    if (this.#admitting) return;
    this.#admitting = true;
    try {
      while (this.#waiters.length > 0 && this.#inside < (this.#limits.concurrent ?? Number.POSITIVE_INFINITY)) {
        await this.#nextSendTime();
        const next = this.#waiters.shift();
        if (!next) return;
        this.#inside++;
        next.admit(this.#leaveOnce());
      }
    } catch (error) {
      for (const waiter of this.#waiters.splice(0)) waiter.refuse(error);
    } finally {
      this.#admitting = false;
    }
  }

  async #nextSendTime(): Promise<void> {
    const { requestsPerMinute, burst } = this.#limits;
    if (requestsPerMinute === null) return;
    const now = this.#clock.now();
    const { sendAt } = await this.#quota.drawSlots({ key: this.#key, want: 1, requestsPerMinute, burst, now });
    const wait = (sendAt[0] ?? now) - this.#clock.now();
    if (wait > 0) await this.#clock.sleep(wait);
  }

  #leaveOnce(): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#inside--;
      void this.#admitNext();
    };
  }
}
