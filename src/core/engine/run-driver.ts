import { cancelledError, EnsembleError, type ErrorInfo, isEnsembleError, toErrorInfo } from '../errors.ts';
import type { RetryPolicy } from '../graph/types.ts';
import { validateGraph } from '../graph/validate.ts';
import type { Json } from '../json.ts';
import type { Clock, Logger, Random, TaskExecutor, TaskInput, TaskOutcome } from '../ports.ts';
import type { RunResult } from '../results.ts';
import { sumCost, sumTokens } from './apply.ts';
import { Attempt, type AttemptHost } from './attempt.ts';
import type { CommitLog } from './commit-log.ts';
import type { Conclude } from './conclusion.ts';
import { concludeRun } from './conclusion.ts';
import { decide, nextReady } from './decide.ts';
import type { EntryDraft, JournalBody, RunLimits } from './journal-entry.ts';
import { Slots } from './slots.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';
import { TimeAllowance } from './time-allowance.ts';

/** Attempts and delays where a task sets none. */
export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 2, initialDelayMs: 500, maxDelayMs: 10_000 };

/** What drives one run. */
export interface DriverParts {
  readonly state: RunState;
  readonly log: CommitLog;
  readonly limits: RunLimits;
  readonly executor: TaskExecutor;
  readonly conclude: Conclude;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Why a run is being stopped before all tasks have ended. */
type Stop = { readonly as: 'interrupted' | 'cancelled'; readonly error: ErrorInfo };

/**
 * The scheduler of one run: carries out what {@link decide} says. Event-driven: each end of a task, freed slot or due retry
 * calls `#advance`, which starts whatever may start now. There is no barrier between waves.
 */
export class RunDriver {
  readonly result: Promise<RunResult>;
  readonly #parts: DriverParts;
  readonly #slots: Slots;
  readonly #host: AttemptHost;
  readonly #running = new Map<TaskState, Attempt | null>();
  readonly #dueRetries: TaskState[] = [];
  readonly #stopTimers = new AbortController();
  readonly #allowance: TimeAllowance;
  #waiting = 0;
  #stop: Stop | null = null;
  #finishing = false;
  #settle: { resolve(result: RunResult): void; reject(error: unknown): void };

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#slots = new Slots(parts.limits.maxParallel);
    this.#allowance = new TimeAllowance(parts.clock, parts.limits.runTimeoutMs, () =>
      this.stop('interrupted', runTimeout(parts.limits)),
    );
    this.#settle = { resolve: () => undefined, reject: () => undefined };
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // A run that nobody awaits must not become an unhandled rejection.
    this.result.catch(() => undefined);
    this.#host = {
      clock: parts.clock,
      slots: this.#slots,
      executor: parts.executor,
      commit: (drafts) => this.#commit(drafts),
      show: (body) => parts.log.show(body),
      waitingChanged: (delta) => this.#waitingChanged(delta),
      slotFreed: () => this.#advance(),
    };
  }

  /** Starts scheduling; the run's entries so far are durable. */
  begin(): void {
    this.#allowance.start();
    for (const task of this.#parts.state.tasks.values()) if (task.retryAt !== null) this.#retryLater(task);
    this.#advance();
  }

  /** Orderly stop; the first reason counts, but `cancelled` overrides a pending interruption. */
  stop(as: Stop['as'], error: ErrorInfo): void {
    if (this.#finishing || this.#stop?.as === 'cancelled' || this.#stop?.as === as) return;
    this.#stop = { as, error };
    this.#stopTimers.abort();
    this.#abortRunning(new EnsembleError(error.code, error.message));
    this.#advance();
  }

  /** Does all that can be done now. Called after every change; never concurrently, as it is synchronous. */
  #advance(): void {
    if (this.#finishing) return;
    if (this.#stop) {
      if (this.#running.size === 0) void this.#finish(this.#stop.as, this.#stop.error);
      return;
    }
    const { state } = this.#parts;
    for (let decision = decide(state); decision.skip.length > 0; decision = decide(state)) {
      const drafts = decision.skip.map(({ task, reason }) =>
        entryOf(task, { kind: 'task-skipped', payload: { reason } }),
      );
      void this.#commit(drafts).catch(() => undefined);
    }
    if (state.stopped === 'failed') this.#abortRunning(cancelledError('The run was stopped by a failed task.'));
    else this.#startReady();
    const { end } = decide(state);
    if (end !== null && this.#running.size === 0) void this.#finish(end, null);
  }

  #startReady(): void {
    while (this.#slots.free) {
      const task = this.#dueRetries.shift() ?? nextReady(this.#parts.state);
      if (!task) return;
      this.#running.set(task, null);
      void this.#run(task);
    }
  }

  async #run(task: TaskState): Promise<void> {
    const slot = this.#slots.acquire();
    try {
      const attempt = task.interrupted ? task.attempt : task.attempt + 1;
      await this.#commit([entryOf(task, { kind: 'task-started', payload: {} }, attempt)]);
      const release = await slot;
      const timeoutMs = task.spec.timeoutMs ?? this.#parts.limits.taskTimeoutMs;
      const running = new Attempt(this.#host, task, release, timeoutMs);
      this.#running.set(task, running);
      if (this.#stop) running.abort(new EnsembleError(this.#stop.error.code, this.#stop.error.message));
      const outcome = await running.run(this.#executionOf(task));
      await this.#settleTask(task, outcome);
    } catch (error) {
      (await slot)();
      this.#lose(error);
    } finally {
      this.#running.delete(task);
      this.#advance();
    }
  }

  /** Journals how an attempt ended. */
  async #settleTask(task: TaskState, outcome: TaskOutcome): Promise<void> {
    if (this.#finishing || hasEnded(task)) return;
    if (outcome.status === 'completed') return this.#complete(task, outcome);
    if (this.#stop) return;
    if (this.#parts.state.stopped === 'failed')
      return this.#commit([entryOf(task, { kind: 'task-cancelled', payload: {} })]);
    if (outcome.stopsRun) return this.stop('interrupted', outcome.error);
    const retry = task.spec.retry ?? DEFAULT_RETRY;
    if (outcome.retryable && task.attempt < retry.maxAttempts) {
      const resumeAt = new Date(this.#parts.clock.now() + this.#delayMs(retry, task.attempt)).toISOString();
      await this.#commit([entryOf(task, { kind: 'task-retry', payload: { error: outcome.error, resumeAt } })]);
      return this.#retryLater(task);
    }
    const { error, attempts } = outcome;
    return this.#commit([entryOf(task, { kind: 'task-failed', payload: { error, attempts } })]);
  }

  async #complete(task: TaskState, outcome: Extract<TaskOutcome, { status: 'completed' }>): Promise<void> {
    const { output, attempts, extend = [] } = outcome;
    try {
      validateGraph(extend, this.#parts.state.tasks.keys());
    } catch (error) {
      return this.#commit([entryOf(task, { kind: 'task-failed', payload: { error: toErrorInfo(error), attempts } })]);
    }
    const completed: JournalBody = {
      kind: 'task-completed',
      payload: { output, attempts, tokens: sumTokens(attempts), costUSD: sumCost(attempts) },
    };
    const extended: JournalBody = { kind: 'graph-extended', payload: { by: task.instanceId, tasks: extend } };
    await this.#commit([entryOf(task, completed), ...(extend.length > 0 ? [runEntry(extended)] : [])]);
  }

  #delayMs({ initialDelayMs, maxDelayMs }: RetryPolicy, attempt: number): number {
    // Exponential with half jitter, so that tasks that failed together do not come back together.
    const full = Math.min(maxDelayMs, initialDelayMs * 2 ** (attempt - 1));
    return Math.round(full / 2 + (full / 2) * this.#parts.random());
  }

  #retryLater(task: TaskState): void {
    const { clock } = this.#parts;
    const delay = Math.max(0, Date.parse(task.retryAt ?? '') - clock.now());
    clock.sleep(delay, this.#stopTimers.signal).then(
      () => {
        this.#dueRetries.push(task);
        this.#advance();
      },
      () => undefined,
    );
  }

  #executionOf(task: TaskState) {
    const { runId, tasks } = this.#parts.state;
    const declared = new Set(task.spec.dependencies);
    const inputs = task.spec.dependencies
      .map((id) => tasks.get(id))
      .filter((one) => one !== undefined && hasEnded(one));
    return {
      runId,
      instanceId: task.instanceId,
      attempt: task.attempt,
      task: task.spec,
      inputs: inputs.map((one) => inputOf(one as TaskState)),
      get others(): readonly TaskInput[] {
        return [...tasks.values()]
          .filter((one) => one !== task && hasEnded(one) && !declared.has(one.spec.id))
          .map(inputOf);
      },
    };
  }

  #waitingChanged(delta: 1 | -1): void {
    this.#waiting += delta;
    if (this.#waiting > 0 && this.#waiting >= this.#running.size) this.#allowance.pause();
    else this.#allowance.start();
  }

  #abortRunning(reason: EnsembleError): void {
    for (const attempt of this.#running.values()) attempt?.abort(reason);
  }

  async #commit(drafts: readonly EntryDraft[]): Promise<void> {
    try {
      await this.#parts.log.append(drafts);
    } catch (error) {
      this.#lose(error);
      throw error;
    }
  }

  /** The journal refused: another process owns the run, or the disk does not take it. Write nothing more. */
  #lose(error: unknown): void {
    if (this.#finishing) return;
    this.#finishing = true;
    this.#allowance.pause();
    this.#stopTimers.abort();
    const reason = isEnsembleError(error)
      ? error
      : new EnsembleError('internal', toErrorInfo(error).message, { cause: error });
    this.#abortRunning(reason);
    this.#parts.logger.error('The run cannot go on', { runId: this.#parts.state.runId, code: reason.code });
    this.#settle.reject(reason);
  }

  async #finish(
    status: Stop['as'] | 'completed' | 'partial' | 'failed' | string,
    error: ErrorInfo | null,
  ): Promise<void> {
    this.#finishing = true;
    this.#allowance.pause();
    this.#stopTimers.abort();
    const { state, log } = this.#parts;
    try {
      if (status === 'cancelled') await log.append(cancellation(state, error));
      const ended = await concludeRun(this.#parts, status as RunResult['status'], error);
      const last: JournalBody =
        status === 'interrupted'
          ? { kind: 'run-interrupted', payload: { error: error ?? toErrorInfo(cancelledError()) } }
          : {
              kind: 'run-ended',
              payload: { status: ended.status, error: ended.error, result: ended as unknown as Json },
            };
      await log.append([runEntry(last)]);
      this.#settle.resolve(ended);
    } catch (failure) {
      this.#settle.reject(failure);
    }
  }
}

/** Entries that end a cancelled run's open tasks. */
function cancellation(state: RunState, error: ErrorInfo | null): EntryDraft[] {
  const open = [...state.tasks.values()].filter((task) => !hasEnded(task));
  const reason = error?.message ?? 'cancelled';
  return [
    runEntry({ kind: 'run-cancel-requested', payload: { reason } }),
    ...open.map((task) => entryOf(task, { kind: 'task-cancelled', payload: {} })),
  ];
}

/** An entry about a task, for its present attempt unless another is given. */
function entryOf(task: TaskState, body: JournalBody, attempt = task.attempt): EntryDraft {
  return { ...body, instanceId: task.instanceId, attempt };
}

/** An entry about the run itself. */
export function runEntry(body: JournalBody): EntryDraft {
  return { ...body, instanceId: null, attempt: 0 };
}

function inputOf({ spec, status, output }: TaskState): TaskInput {
  const seen = status === 'completed' || status === 'skipped' ? status : 'failed';
  return { taskId: spec.id, agent: spec.agent, description: spec.description, status: seen, output };
}

function runTimeout({ runTimeoutMs }: RunLimits): ErrorInfo {
  return {
    code: 'run-timeout',
    message: `The run took longer than ${Math.round(runTimeoutMs / 1000)} s.`,
    hint: 'Resume it to go on where it stopped, or raise engine.globalTimeoutMs.',
  };
}
