import type { Clock } from '../../src/core/ports.ts';

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it. Sleepers wake in the order they are due; a sleep of 0 takes no time. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  #sleepers: Sleeper[] = [];
  /** Sleeps of 0 that have not ended. */
  #turns = 0;

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Number of sleeps that have not ended. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return ms <= 0 ? this.#turn(signal) : this.#sleepFor(ms, signal);
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    this.#turns++;
    await new Promise((resolve) => setImmediate(resolve));
    this.#turns--;
    signal?.throwIfAborted();
  }

  #sleepFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const sleeper: Sleeper = { due: this.#monotonic + ms, wake };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  timer(ms: number, then: () => void): () => void {
    const stop = new AbortController();
    this.sleep(ms, stop.signal).then(then, () => undefined);
    return () => stop.abort();
  }

  /** Moves time on, waking each sleeper at its own moment and letting its continuations run before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    for (;;) {
      await this.#settle();
      const next = this.#sleepers.reduce<Sleeper | null>(
        (first, one) => (first && first.due <= one.due ? first : one),
        null,
      );
      if (!next || next.due > end) break;
      this.#sleepers = this.#sleepers.filter((one) => one !== next);
      this.#moveTo(next.due);
      next.wake();
    }
    this.#moveTo(end);
    await this.#settle();
  }

  /** Advances to each next sleeper until `done()` holds; throws when nobody sleeps any more. */
  async runUntil(done: () => boolean): Promise<void> {
    for (;;) {
      await this.#settle();
      if (done()) return;
      const due = Math.min(...this.#sleepers.map((one) => one.due));
      if (!Number.isFinite(due)) throw new Error('FakeClock.runUntil: nothing sleeps, and the condition does not hold');
      await this.advance(Math.max(0, due - this.#monotonic));
    }
  }

  /** Steps the wall clock without the monotonic one, as a wrong or corrected system clock does. */
  stepWall(ms: number): void {
    this.#now += ms;
  }

  #moveTo(monotonic: number): void {
    this.#now += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }

  /** Lets pending promise callbacks and immediates run. */
  async #settle(): Promise<void> {
    for (let turn = 0; turn < 20 || this.#turns > 0; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
