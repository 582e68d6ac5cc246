import { EnsembleError, type ErrorInfo, toErrorInfo } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { Json } from '../json.ts';
import type { Clock, ExecutionContext, ExecutionNote, TaskExecution, TaskExecutor, TaskOutcome } from '../ports.ts';
import { DeltaBuffer } from './delta-buffer.ts';
import type { EntryDraft, JournalBody } from './journal-entry.ts';
import type { ReleaseSlot, Slots } from './slots.ts';
import type { TaskState } from './state.ts';
import { TimeAllowance } from './time-allowance.ts';

/** How long an executor may take to notice that its attempt was aborted, ms. */
const ABORT_GRACE_MS = 1_000;

/** What an attempt needs of its run. */
export interface AttemptHost {
  readonly clock: Clock;
  readonly slots: Slots;
  readonly executor: TaskExecutor;
  /** Journals entries; resolves when they are durable, rejects when the run was lost. */
  commit(drafts: readonly EntryDraft[]): Promise<void>;
  /** Shows an event that is not journaled. */
  show(body: EventBody): void;
  /** Told when the attempt begins or ends to wait for something that needs no slot. */
  waitingChanged(delta: 1 | -1): void;
  /** A slot was given back. */
  slotFreed(): void;
}

/**
 * One attempt of one task: holds a slot, watches the time, hands the executor its fenced context. What the executor does
 * after the attempt has ended (late writes of a timed-out one, say) is refused.
 */
export class Attempt {
  readonly #host: AttemptHost;
  readonly #task: TaskState;
  readonly #controller = new AbortController();
  readonly #allowance: TimeAllowance;
  readonly #deltas: DeltaBuffer;
  readonly #keys = new Set<string>();
  #release: ReleaseSlot;
  #over = false;

  constructor(host: AttemptHost, task: TaskState, release: ReleaseSlot, timeoutMs: number) {
    this.#host = host;
    this.#task = task;
    this.#release = release;
    this.#allowance = new TimeAllowance(host.clock, timeoutMs, () => this.abort(timeoutError(task, timeoutMs)));
    this.#deltas = new DeltaBuffer(host.clock, (text) =>
      host.show({ type: 'task:delta', taskId: task.spec.id, attempt: task.attempt, text }),
    );
  }

  /** Ends the attempt early; `reason` becomes its error. */
  abort(reason: EnsembleError): void {
    this.#controller.abort(reason);
  }

  /** Runs the executor. Never rejects: a bug in the executor is a failed outcome, an abort one with the abort's reason. */
  async run(execution: TaskExecution): Promise<TaskOutcome> {
    this.#allowance.start();
    try {
      const work = this.#host.executor.execute(execution, this.#context());
      const outcome = await Promise.race([work, this.#abandoned(work)]);
      return this.#controller.signal.aborted ? aborted(this.#controller.signal) : outcome;
    } catch (error) {
      return this.#controller.signal.aborted ? aborted(this.#controller.signal) : failed(toErrorInfo(error), false);
    } finally {
      this.#over = true;
      this.#allowance.pause();
      this.#deltas.flush();
      this.#release();
    }
  }

  /** Rejects when the attempt was aborted and the executor did not end within the grace. */
  #abandoned(work: Promise<unknown>): Promise<never> {
    const { signal } = this.#controller;
    const ended = new AbortController();
    work.then(
      () => ended.abort(),
      () => ended.abort(),
    );
    return new Promise((_resolve, reject) => {
      const giveUp = () =>
        this.#host.clock.sleep(ABORT_GRACE_MS, ended.signal).then(
          () => reject(signal.reason),
          () => undefined,
        );
      if (signal.aborted) void giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  #context(): ExecutionContext {
    return {
      signal: this.#controller.signal,
      effect: (key, detail, perform) => this.#effect(key, detail, perform),
      waiting: (work) => this.#waiting(work),
      delta: (text, reset) => this.#delta(text, reset),
      notify: (note) => {
        if (!this.#over) this.#host.show(this.#noteEvent(note));
      },
    };
  }

  async #effect<T extends Json>(key: string, detail: Json, perform: () => Promise<T>): Promise<T> {
    this.#fence();
    if (this.#keys.has(key)) throw new EnsembleError('internal', `The effect "${key}" was used twice in one attempt.`);
    this.#keys.add(key);
    const known = this.#task.outcomes.get(key);
    if (known !== undefined) return known as T;
    await this.#host.commit([this.#draft({ kind: 'effect-intent', payload: { key, detail } })]);
    this.#fence();
    const result = await perform();
    this.#fence();
    await this.#host.commit([this.#draft({ kind: 'effect-outcome', payload: { key, result } })]);
    return result;
  }

  async #waiting<T>(work: () => Promise<T>): Promise<T> {
    this.#fence();
    this.#release();
    this.#allowance.pause();
    this.#host.waitingChanged(1);
    this.#host.slotFreed();
    try {
      return await work();
    } finally {
      // An aborted attempt only winds down, which needs no slot.
      if (!this.#controller.signal.aborted) this.#release = await this.#host.slots.acquire();
      this.#host.waitingChanged(-1);
      if (this.#over) this.#release();
      else this.#allowance.start();
    }
  }

  #delta(text: string, reset: boolean): void {
    if (this.#over) return;
    if (reset) this.#deltas.drop();
    if (text !== '') this.#deltas.add(text);
  }

  #noteEvent(note: ExecutionNote): EventBody {
    const { id: taskId, agent: agentName } = this.#task.spec;
    switch (note.type) {
      case 'invoke':
        return {
          type: 'agent:invoke',
          taskId,
          agentName,
          model: note.model,
          maxTokens: note.maxTokens,
          account: note.account,
        };
      case 'retry':
        return { type: 'task:retry', taskId, attempt: this.#task.attempt, reason: note.reason, account: note.account };
      case 'cooldown':
        return { type: 'account:cooldown', account: note.account, cause: note.cause, until: note.until };
      case 'budget-refused':
        return { type: 'budget:refused', scope: note.scope, reason: note.reason };
    }
  }

  #draft(body: JournalBody): EntryDraft {
    return { ...body, instanceId: this.#task.instanceId, attempt: this.#task.attempt };
  }

  #fence(): void {
    this.#controller.signal.throwIfAborted();
    if (this.#over) throw new EnsembleError('cancelled', 'This attempt has ended.');
  }
}

function timeoutError(task: TaskState, ms: number): EnsembleError {
  return new EnsembleError('task-timeout', `Task "${task.spec.id}" took longer than ${Math.round(ms / 1000)} s.`, {
    hint: 'Give it more time (timeoutMs), or make it smaller.',
  });
}

function aborted(signal: AbortSignal): TaskOutcome {
  const error = toErrorInfo(signal.reason);
  return failed(error, error.code === 'task-timeout');
}

function failed(error: ErrorInfo, retryable: boolean): TaskOutcome {
  return { status: 'failed', error, attempts: [], retryable };
}
