import { EnsembleError, type ErrorInfo, toErrorInfo } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { Clock, TaskOutcome } from '../ports.ts';
import { AttemptLimits, graceOf, isTimeout, type Limits } from './attempt-limits.ts';
import type { Waiting } from './commit-log.ts';
import { type EntryDraft, UNLIMITED_MS } from './journal-entry.ts';
import type { Slots } from './slots.ts';
import type { TaskState } from './state.ts';
import type { MailHost } from './task-mail.ts';
import type { AskedQuestion } from './task-questions.ts';
import type { Teamwork } from './teamwork.ts';
import type { TimeAllowance } from './time-allowance.ts';

/** What an attempt needs of its run. */
export interface AttemptHost {
  readonly clock: Clock;
  readonly slots: Slots;
  /** Null: attempts may be silent as long as they like. */
  readonly silenceMs: number | null;
  readonly performer: Performer;
  readonly teamwork: Teamwork;
  readonly mail: MailHost;
  /** The attempt is over; told once. */
  ended(task: TaskState, outcome: TaskOutcome): void;
  /** Journals entries; resolves when they are durable, rejects when the run was lost. */
  commit(drafts: readonly EntryDraft[]): Promise<void>;
  /** Shows an event that is not journaled. */
  show(body: EventBody): void;
  /** The attempt has given its slot back to wait, or has it again. */
  waits(task: TaskState, waiting: boolean): void;
  /** A slot was got for nothing and given back. */
  slotFreed(): void;
  /** Resolves with a person's answer to a question that is durable; calls `nobody` when nobody here can answer now. */
  answerTo(question: AskedQuestion, signal: AbortSignal, nobody: () => void): Promise<boolean>;
  /** The attempt can go no further before somebody who is not here has answered. */
  parked(): void;
  /** The task's status is now `waiting`, or `running` again. */
  showWaiting(task: TaskState, waiting: boolean): void;
  /** An executor rejected although its attempt was not aborted. */
  reportBug(task: TaskState, error: ErrorInfo): void;
}

/** What an attempt knows of that which its executor does. */
export interface Work {
  /** True: all that it does is to wait for people who are not here. */
  readonly isParked: boolean;
  /** True: all that it does is to wait for the tasks below it. */
  readonly waitsForChildren: boolean;
  /** The attempt is over; true when it held a slot, which is now the caller's to give back. */
  end(): boolean;
}

/** Does the work of attempts. */
export interface Performer {
  /** Begins, and tells the attempt by {@link Attempt.end} or {@link Attempt.fail} what came of it: later, never at once. */
  perform(attempt: Attempt): void;
}

/**
 * One attempt of one task, from its durable start to its end: holds a slot, watches the time, can be aborted. What it does meanwhile
 * is its {@link Work}, which a plain function never needs. This is the path of every task, so it is told by callbacks: promises
 * would cost more than all the rest of it.
 */
export class Attempt implements Waiting {
  readonly task: TaskState;
  readonly host: AttemptHost;
  /** Null: there are none. */
  readonly limits: AttemptLimits | null;
  /** What the executor does; null: it is not one that needs this. */
  work: Work | null = null;
  #phase: 'starting' | 'working' | 'over' = 'starting';
  /** Why the attempt was aborted; null: it was not. */
  #aborted: EnsembleError | null = null;
  /** Made when somebody looks at the signal. */
  #controller: AbortController | null = null;
  /** Ends an aborted attempt that does not end by itself. */
  #grace: TimeAllowance | null = null;

  /** There is a slot taken for it. */
  constructor(host: AttemptHost, task: TaskState, timeoutMs: number) {
    this.host = host;
    this.task = task;
    const { silenceMs } = host;
    // Nothing has to be watched, as in most graphs of plain functions.
    this.limits = timeoutMs >= UNLIMITED_MS && silenceMs === null ? null : this.#limitsOf({ timeoutMs, silenceMs });
  }

  #limitsOf(limits: Limits): AttemptLimits {
    return new AttemptLimits(this.host.clock, this.task, limits, (error) => this.abort(error));
  }

  /** Ends the attempt early; `reason` becomes its error. The first reason counts. */
  abort(reason: EnsembleError): void {
    if (this.#aborted) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    // An executor that does not listen is left behind.
    if (this.#phase === 'working') this.#grace = graceOf(this.host.clock, () => this.end(abortedBy(reason)));
  }

  /** The start is durable: the work begins. An attempt that was aborted meanwhile ends with that reason. */
  durable(): void {
    if (this.#aborted !== null) {
      this.end(abortedBy(this.#aborted));
      return;
    }
    this.#phase = 'working';
    this.limits?.start();
    this.host.performer.perform(this);
  }

  /** The start is not kept, so nothing begins: the run is lost, and whoever lost it says so. */
  refused(): void {
    this.#phase = 'over';
  }

  /** The work has come to this; an aborted attempt has the reason of the abort as its error. The host hears it once the slot is back. */
  end(outcome: TaskOutcome): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.limits?.pause();
    this.#grace?.pause();
    if (this.work === null || this.work.end()) this.host.slots.release();
    this.host.ended(this.task, this.#aborted === null ? outcome : abortedBy(this.#aborted));
  }

  /** The executor has rejected: a bug, unless the attempt was aborted. */
  fail(failure: unknown): void {
    if (this.isOver) return;
    const error = toErrorInfo(failure);
    if (this.#aborted === null) this.host.reportBug(this.task, error);
    this.end({ status: 'failed', error, attempts: [], retryable: false });
  }

  /** True: all that the attempt does is to wait for people who are not here. */
  get isParked(): boolean {
    return this.work?.isParked ?? false;
  }

  /** True: all that the attempt does is to wait for the tasks below it. */
  get waitsForChildren(): boolean {
    return this.work?.waitsForChildren ?? false;
  }

  /** True: it may still do something. */
  get isOpen(): boolean {
    return this.#aborted === null && !this.isOver;
  }

  /** Made when it is asked for: most small tasks never do. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#phase === 'over';
  }

  /** Throws once the attempt was aborted or is over. */
  fence(): void {
    if (this.#aborted) throw this.#aborted;
    if (this.isOver) throw new EnsembleError('cancelled', 'This attempt has ended.');
  }

  /** As {@link fence}, for what was done before an orderly stop took hold: it is kept for the attempt that goes on; a timed-out one has none. */
  fenceOutcome(): void {
    if (this.isOver || isTimeout(this.#aborted)) this.fence();
  }
}

function abortedBy(reason: EnsembleError): TaskOutcome {
  return { status: 'failed', error: toErrorInfo(reason), attempts: [], retryable: isTimeout(reason) };
}
