/**
 * The slots of a run: at most `count` tasks work at once. Those who wait are served in the order of asking, so the scheduler
 * takes one for a new task only while {@link Slots.free}: priority is decided at that moment, and tasks that come back from
 * waiting go before new ones. A counter and not `p-limit`, whose promises cost more than the rest of a small task.
 */
export class Slots {
  #free: number;
  /** Who asked while none was free. Not empty: none is free. */
  readonly #queue: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** True when a new task may start now. */
  get free(): boolean {
    return this.#free > 0;
  }

  /** Takes a slot at once; there must be a {@link free} one. */
  take(): void {
    if (this.#free === 0) throw new Error('No slot is free.');
    this.#free--;
  }

  /** Resolves once a slot is held. */
  async acquire(): Promise<void> {
    if (this.#free > 0) this.take();
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
  }

  /** Gives a slot back; each that was got must be given back once. */
  release(): void {
    if (this.#queue.length === 0) this.#free++;
    else this.#queue.shift()?.();
  }
}
