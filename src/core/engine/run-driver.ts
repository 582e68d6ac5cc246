import { EnsembleError, type ErrorInfo, isEnsembleError, toErrorInfo } from '../errors.ts';
import type { RunStatus } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { Approver, Clock, Logger, Random, RunJournal, TaskOutcome } from '../ports.ts';
import { markDue, markWaiting } from './apply.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { Attempt, type AttemptHost, type Performer } from './attempt.ts';
import { allOrphans, orphansOf } from './children.ts';
import type { CommitLog } from './commit-log.ts';
import { endOf, nextFan, nextReady } from './decide.ts';
import { runEntry, taskEntry } from './entries.ts';
import { fanStep } from './fan-out.ts';
import { type EntryDraft, type RunLimits, UNLIMITED_MS } from './journal-entry.ts';
import { MailRoom } from './mail-room.ts';
import { completionOf, settlementOf } from './settlement.ts';
import { Slots } from './slots.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';
import { cancelled, interruption, runTimeout, waitsForPeople } from './stop-reasons.ts';
import type { Teamwork } from './teamwork.ts';
import { TimeAllowance } from './time-allowance.ts';

/** What a run that is over comes to. */
export interface Ending {
  readonly status: RunStatus;
  /** Why it did not complete; null when it did. */
  readonly error: ErrorInfo | null;
}

/** Makes what a run comes to from its state. */
export interface Endings<E extends Ending> {
  /** All tasks have ended, or nothing more is done; `status` is what the tasks make of it, `now` ISO-8601 UTC. Never rejects. */
  ended(status: RunStatus, now: string): Promise<E>;
  /** The run can be resumed. */
  paused(now: string): E;
  /** What is journaled before, once no task does anything any more. Never rejects. Default: nothing. */
  before?(): Promise<readonly EntryDraft[]>;
}

/** What drives one run. */
export interface DriverParts<E extends Ending> {
  readonly state: RunState;
  readonly log: CommitLog;
  readonly limits: RunLimits;
  readonly performer: Performer;
  readonly endings: Endings<E>;
  /** Null: the run is not kept. */
  readonly journal: RunJournal | null;
  /** Asks somebody here; null: nobody is. */
  readonly ask: NonNullable<Approver['askDuring']> | null;
  readonly teamwork: Teamwork;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Why a run is being stopped before all tasks have ended. */
interface Stop {
  readonly as: 'interrupted' | 'suspended' | 'cancelled';
  readonly error: ErrorInfo;
}

/**
 * The scheduler of one run: carries out what the state calls for. Event-driven: each end of a task, freed slot or due retry
 * calls `#advance`, which starts whatever may start now; there is no barrier between waves. What follows from an event is
 * journaled in the same turn and so becomes durable with it.
 */
export class RunDriver<E extends Ending> {
  /** Settles when the run has ended, was stopped, or was lost. */
  readonly result: Promise<E>;
  readonly #parts: DriverParts<E>;
  readonly #slots: Slots;
  readonly #host: AttemptHost;
  readonly #mailRoom = new MailRoom();
  /** Attempts under way, each at the place of its task in the order of addition. */
  readonly #attempts: (Attempt | undefined)[] = [];
  /** How many there are. */
  #working = 0;
  readonly #waiting = new Set<TaskState>();
  /** Null: the run may take any time. */
  readonly #allowance: TimeAllowance | null;
  /** Tasks below one that has ended. */
  readonly #orphans = new Set<TaskState>();
  /** Ends the delays of retries; made with the first one. */
  #delays: AbortController | null = null;
  /** Retries whose time has not come. */
  #delayed = 0;
  /** Made with the first question. */
  #desk: ApprovalDesk | null = null;
  #stop: Stop | null = null;
  #finishing = false;
  #resolve: (ending: E) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(parts: DriverParts<E>) {
    const { clock, limits, log } = parts;
    this.#parts = parts;
    this.#slots = new Slots(limits.maxParallel);
    const late = () => this.stop('interrupted', runTimeout(limits));
    this.#allowance = limits.runTimeoutMs >= UNLIMITED_MS ? null : new TimeAllowance(clock, limits.runTimeoutMs, late);
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A run that nobody awaits must not become an unhandled rejection.
    this.result.catch(() => undefined);
    void log.failed.then((error) => this.#lose(error));
    this.#host = this.#hostOf(parts);
  }

  #hostOf({ clock, limits, log, logger, performer, state, teamwork }: DriverParts<E>): AttemptHost {
    return {
      clock,
      performer,
      slots: this.#slots,
      silenceMs: limits.silenceMs ?? null,
      teamwork,
      mail: { state, clock, room: this.#mailRoom, append: (drafts) => this.#write(drafts) },
      ended: (task, outcome) => this.#ended(task, outcome),
      commit: (drafts) => log.append(drafts),
      show: (body) => log.show(body),
      waits: (task, waiting) => this.#waits(task, waiting),
      slotFreed: () => this.#advance(),
      answerTo: (question, signal, nobody) => {
        this.#desk ??= teamwork.desk({ ...this.#parts, runId: state.runId });
        return this.#desk.answerTo({ ...question, runId: state.runId, askedAt: this.#now() }, signal, nobody);
      },
      parked: () => this.#advance(),
      showWaiting: (task, waiting) => this.#showWaiting(task, waiting),
      reportBug: (task, { code, message }) =>
        logger.error('An executor failed', { runId: state.runId, task: task.instanceId, code, message }),
    };
  }

  /** Starts scheduling; the run's entries so far are durable. `signal` stops the run orderly, so that it can be resumed. */
  begin(signal?: AbortSignal): void {
    if (signal !== undefined) this.#follow(signal);
    if (this.#stop !== null) return;
    const { stopped, tasks } = this.#parts.state;
    // Cancelled for good, but the process ended before the run did.
    if (stopped?.as === 'cancelled') this.stop('cancelled', cancelled(stopped.reason));
    this.#abandon(allOrphans(this.#parts.state));
    for (const task of tasks.values()) if (task.retryAt !== null) this.#startLater(task, task.retryAt);
    this.#advance();
  }

  #follow(signal: AbortSignal): void {
    const interrupt = () => this.stop('interrupted', interruption());
    if (signal.aborted) {
      interrupt();
      return;
    }
    signal.addEventListener('abort', interrupt, { once: true });
    const unlisten = () => signal.removeEventListener('abort', interrupt);
    this.result.then(unlisten, unlisten);
  }

  /**
   * Stops the run before its end. `interrupted` and `suspended` leave it resumable, `cancelled` is final and overrides them. Attempts
   * are aborted; those that ignore it are left behind after a second.
   */
  stop(as: Stop['as'], error: ErrorInfo): void {
    if (this.#finishing || this.#stop?.as === 'cancelled' || this.#stop?.as === as) return;
    if (this.#stop !== null && as === 'suspended') return;
    this.#stop = { as, error };
    this.#allowance?.pause();
    this.#delays?.abort(error);
    if (as === 'cancelled' && this.#parts.state.stopped?.as !== 'cancelled') {
      // A cancellation survives a crash that comes before the end.
      this.#write([runEntry({ kind: 'run-cancel-requested', payload: { reason: error.message } })]);
    }
    this.#abortRunning(error);
    this.#advance();
  }

  /** Does all that can be done now, and ends the run when nothing is left. Synchronous, so it never runs twice at once. */
  #advance(): void {
    const { state } = this.#parts;
    while (!this.#finishing) {
      if (state.skips.size > 0) this.#skip();
      else if (this.#stop === null && state.fans.size > 0 && this.#fanOne()) continue;
      else if (this.#stop === null && state.ready.size > 0 && this.#slots.free && this.#startOne()) continue;
      else break;
    }
    if (!this.#finishing && (this.#working === 0 || state.stopped !== null)) this.#endIfDone();
    if (this.#desk !== null && this.#waitsForPeople()) {
      this.stop('suspended', waitsForPeople(this.#running().map(({ task }) => task)));
    }
    if (this.#allowance !== null) this.#meter(this.#allowance);
  }

  #skip(): void {
    const skips = Array.from(this.#parts.state.skips);
    this.#write(skips.map(([task, { reason }]) => taskEntry(task, { kind: 'task-skipped', payload: { reason } })));
    this.#mailRoom.changed();
  }

  /** Lets the next task fan out or join, which takes no slot; false: there is none. */
  #fanOne(): boolean {
    const task = nextFan(this.#parts.state);
    if (task === null) return false;
    this.#write([fanStep(this.#parts.state, task)]);
    this.#mailRoom.changed();
    return true;
  }

  /** Starts the next task in a slot that is free; false: none is ready. */
  #startOne(): boolean {
    const { state, limits, log } = this.#parts;
    const task = nextReady(state);
    if (task === null) return false;
    const attempt = new Attempt(this.#host, task, task.spec.timeoutMs ?? limits.taskTimeoutMs);
    this.#attempts[task.order] = attempt;
    this.#working++;
    this.#slots.take();
    log.started(task, task.interrupted ? task.attempt : task.attempt + 1, attempt);
    return true;
  }

  #endIfDone(): void {
    const { state } = this.#parts;
    if (state.stopped?.as === 'failed') this.#abortRunning(cancelled(state.stopped.reason));
    if (this.#working > 0) return;
    const end = endOf(state);
    if (this.#stop !== null || end !== null) void this.#finish(end);
  }

  /** The attempts under way, in the order of their tasks. */
  #running(): Attempt[] {
    return this.#attempts.filter((attempt) => attempt !== undefined);
  }

  #ended(task: TaskState, outcome: TaskOutcome): void {
    try {
      this.#settle(task, outcome);
    } catch (error) {
      this.#lose(error);
    }
    this.#attempts[task.order] = undefined;
    this.#working--;
    if (this.#waiting.size > 0) this.#waiting.delete(task);
    this.#advance();
    this.#mailRoom.changed();
  }

  /** Journals how an attempt ended, and does what follows from it. */
  #settle(task: TaskState, outcome: TaskOutcome): void {
    // Cut off by a stop: the attempt stays open, to go on when the run is resumed.
    if (this.#stop !== null && outcome.status === 'failed') return;
    const { state, log, clock, random } = this.#parts;
    if (this.#orphans.size > 0 && this.#orphans.has(task)) {
      this.#write([taskEntry(task, { kind: 'task-cancelled', payload: {} })]);
      return;
    }
    if (outcome.status === 'completed' && outcome.extend === undefined) log.completed(task, completionOf(outcome));
    else this.#write(settlementOf(state, task, outcome, { now: clock.now(), random }));
    if (task.children.length > 0) this.#abandon(orphansOf(task));
    if (task.retryAt !== null) this.#startLater(task, task.retryAt);
    if (task.interrupted && task.error !== null) this.stop('interrupted', task.error);
  }

  /** True: nothing goes on and nothing will, before somebody who is not here has answered. */
  #waitsForPeople(): boolean {
    if (this.#finishing || this.#stop !== null || this.#delayed > 0 || this.#working === 0) return false;
    const attempts = this.#running();
    if (!attempts.every((one) => one.isParked || one.waitsForChildren)) return false;
    return attempts.some((one) => one.isParked) && nextReady(this.#parts.state) === null;
  }

  /** Looks whether people have answered elsewhere. */
  lookForAnswers(): void {
    this.#desk?.look().catch(() => undefined);
  }

  /** Nobody waits for these tasks any more: those at work are aborted, the others never start. */
  #abandon(tasks: readonly TaskState[]): void {
    for (const task of tasks) {
      this.#orphans.add(task);
      const attempt = this.#attempts[task.order];
      if (attempt) attempt.abort(new EnsembleError('cancelled', 'The task that it was a part of has ended.'));
      else this.#write([taskEntry(task, { kind: 'task-cancelled', payload: {} })]);
    }
  }

  #startLater(task: TaskState, resumeAt: string): void {
    const { clock, state } = this.#parts;
    this.#delayed++;
    this.#delays ??= new AbortController();
    clock.sleep(Math.max(0, Date.parse(resumeAt) - clock.now()), this.#delays.signal).then(
      () => {
        this.#delayed--;
        markDue(state, task);
        this.#advance();
      },
      () => undefined,
    );
  }

  #waits(task: TaskState, waiting: boolean): void {
    if (waiting) this.#waiting.add(task);
    else this.#waiting.delete(task);
    this.#advance();
  }

  #showWaiting(task: TaskState, waiting: boolean): void {
    if (this.#finishing) return;
    markWaiting(task, waiting);
    void this.#parts.log.project(task);
  }

  /** The run's time passes unless every running task waits. */
  #meter(allowance: TimeAllowance): void {
    if (this.#finishing || this.#stop !== null) return;
    if (this.#working > 0 && this.#waiting.size === this.#working) allowance.pause();
    else allowance.start();
  }

  #abortRunning({ code, message, hint }: ErrorInfo): void {
    if (this.#working === 0) return;
    const reason = new EnsembleError(code, message, hint === null ? {} : { hint });
    for (const attempt of this.#running()) attempt.abort(reason);
  }

  /** Journals entries that nothing waits for. */
  #write(drafts: readonly EntryDraft[]): void {
    for (const draft of drafts) this.#parts.log.write(draft, null);
  }

  /** The journal refused: another process owns the run, or the disk does not take it. Writes nothing more. */
  #lose(error: unknown): void {
    if (this.#finishing) return;
    this.#endTimers();
    const { code, message, hint } = toErrorInfo(error);
    this.#abortRunning({ code, message, hint });
    this.#parts.logger.error('The run cannot go on', { runId: this.#parts.state.runId, code, message });
    this.#reject(isEnsembleError(error) ? error : new EnsembleError(code, message, { cause: error }));
  }

  #endTimers(): void {
    this.#finishing = true;
    this.#allowance?.pause();
    this.#delays?.abort(cancelled('over'));
  }

  /** Ends the run: `end` is what its tasks make of it, null while some are open. */
  async #finish(end: RunStatus | null): Promise<void> {
    this.#endTimers();
    try {
      const stop = this.#stop;
      const paused = stop !== null && stop.as !== 'cancelled';
      this.#resolve(paused ? await this.#pause(stop) : await this.#conclude(end ?? 'cancelled'));
    } catch (error) {
      this.#reject(error);
    }
  }

  async #pause({ as, error }: Stop): Promise<E> {
    const { log, endings } = this.#parts;
    const kind = as === 'suspended' ? 'run-suspended' : 'run-interrupted';
    await log.append([...((await endings.before?.()) ?? []), runEntry({ kind, payload: { error } })]);
    return endings.paused(this.#now());
  }

  async #conclude(status: RunStatus): Promise<E> {
    const { state, log, endings } = this.#parts;
    const open = state.counts.ended < state.tasks.size ? [...state.tasks.values()] : [];
    const before = open
      .filter((task) => !hasEnded(task))
      .map((task): EntryDraft => taskEntry(task, { kind: 'task-cancelled', payload: {} }));
    before.push(...((await endings.before?.()) ?? []));
    if (before.length > 0) await log.append(before);
    const ending = await endings.ended(status, this.#now());
    const payload = { status: ending.status, error: ending.error, result: ending as unknown as Json };
    await log.append([runEntry({ kind: 'run-ended', payload })]);
    return ending;
  }

  #now(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}
