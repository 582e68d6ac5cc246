import type { Clock } from '../ports.ts';

/** What is left of the longest turn at each shorter one. */
const DECAY = 0.95;

/**
 * Lets requests out one per turn of the event loop. Of thirty that were let go at once the last would leave tens of milliseconds after
 * it said that it did, and what is paced by such times comes too early for the vendor a minute later.
 */
export class SendLane {
  readonly #clock: Pick<Clock, 'monotonic' | 'sleep'>;
  readonly #waiting: (() => void)[] = [];
  #busy = false;
  #longestMs = 0;

  constructor(clock: Pick<Clock, 'monotonic' | 'sleep'>) {
    this.#clock = clock;
  }

  /** The longest of the last turns, ms: so late a request may leave after it was let go. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Resolves when it is the caller's turn, who then calls {@link leave} or {@link sent}. */
  async enter(): Promise<void> {
    if (!this.#busy) {
      this.#busy = true;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Nothing is sent: the next one's turn. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy = false;
  }

  /** The caller sends now; the next one's turn comes with the next turn of the event loop. */
  sent(): void {
    const began = this.#clock.monotonic();
    void this.#clock.sleep(0).then(() => {
      const ms = this.#clock.monotonic() - began;
      this.#longestMs = Math.max(ms, this.#longestMs * DECAY);
      this.leave();
    });
  }
}
