import type { QuotaLimits } from '../config.ts';
import type { LimitReading } from '../model.ts';
import type { Clock, QuotaStore } from '../ports.ts';
import { holdEnd } from './cooldown.ts';
import { DrawnSlots, type Slot } from './drawn-slots.ts';
import type { Lesson } from './learn-pace.ts';
import { INITIAL_LESSONS, type Pace, paceOf } from './lessons.ts';
import { guardsOf } from './pacing.ts';
import { type RecentSend, RecentSends } from './recent-sends.ts';
import type { SendLane } from './send-lane.ts';
import { TokenMeter } from './token-meter.ts';
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
  /** The answer's headers name the limit per minute and what is free of it. */
  reported(reading: LimitReading): void;
  /** The vendor turned the call away by a rate limit: nobody may pass before `until` (epoch ms). */
  refused(until: number, retryAfterMs: number | null): void;
  /** The call has ended. Twice does nothing. */
  leave(): void;
}

/** A call that was let through. */
interface Visit {
  /** Null: unpaced, or on its way to a send time. */
  slot: Slot | null | 'far';
  readonly send: RecentSend;
  left: boolean;
}

/** What a gate works with. */
export interface GateDependencies {
  readonly quota: QuotaStore;
  readonly clock: Clock;
  /** The way out of this process, for all groups. */
  readonly lane: SendLane;
  /** A call may pass now that could not before. */
  changed(): void;
  /** The store gives no send times. */
  failed(error: unknown): void;
  /** What an answer taught could not be kept for others; calls go on. */
  notKept(error: unknown): void;
}

/** Send times are drawn so far ahead, ms. */
const HORIZON_MS = 1_000;
/** A send time further off than this many even steps was pushed away by a hold or by other processes. */
const FAR_STEPS = 2;
/** Share of the newest measurement in the mean. */
const NEWEST = 0.2;
/** Differences between what is free and what we expect that are no news. */
const TOLERANCE = 2;

/**
 * The door of one quota group: says when the next call may be sent by the group's quota and its limit of calls at once.
 * Several processes share the send times, and what answers teach of the limit, through the QuotaStore.
 */
export class GroupGate {
  readonly tokens: TokenMeter;
  readonly #key: string;
  #limits: QuotaLimits;
  readonly #deps: GateDependencies;
  #pace: Pace;
  readonly #slots = new DrawnSlots();
  #inside = 0;
  #drawing = false;
  #timer: AbortController | null = null;
  #heldUntil = 0;
  /** How long the store takes to give a send time, ms, as measured. */
  #drawMs = 0;
  readonly #recent: RecentSends;
  /** Lessons are taken in one after the other. */
  #learning: Promise<void> = Promise.resolve();
  /** Largest number of free requests that was told to the store. */
  #told = 0;

  constructor(key: string, limits: QuotaLimits, deps: GateDependencies) {
    this.#key = key;
    this.#limits = limits;
    this.#deps = deps;
    this.tokens = new TokenMeter(key, () => this.#limits, deps);
    this.#pace = paceOf(limits, INITIAL_LESSONS, deps.clock.now());
    this.#recent = new RecentSends(deps.clock);
  }

  get limits(): QuotaLimits {
    return this.#limits;
  }

  /** Replaces the limits; send times that were drawn under the old ones are given back. */
  set limits(limits: QuotaLimits) {
    if (JSON.stringify(limits) === JSON.stringify(this.#limits)) return;
    this.#limits = limits;
    this.#told = 0;
    this.#follow(paceOf(limits, INITIAL_LESSONS, this.#deps.clock.now()));
  }

  /** The limits and how much of them is used. */
  status(): LimitStatus[] {
    const { concurrent } = this.#limits;
    const { requestsPerMinute, learned } = this.#pace;
    const all: LimitStatus[] = [];
    if (requestsPerMinute !== null) {
      const limit = this.#limits.requestsPerMinute ?? Math.round(requestsPerMinute * 10) / 10;
      all.push({ kind: 'requests-per-minute', model: null, limit, used: this.#recent.count(), learned });
    }
    if (concurrent !== null) {
      all.push({ kind: 'concurrent', model: null, limit: concurrent, used: this.#inside, learned: false });
    }
    return [...all, ...this.tokens.status()];
  }

  /** Requests per minute, for weighing load; null: unlimited. */
  get requestsPerMinute(): number | null {
    return this.#pace.requestsPerMinute;
  }

  /** True when a call may be sent at this moment. */
  get canPass(): boolean {
    if (this.#isFull) return false;
    if (this.#pace.requestsPerMinute === null) return true;
    const slot = this.#nextSlot();
    return slot !== null && slot.at <= this.#deps.clock.monotonic();
  }

  /** False while only the store could say when the next call may be sent. */
  get knowsNext(): boolean {
    return this.#pace.requestsPerMinute === null || this.#isFull || this.#drawing || this.#nextSlot() !== null;
  }

  /** True when the next send time is known and lies so far off that a call had better go elsewhere. */
  get isFar(): boolean {
    const slot = this.#nextSlot();
    return slot !== null && this.#isFar(slot.at - this.#deps.clock.monotonic());
  }

  /** Epoch ms before which the group sends nothing, by what this process knows; 0: not held. */
  heldUntil(now: number): number {
    return holdEnd(this.#heldUntil, now);
  }

  /** So many calls wait for this gate: sees to it that the next send time is at hand when it comes. */
  want(calls: number): void {
    if (this.#pace.requestsPerMinute === null || this.#isFull) return;
    const slot = this.#nextSlot();
    if (slot === null) void this.#fetch(calls, this.#pace.requestsPerMinute);
    else this.#wakeAt(slot.at);
  }

  /** Nobody waits any more. */
  idle(): void {
    this.#timer?.abort();
    this.#timer = null;
  }

  /** Lets a call through; only while {@link canPass}. */
  take(): Pass {
    const slot = this.#pace.requestsPerMinute === null ? null : this.#slots.take();
    this.#inside++;
    const visit: Visit = { slot, send: this.#recent.add(), left: false };
    const leave = () => {
      if (visit.left) return;
      visit.left = true;
      this.#inside--;
      this.#deps.changed();
    };
    return {
      punctual: async (signal) => {
        visit.slot = null;
        visit.slot = await this.#inTime(slot, signal);
        if (visit.slot === 'far') visit.send.forget();
        else visit.send.at = this.#deps.clock.monotonic();
        return visit.slot !== 'far';
      },
      giveBack: () => {
        if (visit.slot !== null && visit.slot !== 'far' && !visit.left) this.#slots.keep(visit.slot);
        visit.send.forget();
        leave();
      },
      reported: (reading) => this.#heed(reading, this.#plannedAt(visit)),
      refused: (until, retryAfterMs) => {
        const sentAt = this.#plannedAt(visit);
        visit.send.forget();
        this.#turnedAway(sentAt, until, retryAfterMs);
      },
      leave,
    };
  }

  /** Lets nobody in before `until` (epoch ms), by what this process knows. */
  hold(until: number): void {
    const { clock } = this.#deps;
    if (until <= this.heldUntil(clock.now())) return;
    this.#heldUntil = until;
    const end = until - clock.now() + clock.monotonic();
    this.#slots.giveBackBefore(end);
    this.idle();
    this.#deps.changed();
  }

  get #isFull(): boolean {
    return this.#limits.concurrent !== null && this.#inside >= this.#limits.concurrent;
  }

  /** How late, ms, a send may be: a part of the margin, as the rest is for its way to the vendor. */
  get #toleranceMs(): number {
    return guardsOf(this.#pace, this.#deps.lane.longestMs).even / 4;
  }

  /** The first send time that has not gone by; null: none is at hand. */
  #nextSlot(): Slot | null {
    this.#slots.giveBackBefore(this.#deps.clock.monotonic() - this.#toleranceMs);
    return this.#slots.first;
  }

  /** Draws what is free now and what comes in the next second, so that the store is not asked for every call. */
  async #fetch(calls: number, requestsPerMinute: number): Promise<void> {
    if (this.#drawing) return;
    this.#drawing = true;
    const heldUntil = this.#heldUntil;
    try {
      const most = Math.max(this.#pace.burst, Math.ceil(requestsPerMinute / 60));
      const drawn = await this.#draw(Math.min(calls, most));
      // What was drawn before the group was held lies within the hold.
      for (const slot of drawn) {
        if (this.#heldUntil === heldUntil) this.#slots.keep(slot);
        else this.#slots.giveBack(slot);
      }
    } catch (error) {
      this.#deps.failed(error);
    } finally {
      this.#drawing = false;
      this.#deps.changed();
    }
  }

  /** `leadMs`: the first may be used only so much later. */
  async #draw(want: number, leadMs = 0): Promise<Slot[]> {
    const { clock, lane, quota } = this.#deps;
    const { requestsPerMinute, burst } = this.#limits;
    const began = clock.monotonic();
    const now = clock.now();
    const { sendAt, pace } = await quota.drawSlots({
      key: this.#key,
      want,
      limits: { requestsPerMinute, burst },
      horizonMs: HORIZON_MS,
      jitterMs: lane.longestMs,
      unused: this.#slots.takeUnused(),
      now: now + leadMs,
    });
    this.#drawMs += NEWEST * (clock.monotonic() - began - this.#drawMs);
    this.#pace = pace;
    return sendAt.map((planned) => ({ at: planned - now + began, planned }));
  }

  /** The time at which a send counts, epoch ms. */
  #plannedAt({ slot, send }: Visit): number {
    return slot === null || slot === 'far' ? send.at + this.#offset() : slot.planned;
  }

  /** A new pace: send times by the old one are given back. */
  #follow(pace: Pace): void {
    this.#pace = pace;
    this.#slots.giveBackBefore();
    this.idle();
    this.#deps.changed();
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

  /** The send time that is kept: the drawn one, or a later one where it was missed; `far`: too far off. */
  async #inTime(drawn: Slot | null, signal: AbortSignal): Promise<Slot | null | 'far'> {
    const { clock, lane } = this.#deps;
    for (let slot = drawn; ; ) {
      await lane.enter();
      const lateMs = slot === null ? 0 : clock.monotonic() - slot.at;
      if (slot === null || this.#pace.requestsPerMinute === null || lateMs <= this.#toleranceMs) {
        lane.sent();
        return slot;
      }
      lane.leave();
      slot = await this.#redraw(slot);
      const wait = slot.at - clock.monotonic();
      if (this.#isFar(wait)) {
        this.#slots.keep(slot);
        return 'far';
      }
      if (wait > 0) await clock.sleep(wait, signal);
    }
  }

  /**
   * Another send time, at the soonest when the store has answered. The later ones go back, too: they were planned for a send that was on
   * time, and would come too soon after this one.
   */
  async #redraw(missed: Slot): Promise<Slot> {
    this.#slots.giveBack(missed);
    this.#slots.giveBackBefore();
    const [slot = missed] = await this.#draw(1, this.#drawMs);
    return slot;
  }

  #isFar(wait: number): boolean {
    return wait > (FAR_STEPS * 60_000) / (this.#pace.requestsPerMinute ?? Number.POSITIVE_INFINITY);
  }

  /** Tells the store what is news: another limit, a larger burst, or less left than our own sends explain. */
  #heed({ limit, remaining }: LimitReading, sentAt: number): void {
    const perMinute = limit ?? this.#limits.requestsPerMinute;
    if (perMinute === null || perMinute < 1 || remaining === null) return;
    const isNews = () => {
      const { requestsPerMinute, burst, learned } = this.#pace;
      if (requestsPerMinute === null || (learned && requestsPerMinute !== perMinute)) return true;
      if (this.#limits.burst === null && remaining + 1 > Math.max(burst, this.#told)) return true;
      return remaining === 0 && this.#recent.count() + TOLERANCE < burst;
    };
    this.#learn(() => {
      if (!isNews()) return null;
      this.#told = Math.max(this.#told, remaining + 1);
      return { type: 'report', sentAt, limit: perMinute, remaining, unplanned: this.#unplanned() };
    });
  }

  #turnedAway(sentAt: number, until: number, retryAfterMs: number | null): void {
    this.hold(until);
    const byAdvice = retryAfterMs !== null && retryAfterMs > 0 ? 60_000 / retryAfterMs : 0;
    this.#learn(() => {
      const seenPerMinute = Math.max(1, this.#recent.count(), byAdvice);
      const refused = { seenPerMinute, retryAfterMs };
      return { type: 'refused', sentAt, until, refused, unplanned: this.#unplanned() };
    });
  }

  #learn(lessonNow: () => Lesson | null): void {
    const { quota, clock } = this.#deps;
    const { requestsPerMinute, burst } = this.#limits;
    const take = async () => {
      const lesson = lessonNow();
      if (lesson === null) return;
      const limits = { requestsPerMinute, burst };
      const pace = await quota.learn({ key: this.#key, lesson, limits, now: clock.now() });
      if (JSON.stringify(pace) !== JSON.stringify(this.#pace)) this.#follow(pace);
    };
    this.#learning = this.#learning.then(take).catch((error: unknown) => this.#deps.notKept(error));
  }

  /** Sends that no block holds, because no limit was known. */
  #unplanned(): number[] {
    return this.#pace.requestsPerMinute === null ? this.#recent.times().map((at) => at + this.#offset()) : [];
  }

  /** From the monotonic clock to the wall's. */
  #offset(): number {
    return this.#deps.clock.now() - this.#deps.clock.monotonic();
  }
}
