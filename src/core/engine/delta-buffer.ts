import type { Clock } from '../ports.ts';

/** Shortest time between two deltas of one task, ms (design, decision 15: at most 10 per second and agent). */
const DELTA_INTERVAL_MS = 100;

/** Joins streamed text so that a task sends at most one delta per interval. The rest goes out with `flush`. */
export class DeltaBuffer {
  readonly #clock: Clock;
  readonly #send: (text: string) => void;
  readonly #closed = new AbortController();
  #text = '';
  #waiting = false;

  constructor(clock: Clock, send: (text: string) => void) {
    this.#clock = clock;
    this.#send = send;
  }

  add(text: string): void {
    this.#text += text;
    if (this.#waiting || this.#closed.signal.aborted) return;
    this.#waiting = true;
    this.#clock.sleep(DELTA_INTERVAL_MS, this.#closed.signal).then(
      () => {
        this.#waiting = false;
        this.#sendAll();
      },
      () => undefined,
    );
  }

  /** Forgets what was not sent: a new attempt replaces it. */
  drop(): void {
    this.#text = '';
  }

  /** Sends the rest and ends. */
  flush(): void {
    this.#closed.abort();
    this.#sendAll();
  }

  #sendAll(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#send(text);
  }
}
