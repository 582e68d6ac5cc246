import type { QuotaLimits } from '../config.ts';
import type { Clock, QuotaStore } from '../ports.ts';
import { holdEnd } from './cooldown.ts';

/** Leave to send one call. */
export interface Pass {
  /**
   * True when the call may be sent now. Waits for a new send time where the pass's own has gone by, because a late send
   * would lie too close to the next one; false where that is so far off that the call should choose again.
   */
  punctual(signal: AbortSignal): Promise<boolean>;
  /** The call has ended. */
  leave(): void;
}

/** What waits at the door. */
interface Waiter {
  readonly priority: number;
  /** Asked when the next send is far off: true if the call would rather go to another account. */
  readonly elsewhere: () => boolean;
  readonly settle: (pass: Pass | null) => void;
  readonly refuse: (error: unknown) => void;
}

/** A send this late, ms, counts as missed. */
const LATE_MS = 100;
/** A send time further off than this many even steps was pushed away by a hold or by other processes. */
const FAR_STEPS = 2;
/** Ends the sleep of the pump; made once, as an error is costly to make. */
const WOKEN = new Error('woken');

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
  /** Send times that were drawn and not used, on the monotonic clock, ascending. */
  #slots: number[] = [];
  #inside = 0;
  #pumping = false;
  #sleep = new AbortController();
  #heldUntil = 0;

  constructor(key: string, limits: QuotaLimits, quota: QuotaStore, clock: Clock) {
    this.#key = key;
    this.#limits = limits;
    this.#quota = quota;
    this.#clock = clock;
  }

  /** Epoch ms before which the group sends nothing, by what this process knows; 0: not held. */
  heldUntil(now: number): number {
    return holdEnd(this.#heldUntil, now);
  }

  /** True when a call goes through without waiting. */
  get unlimited(): boolean {
    return this.#limits.requestsPerMinute === null && this.#limits.concurrent === null;
  }

  /** Requests per minute, for weighing load; null: unlimited. */
  get requestsPerMinute(): number | null {
    return this.#limits.requestsPerMinute;
  }

  /**
   * Resolves when it is the call's turn; with null when the group has been held meanwhile or the turn is far off and the
   * call may go elsewhere, so that it should choose again. Rejects when the signal aborts or the store fails.
   */
  enter(priority: number, signal: AbortSignal, elsewhere: () => boolean): Promise<Pass | null> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.unlimited) return Promise.resolve(this.#pass(null));
    return new Promise((resolve, reject) => {
      const aborted = () => {
        this.#withdraw(waiter);
        reject(signal.reason);
      };
      const over = <T>(then: (value: T) => void) => {
        return (value: T) => {
          signal.removeEventListener('abort', aborted);
          then(value);
        };
      };
      const waiter: Waiter = { priority, elsewhere, settle: over(resolve), refuse: over(reject) };
      const at = this.#waiters.findIndex((other) => other.priority < priority);
      this.#waiters.splice(at === -1 ? this.#waiters.length : at, 0, waiter);
      signal.addEventListener('abort', aborted, { once: true });
      // The pump may be asleep over a far send time that the newcomer need not wait for.
      this.#wake();
      void this.#pump();
    });
  }

  /** Lets nobody in before `until` (epoch ms) and sends everybody who waits back to choose again. */
  hold(until: number): void {
    if (until <= this.heldUntil(this.#clock.now())) return;
    this.#heldUntil = until;
    this.#slots = [];
    for (const waiter of this.#waiters.splice(0)) waiter.settle(null);
    this.#wake();
  }

  #withdraw(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter);
    if (at !== -1) this.#waiters.splice(at, 1);
    if (this.#waiters.length === 0) this.#wake();
  }

  #wake(): void {
    this.#sleep.abort(WOKEN);
    this.#sleep = new AbortController();
  }

  /** Admits waiters one after another; a send time belongs to whoever is first when it comes. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (this.#waiters.length > 0 && this.#inside < (this.#limits.concurrent ?? Number.POSITIVE_INFINITY)) {
        const slot = await this.#nextSlot();
        if (slot !== null && !(await this.#reached(slot))) continue;
        const next = this.#waiters.shift();
        // Cancelled meanwhile: the send time stays for whoever comes next.
        if (!next) break;
        this.#slots = this.#slots.filter((other) => other !== slot);
        this.#inside++;
        next.settle(this.#pass(slot));
      }
    } catch (error) {
      for (const waiter of this.#waiters.splice(0)) waiter.refuse(error);
    } finally {
      this.#pumping = false;
    }
  }

  /** The next send time, from those at hand or from the store; null: unpaced. At most a second's worth is drawn ahead. */
  async #nextSlot(): Promise<number | null> {
    const { requestsPerMinute } = this.#limits;
    if (requestsPerMinute === null) return null;
    this.#slots = this.#slots.filter((slot) => slot >= this.#clock.monotonic() - LATE_MS);
    if (this.#slots.length === 0) {
      const want = Math.min(this.#waiters.length, Math.ceil(requestsPerMinute / 60));
      this.#slots = await this.#draw(Math.max(1, want), requestsPerMinute);
    }
    return this.#slots[0] ?? this.#clock.monotonic();
  }

  async #draw(want: number, requestsPerMinute: number): Promise<number[]> {
    const now = this.#clock.now();
    // Kept on the monotonic clock, so that a step of the wall clock changes no wait.
    const offset = this.#clock.monotonic() - now;
    const { burst } = this.#limits;
    const { sendAt } = await this.#quota.drawSlots({ key: this.#key, want, requestsPerMinute, burst, now });
    return sendAt.map((time) => time + offset);
  }

  /** Sleeps until a send time; false when something changed meanwhile. */
  async #reached(slot: number): Promise<boolean> {
    const wait = slot - this.#clock.monotonic();
    if (wait <= 0) return true;
    if (this.#isFar(wait)) this.#sendElsewhere();
    if (this.#waiters.length === 0) return false;
    const { signal } = this.#sleep;
    try {
      await this.#clock.sleep(wait, signal);
      return true;
    } catch (error) {
      if (error === WOKEN) return false;
      throw error;
    }
  }

  #sendElsewhere(): void {
    for (const waiter of [...this.#waiters]) {
      if (!waiter.elsewhere()) continue;
      this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
      waiter.settle(null);
    }
  }

  #isFar(wait: number): boolean {
    return wait > (FAR_STEPS * 60_000) / (this.#limits.requestsPerMinute ?? Number.POSITIVE_INFINITY);
  }

  #pass(slot: number | null): Pass {
    let left = this.unlimited;
    return {
      punctual: (signal) => this.#inTime(slot, signal),
      leave: () => {
        if (left) return;
        left = true;
        this.#inside--;
        void this.#pump();
      },
    };
  }

  async #inTime(slot: number | null, signal: AbortSignal): Promise<boolean> {
    const { requestsPerMinute } = this.#limits;
    if (slot === null || requestsPerMinute === null) return true;
    for (let time = slot; this.#clock.monotonic() > time + LATE_MS; ) {
      const [next = this.#clock.monotonic()] = await this.#draw(1, requestsPerMinute);
      const wait = next - this.#clock.monotonic();
      if (this.#isFar(wait)) {
        this.#slots = [...this.#slots, next].sort((a, b) => a - b);
        return false;
      }
      await this.#clock.sleep(Math.max(0, wait), signal);
      time = next;
    }
    return true;
  }
}
