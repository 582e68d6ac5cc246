import { EnsembleError, type ErrorInfo, isEnsembleError, toErrorInfo } from '../errors.ts';
import type { RunStatus } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { Approver, Clock, Logger, Random, RunJournal, TaskExecutor, TaskOutcome } from '../ports.ts';
import type { RunResult } from '../results.ts';
import { markDue, markWaiting } from './apply.ts';
import type { ApprovalDesk } from './approval-desk.ts';
import { Attempt, type AttemptHost } from './attempt.ts';
import { allOrphans, orphansOf } from './children.ts';
import type { CommitLog } from './commit-log.ts';
import { type Conclude, concludeRun, interruptedResult } from './conclusion.ts';
import { decide } from './decide.ts';
import { runEntry, taskEntry } from './entries.ts';
import { executionOf } from './execution.ts';
import { fanStep } from './fan-out.ts';
import type { EntryDraft, JournalBody, RunLimits } from './journal-entry.ts';
import { MailRoom } from './mail-room.ts';
import { settlementOf } from './settlement.ts';
import { Slots } from './slots.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';
import type { Teamwork } from './teamwork.ts';
import { TimeAllowance } from './time-allowance.ts';

/** What drives one run. */
export interface DriverParts {
  readonly state: RunState;
  readonly log: CommitLog;
  readonly limits: RunLimits;
  readonly executor: TaskExecutor;
  readonly conclude: Conclude;
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
 * The scheduler of one run: carries out what {@link decide} says. Event-driven: each end of a task, freed slot or due retry
 * calls `#advance`, which starts whatever may start now; there is no barrier between waves. What follows from an event is
 * journaled in the same turn and so becomes durable with it.
 */
export class RunDriver {
  /** Settles when the run has ended, was stopped, or was lost. */
  readonly result: Promise<RunResult>;
  readonly #parts: DriverParts;
  readonly #slots: Slots;
  readonly #host: AttemptHost;
  readonly #mailRoom = new MailRoom();
  readonly #running = new Map<TaskState, Attempt>();
  readonly #waiting = new Set<TaskState>();
  readonly #allowance: TimeAllowance;
  /** Tasks below one that has ended. */
  readonly #orphans = new Set<TaskState>();
  /** Ends the delays of retries. */
  readonly #delays = new AbortController();
  /** Retries whose time has not come. */
  #delayed = 0;
  /** Made with the first question. */
  #desk: ApprovalDesk | null = null;
  #stop: Stop | null = null;
  #finishing = false;
  #resolve: (result: RunResult) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(parts: DriverParts) {
    const { clock, executor, limits, logger, log } = parts;
    this.#parts = parts;
    this.#slots = new Slots(limits.maxParallel);
    this.#allowance = new TimeAllowance(clock, limits.runTimeoutMs, () => this.stop('interrupted', runTimeout(limits)));
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // A run that nobody awaits must not become an unhandled rejection.
    this.result.catch(() => undefined);
    void log.failed.then((error) => this.#lose(error));
    this.#host = {
      clock,
      executor,
      slots: this.#slots,
      silenceMs: limits.silenceMs ?? null,
      teamwork: parts.teamwork,
      mail: { state: parts.state, clock, room: this.#mailRoom, append: (drafts) => this.#write(drafts) },
      executionOf: (task) => executionOf(parts.state, task),
      ended: (task, outcome) => this.#ended(task, outcome),
      commit: (drafts) => log.append(drafts),
      show: (body) => log.show(body),
      waits: (task, waiting) => this.#waits(task, waiting),
      slotFreed: () => this.#advance(),
      answerTo: (question, signal, nobody) => {
        this.#desk ??= parts.teamwork.desk({ ...parts, runId: parts.state.runId });
        const asked = { ...question, runId: parts.state.runId, askedAt: this.#now() };
        return this.#desk.answerTo(asked, signal, nobody);
      },
      parked: () => this.#advance(),
      showWaiting: (task, waiting) => this.#showWaiting(task, waiting),
      reportBug: (task, { code, message }) =>
        logger.error('An executor failed', { runId: parts.state.runId, task: task.instanceId, code, message }),
    };
  }

  /** Starts scheduling; the run's entries so far are durable. */
  begin(): void {
    const { stopped, tasks } = this.#parts.state;
    // Cancelled for good, but the process ended before the run did.
    if (stopped?.as === 'cancelled') this.stop('cancelled', cancelled(stopped.reason));
    this.#abandon(allOrphans(this.#parts.state));
    for (const task of tasks.values()) if (task.retryAt !== null) this.#startLater(task, task.retryAt);
    this.#advance();
  }

  /**
   * Stops the run before its end. `interrupted` and `suspended` leave it resumable, `cancelled` is final and overrides them. Attempts
   * are aborted; those that ignore it are left behind after a second.
   */
  stop(as: Stop['as'], error: ErrorInfo): void {
    if (this.#finishing || this.#stop?.as === 'cancelled' || this.#stop?.as === as) return;
    if (this.#stop !== null && as === 'suspended') return;
    this.#stop = { as, error };
    this.#allowance.pause();
    this.#delays.abort(error);
    if (as === 'cancelled' && this.#parts.state.stopped?.as !== 'cancelled') {
      // A cancellation survives a crash that comes before the end.
      this.#write([runEntry({ kind: 'run-cancel-requested', payload: { reason: error.message } })]);
    }
    this.#abortRunning(error);
    this.#advance();
  }

  /** Does all that can be done now, and ends the run when nothing is left. Synchronous, so it never runs twice at once. */
  #advance(): void {
    while (!this.#finishing) {
      const { skip, fan, start, end } = decide(this.#parts.state);
      if (skip.size > 0) {
        this.#write(
          Array.from(skip, ([task, { reason }]) => taskEntry(task, { kind: 'task-skipped', payload: { reason } })),
        );
        this.#mailRoom.changed();
      } else if (fan !== null && this.#stop === null) {
        this.#write([fanStep(this.#parts.state, fan)]);
        this.#mailRoom.changed();
      } else if (start !== null && this.#stop === null && this.#slots.free) {
        this.#start(start);
      } else {
        if (this.#parts.state.stopped?.as === 'failed') this.#abortRunning(cancelled(this.#parts.state.stopped.reason));
        if (this.#running.size === 0 && (this.#stop !== null || end !== null)) void this.#finish(end);
        break;
      }
    }
    if (this.#desk !== null && this.#waitsForPeople()) this.stop('suspended', waitsForPeople(this.#running));
    this.#meter();
  }

  #start(task: TaskState): void {
    const attempt = new Attempt(this.#host, task, task.spec.timeoutMs ?? this.#parts.limits.taskTimeoutMs);
    this.#running.set(task, attempt);
    const number = task.interrupted ? task.attempt : task.attempt + 1;
    this.#slots.take();
    this.#parts.log.write(taskEntry(task, STARTED, number), attempt);
  }

  #ended(task: TaskState, outcome: TaskOutcome): void {
    try {
      this.#settle(task, outcome);
    } catch (error) {
      this.#lose(error);
    }
    this.#running.delete(task);
    this.#waiting.delete(task);
    this.#advance();
    this.#mailRoom.changed();
  }

  /** Journals how an attempt ended, and does what follows from it. */
  #settle(task: TaskState, outcome: TaskOutcome): void {
    // Cut off by a stop: the attempt stays open, to go on when the run is resumed.
    if (this.#stop !== null && outcome.status === 'failed') return;
    const { state, clock, random } = this.#parts;
    if (this.#orphans.has(task)) {
      this.#write([taskEntry(task, { kind: 'task-cancelled', payload: {} })]);
      return;
    }
    this.#write(settlementOf(state, task, outcome, { now: clock.now(), random }));
    this.#abandon(orphansOf(task));
    if (task.retryAt !== null) this.#startLater(task, task.retryAt);
    if (task.interrupted && task.error !== null) this.stop('interrupted', task.error);
  }

  /** True: nothing goes on and nothing will, before somebody who is not here has answered. */
  #waitsForPeople(): boolean {
    if (this.#finishing || this.#stop !== null || this.#delayed > 0 || this.#running.size === 0) return false;
    const attempts = [...this.#running.values()];
    if (!attempts.every((one) => one.isParked || one.waitsForChildren)) return false;
    return attempts.some((one) => one.isParked) && decide(this.#parts.state).start === null;
  }

  /** Looks whether people have answered elsewhere. */
  lookForAnswers(): void {
    this.#desk?.look().catch(() => undefined);
  }

  /** Nobody waits for these tasks any more: those at work are aborted, the others never start. */
  #abandon(tasks: readonly TaskState[]): void {
    for (const task of tasks) {
      this.#orphans.add(task);
      const attempt = this.#running.get(task);
      if (attempt) attempt.abort(new EnsembleError('cancelled', 'The task that it was a part of has ended.'));
      else this.#write([taskEntry(task, { kind: 'task-cancelled', payload: {} })]);
    }
  }

  #startLater(task: TaskState, resumeAt: string): void {
    const { clock, state } = this.#parts;
    this.#delayed++;
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
  #meter(): void {
    if (this.#finishing || this.#stop !== null) return;
    if (this.#running.size > 0 && this.#waiting.size === this.#running.size) this.#allowance.pause();
    else this.#allowance.start();
  }

  #abortRunning({ code, message, hint }: ErrorInfo): void {
    if (this.#running.size === 0) return;
    const reason = new EnsembleError(code, message, hint === null ? {} : { hint });
    for (const attempt of this.#running.values()) attempt.abort(reason);
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
    this.#allowance.pause();
    this.#delays.abort(cancelled('over'));
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

  async #pause({ as, error }: Stop): Promise<RunResult> {
    const { state, log } = this.#parts;
    const kind = as === 'suspended' ? 'run-suspended' : 'run-interrupted';
    await log.append([runEntry({ kind, payload: { error } })]);
    return interruptedResult(state, this.#now());
  }

  async #conclude(status: RunStatus): Promise<RunResult> {
    const { state, log, conclude } = this.#parts;
    const open = [...state.tasks.values()].filter((task) => !hasEnded(task));
    if (open.length > 0) await log.append(open.map((task) => taskEntry(task, { kind: 'task-cancelled', payload: {} })));
    const result = await concludeRun(state, status, this.#now(), conclude);
    const payload = { status: result.status, error: result.error, result: result as unknown as Json };
    await log.append([runEntry({ kind: 'run-ended', payload })]);
    return result;
  }

  #now(): string {
    return new Date(this.#parts.clock.now()).toISOString();
  }
}

const STARTED: JournalBody = { kind: 'task-started', payload: {} };

function cancelled(message: string): ErrorInfo {
  return { code: 'cancelled', message, hint: null };
}

function waitsForPeople(running: ReadonlyMap<TaskState, Attempt>): ErrorInfo {
  const [first] = running.keys();
  const open = first === undefined ? [] : [...(first.questions?.values() ?? [])];
  const title = open.find(({ approved }) => approved === null)?.title ?? '';
  const message =
    running.size === 1
      ? `The run waits for a decision: ${title}`
      : `${running.size} tasks of the run wait for a decision.`;
  return { code: 'approval-required', message, hint: 'Answer, then resume it.' };
}

function runTimeout({ runTimeoutMs }: RunLimits): ErrorInfo {
  return {
    code: 'run-timeout',
    message: `The run took longer than ${runTimeoutMs / 1000} s.`,
    hint: 'Resume it to go on where it stopped, or raise engine.globalTimeoutMs.',
  };
}
