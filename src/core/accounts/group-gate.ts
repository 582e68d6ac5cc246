import type { QuotaLimits } from '../config.ts';
import type { Clock, QuotaStore } from '../ports.ts';
import { holdEnd } from './cooldown.ts';
import { RecentSends } from './recent-sends.ts';
import type { LimitStatus } from './types.ts';

/** Leave to send one call. */
export interface Pass {
  /**
   * True when the call may be sent now. Waits for a new send time where the pass's own has gone by, because a late send
   * would lie too close to the next one; false where that is so far off that the call should choose again.
   */
  punctual(signal: AbortSignal): Promise<boolean>;
  /** The call is not sent after all: its send time is free for another one. Nothing else may follow. */
  giveBack(): void;
  /** The call has ended. Twice does nothing. */
  leave(): void;
}

/** What a gate works with. */
export interface GateDependencies {
  readonly quota: QuotaStore;
  readonly clock: Clock;
  /** A call may pass now that could not before. */
  changed(): void;
  /** The store has failed. */
  failed(error: unknown): void;
}

/** A send this late, ms, counts as missed. */
const LATE_MS = 100;
/** A send time further off than this many even steps was pushed away by a hold or by other processes. */
const FAR_STEPS = 2;
/** Longest margin between sends and what the vendor's clock may make of them, ms. */
const MAX_GUARD_MS = 100;

/**
 * The door of one quota group: says when the next call may be sent by the group's quota and its limit of calls at once.
 * Several processes share the send times through the QuotaStore.
 */
export class GroupGate {
  readonly #key: string;
  #limits: QuotaLimits;
  readonly #deps: GateDependencies;
  /** Send times that were drawn and not used, on the monotonic clock, ascending. */
  #slots: number[] = [];
  #inside = 0;
  #drawing = false;
  #timer: AbortController | null = null;
  #heldUntil = 0;
  readonly #recent: RecentSends;

  constructor(key: string, limits: QuotaLimits, deps: GateDependencies) {
    this.#key = key;
    this.#limits = limits;
    this.#deps = deps;
    this.#recent = new RecentSends(deps.clock);
  }

  /** Replaces the limits; send times that were drawn under the old ones are forgotten. */
  set limits(limits: QuotaLimits) {
    if (JSON.stringify(limits) === JSON.stringify(this.#limits)) return;
    this.#limits = limits;
    this.#slots = [];
    this.idle();
    this.#deps.changed();
  }

  /** The limits and how much of them is used. */
  status(): LimitStatus[] {
    const { requestsPerMinute, concurrent } = this.#limits;
    const all: LimitStatus[] = [];
    const minute = { kind: 'requests-per-minute', model: null, learned: false } as const;
    if (requestsPerMinute !== null) all.push({ ...minute, limit: requestsPerMinute, used: this.#recent.count() });
    if (concurrent !== null)
      all.push({ kind: 'concurrent', model: null, limit: concurrent, used: this.#inside, learned: false });
    return all;
  }

  /** Requests per minute, for weighing load; null: unlimited. */
  get requestsPerMinute(): number | null {
    return this.#limits.requestsPerMinute;
  }

  /** True when a call may be sent at this moment. */
  get canPass(): boolean {
    if (this.#isFull) return false;
    if (this.#limits.requestsPerMinute === null) return true;
    const slot = this.#nextSlot();
    return slot !== null && slot <= this.#deps.clock.monotonic();
  }

  /** False while only the store could say when the next call may be sent. */
  get knowsNext(): boolean {
    return this.#limits.requestsPerMinute === null || this.#isFull || this.#drawing || this.#nextSlot() !== null;
  }

  /** True when the next send time is known and lies so far off that a call had better go elsewhere. */
  get isFar(): boolean {
    const slot = this.#nextSlot();
    return slot !== null && this.#isFar(slot - this.#deps.clock.monotonic());
  }

  /** Epoch ms before which the group sends nothing, by what this process knows; 0: not held. */
  heldUntil(now: number): number {
    return holdEnd(this.#heldUntil, now);
  }

  /** So many calls wait for this gate: sees to it that the next send time is at hand when it comes. */
  want(calls: number): void {
    const { requestsPerMinute } = this.#limits;
    if (requestsPerMinute === null || this.#isFull) return;
    const slot = this.#nextSlot();
    if (slot === null) void this.#fetch(calls, requestsPerMinute);
    else this.#wakeAt(slot);
  }

  /** Nobody waits any more. */
  idle(): void {
    this.#timer?.abort();
    this.#timer = null;
  }

  /** Lets a call through; only while {@link canPass}. */
  take(): Pass {
    const slot = this.#limits.requestsPerMinute === null ? null : (this.#slots.shift() ?? null);
    this.#inside++;
    const unsend = this.#recent.add();
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      this.#inside--;
      this.#deps.changed();
    };
    return {
      punctual: (signal) => this.#inTime(slot, signal),
      giveBack: () => {
        if (slot !== null && !left) this.#keep(slot);
        unsend();
        leave();
      },
      leave,
    };
  }

  /** Lets nobody in before `until` (epoch ms). */
  hold(until: number): void {
    const { clock } = this.#deps;
    if (until <= this.heldUntil(clock.now())) return;
    this.#heldUntil = until;
    const end = until - clock.now() + clock.monotonic();
    this.#slots = this.#slots.filter((slot) => slot >= end);
    this.idle();
    this.#deps.changed();
  }

  get #isFull(): boolean {
    return this.#limits.concurrent !== null && this.#inside >= this.#limits.concurrent;
  }

  /** The first send time that has not gone by; null: none is at hand. */
  #nextSlot(): number | null {
    const oldest = this.#deps.clock.monotonic() - LATE_MS;
    while ((this.#slots[0] ?? Number.POSITIVE_INFINITY) < oldest) this.#slots.shift();
    return this.#slots[0] ?? null;
  }

  /** Draws what one second holds at most, so that little is wasted and the store is not asked for every call. */
  async #fetch(calls: number, requestsPerMinute: number): Promise<void> {
    if (this.#drawing) return;
    this.#drawing = true;
    const heldUntil = this.#heldUntil;
    try {
      const drawn = await this.#draw(Math.min(calls, Math.ceil(requestsPerMinute / 60)), requestsPerMinute);
      // What was drawn before the group was held lies within the hold.
      if (this.#heldUntil === heldUntil) for (const slot of drawn) this.#keep(slot);
    } catch (error) {
      this.#deps.failed(error);
    } finally {
      this.#drawing = false;
      this.#deps.changed();
    }
  }

  async #draw(want: number, requestsPerMinute: number): Promise<number[]> {
    const { clock, quota } = this.#deps;
    const { burst } = this.#limits;
    const now = clock.now();
    // Kept on the monotonic clock, so that a step of the wall clock changes no wait.
    const offset = clock.monotonic() - now;
    const guardMs = guardOf(burst, requestsPerMinute);
    const { sendAt } = await quota.drawSlots({ key: this.#key, want, requestsPerMinute, burst, guardMs, now });
    return sendAt.map((time) => time + offset);
  }

  #keep(slot: number): void {
    this.#slots = [...this.#slots, slot].sort((a, b) => a - b);
  }

  #wakeAt(slot: number): void {
    if (this.#timer !== null) return;
    const timer = new AbortController();
    this.#timer = timer;
    this.#deps.clock.sleep(Math.max(0, slot - this.#deps.clock.monotonic()), timer.signal).then(
      () => {
        if (this.#timer === timer) this.#timer = null;
        this.#deps.changed();
      },
      () => undefined,
    );
  }

  async #inTime(slot: number | null, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#deps;
    const { requestsPerMinute } = this.#limits;
    if (slot === null || requestsPerMinute === null) return true;
    for (let time = slot; clock.monotonic() > time + LATE_MS; ) {
      const [next = clock.monotonic()] = await this.#draw(1, requestsPerMinute);
      const wait = next - clock.monotonic();
      if (this.#isFar(wait)) {
        this.#keep(next);
        return false;
      }
      await clock.sleep(Math.max(0, wait), signal);
      time = next;
    }
    return true;
  }

  #isFar(wait: number): boolean {
    return wait > (FAR_STEPS * 60_000) / (this.#limits.requestsPerMinute ?? Number.POSITIVE_INFINITY);
  }
}

/**
 * Sends that leave us evenly arrive unevenly, and a vendor that counts strictly refuses the one that comes a moment early.
 * After a burst the guard costs nothing, as it only shifts all that follows; without bursts each send pays it.
 */
function guardOf(burst: number, requestsPerMinute: number): number {
  const gap = 60_000 / requestsPerMinute;
  return Math.min(MAX_GUARD_MS, burst > 1 ? gap / 4 : gap / 20);
}
