/** Runs `task` after `ms`; returns how to drop it. */
export type Schedule = (task: () => void, ms: number) => () => void;

/** {@link Schedule} with the runtime's timers. */
export const realSchedule: Schedule = (task, ms) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};

/**
 * Collects changes and hands them on at most once per interval: the first at once, what comes during the interval
 * together at its end. Null stands for "everything" and swallows single ids.
 */
export class ChangeThrottle {
  readonly #flush: (ids: readonly string[] | null) => void;
  readonly #intervalMs: number;
  readonly #schedule: Schedule;
  #waiting: Set<string> | null = new Set();
  #drop: (() => void) | null = null;

  constructor(flush: (ids: readonly string[] | null) => void, intervalMs: number, schedule: Schedule = realSchedule) {
    this.#flush = flush;
    this.#intervalMs = intervalMs;
    this.#schedule = schedule;
  }

  add(ids: readonly string[] | null): void {
    if (ids === null) this.#waiting = null;
    else for (const id of ids) this.#waiting?.add(id);
    if (!this.#drop) this.#release();
  }

  /** Forgets what is waiting and stops the timer. */
  dispose(): void {
    this.#drop?.();
    this.#drop = null;
    this.#waiting = new Set();
  }

  #release(): void {
    const ids = this.#waiting;
    this.#waiting = new Set();
    if (ids && ids.size === 0) {
      this.#drop = null;
      return;
    }
    this.#drop = this.#schedule(() => this.#release(), this.#intervalMs);
    this.#flush(ids && [...ids]);
  }
}
