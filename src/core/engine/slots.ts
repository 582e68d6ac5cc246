/** Gives a slot back; calling it twice does nothing. */
export type ReleaseSlot = () => void;

/**
 * The slots of a run: at most `count` tasks work at once. Those who wait are served in the order of asking, so the scheduler
 * takes one for a new task only while {@link Slots.free}: priority is decided at that moment, and tasks that come back from
 * waiting go before new ones. A counter and not `p-limit`, whose promises cost more than the rest of a small task.
 */
export class Slots {
  #free: number;
  /** Who asked while none was free. Not empty: none is free. */
  readonly #queue: ((release: ReleaseSlot) => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** True when a new task may start now. */
  get free(): boolean {
    return this.#free > 0;
  }

  /** Takes a slot at once; there must be a {@link free} one. */
  take(): ReleaseSlot {
    if (this.#free === 0) throw new Error('No slot is free.');
    this.#free--;
    return this.#newRelease();
  }

  /** Resolves once a slot is held. */
  acquire(): Promise<ReleaseSlot> {
    return this.#free > 0 ? Promise.resolve(this.take()) : new Promise((resolve) => this.#queue.push(resolve));
  }

  #newRelease(): ReleaseSlot {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#queue.shift();
      if (next === undefined) this.#free++;
      else next(this.#newRelease());
    };
  }
}
