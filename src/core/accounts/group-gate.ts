import type { QuotaLimits } from '../config.ts';
import type { LimitReading } from '../model.ts';
import type { Clock, QuotaStore } from '../ports.ts';
import { holdEnd } from './cooldown.ts';
import { DrawnSlots, type Slot } from './drawn-slots.ts';
import type { Lesson } from './learn-pace.ts';
import { INITIAL_LESSONS, type Pace, paceOf } from './lessons.ts';
import { limitRows } from './limit-rows.ts';
import { guardsOf } from './pacing.ts';
import type { Pass, PassState } from './pass.ts';
import { RecentSends } from './recent-sends.ts';
import type { SendLane } from './send-lane.ts';
import { SharedUse } from './shared-use.ts';
import { TokenMeter } from './token-meter.ts';
import type { LimitStatus } from './types.ts';

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

/** No clock and no store is more exact than this, ms: a smaller tolerance would call every send time missed, for ever. */
const MIN_TOLERANCE_MS = 1;
/** Send times are drawn so far ahead, ms. */
const HORIZON_MS = 1_000;
/** A send time further off than this many even steps was pushed away by a hold or by other processes. */
const FAR_STEPS = 2;
/** Up to so many requests per minute there is time to draw one send time after the other. */
const SLOW_PER_MINUTE = 120;
/** Calls are let through at most so long before their send time, ms. */
const LONGEST_PREPARATION_MS = 250;
/** What is no further off, ms, is now: no timer is as exact. */
const SOON_MS = 1;
/** Share of the newest measurement in the mean. */
const NEWEST = 0.3;
/** What is left of the longest measurement at each shorter one. */
const DECAY = 0.8;
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
  /** Calls that were let through and are not sent yet. */
  #preparing = 0;
  #drawing = false;
  #timer: AbortController | null = null;
  #heldUntil = 0;
  /** How long the store takes to give send times, ms, as measured. */
  #drawMs = 0;
  /** How long calls take to get ready, ms, as measured: so much before their time they are let through. */
  #prepareMs = 0;
  readonly #recent: RecentSends;
  readonly #shared: SharedUse;
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
    this.#shared = new SharedUse(key, deps.quota, deps.clock);
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

  /** Asks the store what all processes together have used and learned. */
  async look(): Promise<void> {
    const { pace, tokens } = await this.#shared.look(this.#limits);
    this.tokens.remember(tokens);
    if (JSON.stringify(pace) !== JSON.stringify(this.#pace)) this.#follow(pace);
  }

  /** The limits and how much of them is used: over all processes as of the last {@link look}. */
  status(): LimitStatus[] {
    const perMinute = Math.max(this.#recent.count(), this.#shared.sentLastMinute);
    const used = { perMinute, perDay: this.#shared.sentToday, atOnce: this.#inside };
    return [...limitRows(this.#limits, this.#pace, used), ...this.tokens.status()];
  }

  /** Requests per minute, for weighing load; null: unlimited. */
  get requestsPerMinute(): number | null {
    return this.#pace.requestsPerMinute;
  }

  /** Requests that this process sent in the last minute. */
  get sentLastMinute(): number {
    return this.#recent.count();
  }

  /** True when a call that gets ready now may be sent. */
  get canPass(): boolean {
    if (this.#isFull) return false;
    if (this.#pace.requestsPerMinute === null) return true;
    const slot = this.#nextSlot();
    return slot !== null && slot.at - this.#prepareMs <= this.#deps.clock.monotonic();
  }

  /** False while only the store could say when the next call may be sent. */
  get knowsNext(): boolean {
    if (this.#pace.requestsPerMinute === null || this.#isFull || this.#drawing) return true;
    return this.#nextSlot() !== null || (this.#isSlow && this.#preparing > 0);
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
    if (slot === null) {
      if (!this.#isSlow || this.#preparing === 0) void this.#fetch(calls, this.#pace.requestsPerMinute);
    } else this.#wakeAt(slot.at - this.#prepareMs);
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
    this.#preparing++;
    const visit: PassState = { slot, send: null, isReady: false, left: false };
    const ready = () => {
      if (visit.isReady) return;
      visit.isReady = true;
      this.#preparing--;
      this.#deps.changed();
    };
    const leave = () => {
      if (visit.left) return;
      visit.left = true;
      this.#inside--;
      ready();
      this.#deps.changed();
    };
    const takenAt = this.#deps.clock.monotonic();
    return {
      punctual: async (signal) => {
        visit.slot = null;
        const tookMs = this.#deps.clock.monotonic() - takenAt;
        this.#prepareMs = Math.min(LONGEST_PREPARATION_MS, Math.max(tookMs, this.#prepareMs * DECAY));
        visit.slot = await this.#inTime(slot, signal);
        ready();
        if (visit.slot !== 'far') visit.send = this.#recent.add();
        return visit.slot !== 'far';
      },
      giveBack: () => {
        if (visit.slot !== null && visit.slot !== 'far' && !visit.left) this.#slots.keep(visit.slot);
        visit.send?.forget();
        leave();
      },
      reported: (reading) => this.#heed(reading, this.#plannedAt(visit)),
      refused: (until, retryAfterMs) => {
        const sentAt = this.#plannedAt(visit);
        visit.send?.forget();
        this.turnedAway(sentAt, until, retryAfterMs);
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

  /** True where the next send time is drawn after the last send: one that is sent late then moves nothing else. */
  get #isSlow(): boolean {
    const { requestsPerMinute, burst } = this.#pace;
    return burst === 1 && requestsPerMinute !== null && requestsPerMinute <= SLOW_PER_MINUTE;
  }

  /** How late, ms, a send may be: a part of the margin, a smaller one where a whole burst stands at the edge of a window. */
  get #toleranceMs(): number {
    const { even } = guardsOf(this.#pace, this.#deps.lane.longestMs);
    return Math.max(MIN_TOLERANCE_MS, even / (this.#pace.burst > 1 ? 4 : 2));
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

  /** Send times that have not gone by when the store has answered. */
  async #draw(want: number): Promise<Slot[]> {
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
      now: now + (this.#drawMs > SOON_MS ? this.#drawMs : 0),
    });
    this.#drawMs += NEWEST * (clock.monotonic() - began - this.#drawMs);
    this.#pace = pace;
    return sendAt.map((planned) => ({ at: planned - now + began, planned }));
  }

  /** The time at which a send counts, epoch ms. */
  #plannedAt({ slot, send }: PassState): number {
    if (slot !== null && slot !== 'far') return slot.planned;
    return (send?.at ?? this.#deps.clock.monotonic()) + this.#offset();
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
      const earlyMs = slot === null ? 0 : slot.at - clock.monotonic();
      if (earlyMs > SOON_MS) await clock.sleep(earlyMs, signal);
      await lane.enter();
      const isPaced = this.#pace.requestsPerMinute !== null;
      if (!isPaced || (slot !== null && clock.monotonic() - slot.at <= this.#toleranceMs)) {
        lane.sent();
        return slot;
      }
      lane.leave();
      slot = await this.#redraw(slot);
      if (this.#isFar(slot.at - clock.monotonic())) {
        this.#slots.keep(slot);
        return 'far';
      }
    }
  }

  /**
   * Another send time, at the soonest when the store has answered; also for a call that was let through when there was no limit to
   * know of. The later ones go back, too: they were planned for a send that was on
   * time, and would come too soon after this one.
   */
  async #redraw(missed: Slot | null): Promise<Slot> {
    if (missed) this.#slots.giveBack(missed);
    this.#slots.giveBackBefore();
    const [slot] = await this.#draw(1);
    if (!slot) throw new Error('The quota store gave no send time.');
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

  /** A rate limit turned a request away that was sent at `sentAt` (epoch ms), after so many in the minute before. */
  turnedAway(sentAt: number, until: number, retryAfterMs: number | null, lastMinute = this.sentLastMinute): void {
    this.hold(until);
    const byAdvice = retryAfterMs !== null && retryAfterMs > 0 ? 60_000 / retryAfterMs : 0;
    this.#learn(() => {
      const seenPerMinute = Math.max(1, lastMinute, byAdvice);
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
