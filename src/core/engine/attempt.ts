import { EnsembleError, type ErrorInfo, toErrorInfo } from '../errors.ts';
import type { EventBody } from '../events.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { ApprovalAction } from '../policy/approval.ts';
import type {
  Clock,
  ExecutionContext,
  ExecutionNote,
  SpawnedTask,
  TaskExecution,
  TaskExecutor,
  TaskMail,
  TaskOutcome,
} from '../ports.ts';
import { AttemptContext } from './attempt-context.ts';
import type { Waiting } from './commit-log.ts';
import { type EntryDraft, type JournalBody, UNLIMITED_MS } from './journal-entry.ts';
import type { ShownText } from './shown-text.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { Slots } from './slots.ts';
import type { TaskState } from './state.ts';
import type { MailHost, MailScope } from './task-mail.ts';
import type { AskedQuestion, TaskQuestions } from './task-questions.ts';
import type { Teamwork } from './teamwork.ts';
import { TimeAllowance } from './time-allowance.ts';

/** How long an executor may take to notice that its attempt was aborted, ms; then it is left behind. */
const ABORT_GRACE_MS = 1_000;

/** A wait is shown as the task's status once it has lasted this long, ms; most calls wait only for a moment. */
const SHOW_WAITING_AFTER_MS = 1_000;

/** What an attempt needs of its run. */
export interface AttemptHost {
  readonly clock: Clock;
  readonly slots: Slots;
  /** Null: attempts may be silent as long as they like. */
  readonly silenceMs: number | null;
  readonly executor: TaskExecutor;
  readonly teamwork: Teamwork;
  readonly mail: MailHost;
  /** What the executor is told of an attempt that begins now. */
  executionOf(task: TaskState): TaskExecution;
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

/**
 * One attempt of one task: holds a slot, watches the time, hands the executor its context. The context is fenced: once the
 * attempt was aborted (time-out, stop, lost run) or is over, what a late executor does is refused and changes nothing.
 */
export class Attempt implements Waiting {
  readonly #host: AttemptHost;
  readonly #task: TaskState;
  /** Made when somebody looks at the signal. */
  #controller: AbortController | null = null;
  /** Null: unlimited. */
  readonly #allowance: TimeAllowance | null;
  #text: ShownText | null = null;
  #mail: TaskMail | null = null;
  /** Times that it waits for tasks below it. */
  #spawning = 0;
  /** Keys of the effects so far. */
  #keys: Set<string> | null = null;
  /** Effects that are being performed. */
  #performing = 0;
  #questions: TaskQuestions | null = null;
  /** Waits that are under way at once; the slot is held while there is none. */
  #waits = 0;
  #longWait: TimeAllowance | null = null;
  #holdsSlot = true;
  /** Why the attempt was aborted; null: it was not. */
  #aborted: EnsembleError | null = null;
  #over = false;
  /** True: the executor was called. */
  #began = false;
  #grace: TimeAllowance | null = null;
  /** Null: it may be silent as long as it likes. */
  readonly #silence: SilenceWatch | null;

  /** There is a slot taken for it. */
  constructor(host: AttemptHost, task: TaskState, timeoutMs: number) {
    this.#host = host;
    this.#task = task;
    this.#allowance =
      timeoutMs >= UNLIMITED_MS
        ? null
        : new TimeAllowance(host.clock, timeoutMs, () => this.abort(timeoutError(task, timeoutMs)));
    const { silenceMs } = host;
    this.#silence =
      silenceMs === null
        ? null
        : new SilenceWatch(host.clock, silenceMs, () => this.abort(silentError(task, silenceMs)));
  }

  /** Ends the attempt early; `reason` becomes its error. The first reason counts. */
  abort(reason: EnsembleError): void {
    if (this.#aborted) return;
    this.#aborted = reason;
    this.#controller?.abort(reason);
    if (this.#began && !this.#over) this.#beginGrace(reason);
  }

  /**
   * The start is durable: calls the executor. The host hears the outcome once the slot is back. A bug in the executor is a failed outcome, an aborted
   * attempt has the reason of the abort as its error. Told by a callback: this is the path of every task, and promises
   * would cost more than all the rest of it.
   */
  durable(): void {
    // Aborted while its start was journaled.
    if (this.#aborted) {
      this.#end(abortedBy(this.#aborted));
      return;
    }
    this.#began = true;
    this.#allowance?.start();
    this.#silence?.start();
    this.#execute().then(
      (outcome) => this.#end(outcome),
      (failure) => this.#end(this.#aborted ? abortedBy(this.#aborted) : this.#bug(failure)),
    );
  }

  /** The start is not kept, so nothing begins: the run is lost, and whoever lost it says so. */
  refused(): void {
    this.#over = true;
  }

  /** True: all that the attempt does is to wait for people who are not here. */
  get isParked(): boolean {
    const open = this.#questions?.unanswerable ?? 0;
    return open > 0 && open === this.#waits && this.#performing === 0;
  }

  /** True: all that the attempt does is to wait for the tasks below it. */
  get waitsForChildren(): boolean {
    return this.#spawning > 0 && this.#spawning === this.#waits && this.#performing === 0;
  }

  #execute(): Promise<TaskOutcome> {
    const { approval } = this.#task.spec;
    return approval === undefined ? this.#perform() : this.#performIfAllowed(approval);
  }

  async #performIfAllowed(title: string): Promise<TaskOutcome> {
    return this.#asking().ifAllowed(title, () => this.#perform());
  }

  #perform(): Promise<TaskOutcome> {
    try {
      const { executor, executionOf } = this.#host;
      return executor.execute(executionOf(this.#task), new AttemptContext(this));
    } catch (failure) {
      return Promise.reject(failure);
    }
  }

  #bug(failure: unknown): TaskOutcome {
    const error = toErrorInfo(failure);
    if (!this.#over) this.#host.reportBug(this.#task, error);
    return { status: 'failed', error, attempts: [], retryable: false };
  }

  #end(outcome: TaskOutcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#allowance?.pause();
    this.#silence?.stop();
    this.#grace?.pause();
    this.#longWait?.pause();
    this.#text?.end();
    this.#giveSlotBack();
    this.#host.ended(this.#task, this.#aborted ? abortedBy(this.#aborted) : outcome);
  }

  /** An executor that does not listen is left behind. */
  #beginGrace(reason: EnsembleError): void {
    this.#grace = new TimeAllowance(this.#host.clock, ABORT_GRACE_MS, () => this.#end(abortedBy(reason)));
    this.#grace.start();
  }

  /** Made when it is asked for: most small tasks never do. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#aborted);
    }
    return this.#controller.signal;
  }

  /** See {@link ExecutionContext}. */
  async effect<T extends Json>(key: string, detail: Json, perform: () => Promise<T>): Promise<T> {
    this.#fence();
    this.#keys ??= new Set();
    if (this.#keys.has(key)) throw new EnsembleError('internal', `The effect "${key}" was used twice in one attempt.`);
    this.#keys.add(key);
    const known = this.#task.outcomes?.get(key);
    if (known !== undefined) return known as T;
    // Durable first. It is refused when another process owns the run, so this is also the check before the effect.
    await this.#host.commit([this.#draft({ kind: 'effect-intent', payload: { key, detail } })]);
    this.#fence();
    let result: T;
    this.#silence?.sign();
    this.#performing++;
    try {
      result = await perform();
    } finally {
      this.#performing--;
      this.#silence?.sign();
    }
    // What was done before an orderly stop took hold is kept for the attempt that goes on; a timed-out one has none.
    if (this.#over || isTimeout(this.#aborted)) this.#fence();
    await this.#host.commit([this.#draft({ kind: 'effect-outcome', payload: { key, result } })]);
    this.#fence();
    return result;
  }

  /** See {@link ExecutionContext}. */
  interruptions(key: string): number {
    return (this.#task.intents?.get(key) ?? 0) - (this.#task.outcomes?.has(key) ? 1 : 0);
  }

  /** See {@link ExecutionContext}. */
  async approve(action: ApprovalAction): Promise<boolean> {
    this.#fence();
    return this.#asking().ask(action);
  }

  /** Made with the first question: most tasks have none. */
  #asking(): TaskQuestions {
    this.#questions ??= this.#host.teamwork.questions(this.#task, {
      commit: (drafts) => this.#host.commit(drafts),
      waiting: (work) => this.waiting(work),
      fence: () => this.#fence(),
      answerTo: (question, nobody) => this.#host.answerTo(question, this.signal, nobody),
      parked: () => this.#host.parked(),
      show: (body) => this.#host.show(body),
      showWaiting: () => this.#host.showWaiting(this.#task, true),
    });
    return this.#questions;
  }

  /**
   * The slot is back before the caller goes on, except while another wait of the same attempt is under way: holding a slot
   * for something that waits for one would be a deadlock.
   */
  async waiting<T>(work: () => Promise<T>): Promise<T> {
    this.#fence();
    if (this.#waits++ === 0) this.#beginWaiting();
    try {
      return await work();
    } finally {
      if (--this.#waits === 0 && !this.#aborted && !this.#over) await this.#endWaiting();
    }
  }

  #beginWaiting(): void {
    this.#allowance?.pause();
    this.#silence?.stop();
    this.#longWait ??= this.#newLongWait();
    this.#longWait.start();
    this.#giveSlotBack();
    this.#host.waits(this.#task, true);
  }

  async #endWaiting(): Promise<void> {
    const { slots } = this.#host;
    await slots.acquire();
    // Meanwhile the attempt may have ended, begun another wait, or got a slot for another one.
    if (this.#over || this.#waits > 0 || this.#holdsSlot) {
      slots.release();
      this.#host.slotFreed();
      return;
    }
    this.#holdsSlot = true;
    this.#longWait?.pause();
    this.#longWait = null;
    this.#host.waits(this.#task, false);
    if (this.#task.status === 'waiting') this.#host.showWaiting(this.#task, false);
    this.#allowance?.start();
    this.#silence?.start();
  }

  #newLongWait(): TimeAllowance {
    return new TimeAllowance(this.#host.clock, SHOW_WAITING_AFTER_MS, () => this.#host.showWaiting(this.#task, true));
  }

  #giveSlotBack(): void {
    if (this.#holdsSlot) this.#host.slots.release();
    this.#holdsSlot = false;
  }

  /** See {@link ExecutionContext}. */
  delta(text: string, reset: boolean): void {
    this.#silence?.sign();
    if (!this.#over) this.#shownText().add(text, reset);
  }

  /** See {@link ExecutionContext}. */
  notify(note: ExecutionNote): void {
    this.#silence?.sign();
    if (this.#over) return;
    if (note.type === 'retry') this.#shownText().replace(note.reason, note.account);
    else this.#host.show(eventOfNote(this.#task.spec, note));
  }

  /** See {@link ExecutionContext}. */
  get mail(): TaskMail {
    this.#mail ??= this.#host.teamwork.mail(this.#host.mail, this.#task, this.#scope());
    return this.#mail;
  }

  /** See {@link ExecutionContext}. */
  async spawn(make: () => Promise<readonly TaskSpec[]>): Promise<readonly SpawnedTask[]> {
    this.#spawning++;
    try {
      return await this.#host.teamwork.spawn(this.#host.mail, this.#task, this.#scope(), make);
    } finally {
      this.#spawning--;
    }
  }

  #scope(): MailScope {
    return {
      signal: this.signal,
      effect: (key, detail, perform) => this.effect(key, detail, perform),
      waiting: (work) => this.waiting(work),
      fence: () => this.#fence(),
    };
  }

  #shownText(): ShownText {
    const { clock, show, teamwork } = this.#host;
    this.#text ??= teamwork.text({ clock, taskId: this.#task.spec.id, attempt: this.#task.attempt, show });
    return this.#text;
  }

  #draft(body: JournalBody): EntryDraft {
    return { ...body, instanceId: this.#task.instanceId, attempt: this.#task.attempt };
  }

  #fence(): void {
    if (this.#aborted) throw this.#aborted;
    if (this.#over) throw new EnsembleError('cancelled', 'This attempt has ended.');
  }
}

function eventOfNote(
  { id: taskId, agent: agentName }: TaskSpec,
  note: Exclude<ExecutionNote, { readonly type: 'retry' }>,
): EventBody {
  switch (note.type) {
    case 'invoke': {
      const { account, model, maxTokens } = note;
      return { type: 'agent:invoke', taskId, agentName, model, maxTokens, account };
    }
    case 'cooldown':
      return { type: 'account:cooldown', account: note.account, cause: note.cause, until: note.until };
    case 'budget-refused':
      return { type: 'budget:refused', scope: note.scope, reason: note.reason };
    case 'notice':
      return { type: 'notice', message: note.message };
  }
}

function timeoutError({ spec }: TaskState, ms: number): EnsembleError {
  const message = `Task "${spec.id}" took longer than ${ms / 1000} s.`;
  return new EnsembleError('task-timeout', message, { hint: 'Give it more time, or make it smaller.' });
}

function silentError({ spec }: TaskState, ms: number): EnsembleError {
  const message = `Task "${spec.id}" has given no sign of life for ${ms / 1000} s.`;
  return new EnsembleError('task-silent', message, { hint: 'Look at its account or tool; the run can be resumed.' });
}

/** Only a time-out calls for another attempt; everything else that aborts concerns the whole run. */
function abortedBy(reason: EnsembleError): TaskOutcome {
  return { status: 'failed', error: toErrorInfo(reason), attempts: [], retryable: isTimeout(reason) };
}

function isTimeout(reason: EnsembleError | null): boolean {
  return reason?.code === 'task-timeout' || reason?.code === 'task-silent';
}
