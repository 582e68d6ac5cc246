import type { EventBody } from '../events.ts';
import type { Clock } from '../ports.ts';

/** Shortest time between two deltas of one attempt, ms (design, decision 15: at most 10 per second and agent). */
const DELTA_INTERVAL_MS = 100;

/** The attempt that text belongs to, and where its events go. */
export interface ShownTextParts {
  readonly clock: Clock;
  readonly taskId: string;
  readonly attempt: number;
  show(event: EventBody): void;
}

/**
 * Streamed text of one attempt on its way to listeners: joined to at most one `task:delta` per interval, the rest goes out
 * with {@link end}. Text that is replaced is announced by one `task:retry`: with the new account when the pool tells of it,
 * else when text comes that starts anew. Deltas then count from nothing again.
 */
export class ShownText {
  readonly #parts: ShownTextParts;
  #text = '';
  /** True: listeners show text that a replacement must take back. */
  #shown = false;
  /** Stops the timer of the next delta; null: none is to come. */
  #stop: (() => void) | null = null;

  constructor(parts: ShownTextParts) {
    this.#parts = parts;
  }

  /** Adds streamed text; `reset` true: it replaces what came before. */
  add(text: string, reset: boolean): void {
    if (reset) {
      this.#text = '';
      if (this.#shown) this.replace('The answer starts anew.', null);
    }
    this.#text += text;
    if (this.#text !== '' && this.#stop === null) this.#sendLater();
  }

  /** Takes back what was shown: another call answers, at `account` (null: the same). */
  replace(reason: string, account: string | null): void {
    this.#text = '';
    this.#shown = false;
    const { taskId, attempt, show } = this.#parts;
    show({ type: 'task:retry', taskId, attempt, reason, account });
  }

  /** Sends what is left. */
  end(): void {
    this.#stop?.();
    this.#send();
  }

  #sendLater(): void {
    this.#stop = this.#parts.clock.timer(DELTA_INTERVAL_MS, () => {
      this.#stop = null;
      this.#send();
    });
  }

  #send(): void {
    if (this.#text === '') return;
    const text = this.#text;
    this.#text = '';
    this.#shown = true;
    const { taskId, attempt, show } = this.#parts;
    show({ type: 'task:delta', taskId, attempt, text });
  }
}
