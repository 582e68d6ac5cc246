import pLimit, { type LimitFunction } from 'p-limit';

/** Gives a slot back; calling it twice does nothing. */
export type ReleaseSlot = () => void;

/**
 * The slots of a run: at most `count` tasks work at once. `p-limit` serves in the order of asking, so the scheduler asks for
 * a new task only while {@link Slots.free}: priority is decided at that moment, and tasks that come back from waiting, which
 * ask at once, go before new ones.
 */
export class Slots {
  readonly #limit: LimitFunction;
  readonly #count: number;
  /** Slots held or asked for. */
  #taken = 0;

  constructor(count: number) {
    this.#count = count;
    this.#limit = pLimit(count);
  }

  /** True when a new task may start now. */
  get free(): boolean {
    return this.#taken < this.#count;
  }

  /** Resolves once a slot is held. */
  acquire(): Promise<ReleaseSlot> {
    this.#taken++;
    return new Promise((resolve) => {
      void this.#limit(() => new Promise<void>((done) => resolve(this.#releaseOnce(done))));
    });
  }

  #releaseOnce(done: () => void): ReleaseSlot {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#taken--;
      done();
    };
  }
}
