import type { Clock } from '../ports.ts';
import type { SpanRecord } from './span.ts';
import type { SpanSink } from './span-sink.ts';

/** Spans that are sent together. */
const MAX_BATCH = 256;
/** Spans that wait at most; the oldest go first, as the newest say how a run came out. */
const MAX_WAITING = 8_192;
/** Longest time that spans wait while others come, ms. */
const MAX_AGE_MS = 5_000;

/** Spans on their way to one sink: bounded, in order, one batch under way at a time. Nothing of it ever waits or throws. */
export class SpanQueue {
  readonly #sink: SpanSink;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #onFailure: (error: unknown) => void;
  #stop = new AbortController();
  #waiting: SpanRecord[] = [];
  #since = 0;
  #underWay: Promise<void> | null = null;
  #failed = false;

  /** `onFailure` hears of the first failure. */
  constructor(sink: SpanSink, clock: Pick<Clock, 'monotonic'>, onFailure: (error: unknown) => void) {
    this.#sink = sink;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  add(span: SpanRecord): void {
    const now = this.#clock.monotonic();
    if (this.#waiting.length === 0) this.#since = now;
    this.#waiting.push(span);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    if (this.#waiting.length >= MAX_BATCH || now - this.#since >= MAX_AGE_MS) this.push();
  }

  /** Sends what waits, without waiting for it. */
  push(): void {
    void this.drain();
  }

  /** Resolves when nothing waits and nothing is under way any more. */
  drain(): Promise<void> {
    this.#underWay ??= this.#sendAll().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  /** Stops what is under way and forgets what waits. */
  giveUp(): void {
    this.#waiting = [];
    this.#stop.abort();
    this.#stop = new AbortController();
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      try {
        await this.#sink.export(batch, this.#stop.signal);
      } catch (error) {
        if (!this.#failed) this.#onFailure(error);
        this.#failed = true;
      }
    }
  }
}
