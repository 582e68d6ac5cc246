import { EnsembleError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { UNLIMITED_MS } from './journal-entry.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { TaskState } from './state.ts';
import { TimeAllowance } from './time-allowance.ts';

/** How long an executor may take to notice that its attempt was aborted, ms; then it is left behind. */
const ABORT_GRACE_MS = 1_000;

/** What one attempt may take. */
export interface Limits {
  /** {@link UNLIMITED_MS}: any time. */
  readonly timeoutMs: number;
  /** Null: it may be silent as long as it likes. */
  readonly silenceMs: number | null;
}

/** Watches the time of one attempt, and that it gives signs of life. Neither counts while it waits. */
export class AttemptLimits {
  readonly #time: TimeAllowance | null;
  readonly #silence: SilenceWatch | null;

  /** `exceeded` is told the error that ends the attempt. */
  constructor(clock: Clock, task: TaskState, limits: Limits, exceeded: (error: EnsembleError) => void) {
    const { timeoutMs, silenceMs } = limits;
    this.#time =
      timeoutMs >= UNLIMITED_MS
        ? null
        : new TimeAllowance(clock, timeoutMs, () => exceeded(timeoutError(task, timeoutMs)));
    this.#silence =
      silenceMs === null ? null : new SilenceWatch(clock, silenceMs, () => exceeded(silentError(task, silenceMs)));
  }

  /** Starts or goes on. */
  start(): void {
    this.#time?.start();
    this.#silence?.start();
  }

  pause(): void {
    this.#time?.pause();
    this.#silence?.stop();
  }

  /** The attempt lives. */
  sign(): void {
    this.#silence?.sign();
  }
}

/** The time that an aborted attempt has to come to its end; then `leave` is called. */
export function graceOf(clock: Clock, leave: () => void): TimeAllowance {
  const grace = new TimeAllowance(clock, ABORT_GRACE_MS, leave);
  grace.start();
  return grace;
}

/** True: the attempt took too long or said nothing. Only this calls for another one; all else that aborts concerns the whole run. */
export function isTimeout(reason: EnsembleError | null): boolean {
  return reason?.code === 'task-timeout' || reason?.code === 'task-silent';
}

function timeoutError({ spec }: TaskState, ms: number): EnsembleError {
  const message = `Task "${spec.id}" took longer than ${ms / 1000} s.`;
  return new EnsembleError('task-timeout', message, { hint: 'Give it more time, or make it smaller.' });
}

function silentError({ spec }: TaskState, ms: number): EnsembleError {
  const message = `Task "${spec.id}" has given no sign of life for ${ms / 1000} s.`;
  return new EnsembleError('task-silent', message, { hint: 'Look at its account or tool; the run can be resumed.' });
}
