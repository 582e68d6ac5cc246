import pLimit from 'p-limit';

/** Gives a slot back; calling it twice does nothing. */
export type ReleaseSlot = () => void;

/**
 * The slots of a run: at most `count` tasks work at once. Those that come back from waiting queue here and so go before
 * new tasks, which the scheduler starts only while {@link Slots.free}.
 */
export class Slots {
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #count: number;
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
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#taken--;
      done();
    };
  }
}
