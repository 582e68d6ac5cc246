import type { Clock } from '../ports.ts';
import type { GroupGate } from './group-gate.ts';

/** What a waiting call may do now, or what it waits for. */
export type Decision<T> =
  | { readonly go: T }
  | {
      /** Gates whose next send time would help. */
      readonly gates: readonly GroupGate[];
      /** Epoch ms at which time alone may change the decision; Infinity: only an event does. */
      readonly nextAt: number;
    };

/** A call that waits for its turn. */
export interface Waiting<T> {
  /** Higher goes first. */
  readonly priority: number;
  /** Runs of the same priority take turns, so that one with many calls does not keep the others waiting. */
  readonly run: string;
  /** Given by the line when the call first waits; it keeps it when it has to wait again. Null before. */
  turn: number | null;
  decide(): Decision<T>;
  /** True when the gate could serve it, now or later. */
  couldPass(gate: GroupGate): boolean;
}

interface Place<T> {
  /** Its place among those of its priority: each run's calls are one turn apart. */
  readonly turn: number;
  readonly waiting: Waiting<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Everybody who waits for an account, in one line: a send time belongs to the first call that it suits, whichever account it
 * is of. Nobody is bound to an account while it waits, so none waits at a slow one while another is free.
 */
export class WaitingLine<T> {
  readonly #clock: Clock;
  readonly #places: Place<T>[] = [];
  #wanted: ReadonlyMap<GroupGate, number> = new Map();
  #scheduled = false;
  #served = 0;
  #timer: { readonly at: number; readonly stop: AbortController } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  /** Calls that wait and could be served by the gate. */
  waitingFor(gate: GroupGate): number {
    return this.#places.filter(({ waiting }) => waiting.couldPass(gate)).length;
  }

  /** Resolves with what the call decides once it may go; rejects when the signal aborts. */
  wait(waiting: Waiting<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const leave = () => {
        const at = this.#places.indexOf(place);
        if (at !== -1) this.#places.splice(at, 1);
        signal.removeEventListener('abort', abort);
      };
      const abort = () => {
        leave();
        reject(signal.reason);
        this.poke();
      };
      const settled =
        <V>(settle: (value: V) => void) =>
        (value: V) => {
          leave();
          settle(value);
        };
      waiting.turn ??= this.#turnOf(waiting);
      const place: Place<T> = {
        turn: waiting.turn,
        waiting,
        resolve: settled(resolve),
        reject: settled(reject),
      };
      const at = this.#places.findIndex((other) => isBefore(place, other));
      this.#places.splice(at === -1 ? this.#places.length : at, 0, place);
      signal.addEventListener('abort', abort, { once: true });
      this.poke();
    });
  }

  /** The turn after the last of its run that waits, and never before those that are being served. */
  #turnOf({ run, priority }: Waiting<T>): number {
    const same = this.#places.filter(({ waiting }) => waiting.run === run && waiting.priority === priority);
    return Math.max(this.#served, ...same.map(({ turn }) => turn)) + 1;
  }

  /** Something has changed: everybody decides again, once, soon. */
  poke(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    void Promise.resolve().then(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  /** Nobody can go on, such as when the store has failed. */
  rejectAll(error: unknown): void {
    for (const place of [...this.#places]) place.reject(error);
    this.poke();
  }

  #run(): void {
    const wanted = new Map<GroupGate, number>();
    let nextAt = Number.POSITIVE_INFINITY;
    for (const place of [...this.#places]) {
      const decision = place.waiting.decide();
      if ('go' in decision) {
        this.#served = Math.max(this.#served, place.turn - 1);
        place.resolve(decision.go);
        continue;
      }
      for (const gate of decision.gates) wanted.set(gate, (wanted.get(gate) ?? 0) + 1);
      nextAt = Math.min(nextAt, decision.nextAt);
    }
    for (const gate of this.#wanted.keys()) if (!wanted.has(gate)) gate.idle();
    this.#wanted = wanted;
    for (const [gate, calls] of wanted) gate.want(calls);
    this.#wakeAt(nextAt);
  }

  #wakeAt(at: number): void {
    if (this.#timer?.at === at) return;
    this.#timer?.stop.abort();
    this.#timer = null;
    if (!Number.isFinite(at)) return;
    const timer = { at, stop: new AbortController() };
    this.#timer = timer;
    this.#clock.sleep(Math.max(0, at - this.#clock.now()), timer.stop.signal).then(
      () => {
        if (this.#timer === timer) this.#timer = null;
        this.poke();
      },
      () => undefined,
    );
  }
}

function isBefore<T>(one: Place<T>, other: Place<T>): boolean {
  if (one.waiting.priority !== other.waiting.priority) return one.waiting.priority > other.waiting.priority;
  return one.turn < other.turn;
}
