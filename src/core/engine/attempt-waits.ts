import type { Attempt } from './attempt.ts';
import { TimeAllowance } from './time-allowance.ts';

/** A wait is shown as the task's status once it has lasted this long, ms; most calls wait only for a moment. */
const SHOW_WAITING_AFTER_MS = 1_000;

/**
 * The waits of one attempt, of which several may be under way at once. The slot is given back while there is one, except while
 * the attempt also does something else: holding a slot for something that waits for one would be a deadlock.
 */
export class AttemptWaits {
  readonly #attempt: Attempt;
  /** How many are under way; the slot is held while there is none. */
  #count = 0;
  #holdsSlot = true;
  #long: TimeAllowance | null = null;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  get count(): number {
    return this.#count;
  }

  /** The slot is back before the caller goes on. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#attempt.fence();
    if (this.#count++ === 0) this.#begin();
    try {
      return await work();
    } finally {
      if (--this.#count === 0 && this.#attempt.isOpen) await this.#end();
    }
  }

  /** The attempt is over: true when it held a slot, which is now the caller's to give back. */
  giveSlotBack(): boolean {
    this.#long?.pause();
    const held = this.#holdsSlot;
    this.#holdsSlot = false;
    return held;
  }

  #begin(): void {
    const { host, task, limits } = this.#attempt;
    limits?.pause();
    this.#long ??= new TimeAllowance(host.clock, SHOW_WAITING_AFTER_MS, () => host.showWaiting(task, true));
    this.#long.start();
    if (this.#holdsSlot) host.slots.release();
    this.#holdsSlot = false;
    host.waits(task, true);
  }

  async #end(): Promise<void> {
    const { host, task, limits } = this.#attempt;
    await host.slots.acquire();
    // Meanwhile the attempt may have ended, begun another wait, or got a slot for another one.
    if (this.#attempt.isOver || this.#count > 0 || this.#holdsSlot) {
      host.slots.release();
      host.slotFreed();
      return;
    }
    this.#holdsSlot = true;
    this.#long?.pause();
    this.#long = null;
    host.waits(task, false);
    if (task.status === 'waiting') host.showWaiting(task, false);
    limits?.start();
  }
}
