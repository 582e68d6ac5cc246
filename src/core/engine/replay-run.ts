import { EnsembleError, isEnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import type { TaggedMessage } from '../messages/message-tags.ts';
import type { RunMessage } from '../messages/run-message.ts';
import { type ApprovalAction, actionHashOf, QuestionKeys } from '../policy/approval.ts';
import type { ExecutionContext, MailWait, SendReport, TaskExecutor, TaskMail, TaskOutcome } from '../ports.ts';
import { apply } from './apply.ts';
import { hadChildren, spawnedTask } from './children.ts';
import { executionOf } from './execution.ts';
import { fanStep } from './fan-out.ts';
import { JOURNAL_VERSION, type JournalEntry } from './journal-entry.ts';
import type { MailBox } from './mail-state.ts';
import {
  hasEnded,
  initialState,
  type Question,
  type RunState,
  START_QUESTION,
  type TaskState,
  taskOf,
} from './state.ts';
import { placeOf, reportOf } from './task-mail.ts';

/** What a replay has looked at. */
export interface ReplayReport {
  readonly runId: string;
  /** Attempts that were executed again. */
  readonly attempts: number;
  /** Effects (model turns, tool calls) that were asked for again, each as the journal has it. */
  readonly effects: number;
}

/** An effect as the journal has it. */
interface RecordedEffect {
  /** What it was asked with; more than once where a crash came between. */
  readonly details: Json[];
  /** Undefined: it did not end. */
  outcome: Json | undefined;
}

type Recorded = Map<string, RecordedEffect>;

/**
 * Executes all attempts of a run that has ended once more, from its journal alone: each effect is compared with the journal by
 * what it was asked with (for a model turn the hash of the request) and gets the outcome that the journal has; none is performed.
 * What the attempts come to is compared as well. Rejects `replay-diverged` with the first difference, `invalid-input` for a run
 * that has not ended, `storage-newer-version`, or the signal's reason.
 */
export async function replayRun(
  entries: readonly JournalEntry[],
  executor: TaskExecutor,
  signal: AbortSignal,
): Promise<ReplayReport> {
  checkReplayable(entries);
  const state = initialState(entries[0]?.runId ?? '');
  const open = new Map<string, Recorded>();
  const sum = { attempts: 0, effects: 0 };
  for (const [index, entry] of entries.entries()) {
    const fanned = fannedOut(state, entry);
    if (fanned !== null) compareFan(state, fanned, entry);
    else if (endsAttempt(entry)) {
      signal.throwIfAborted();
      const recorded = open.get(entry.instanceId ?? '') ?? new Map();
      await replayAttempt(state, { entry, added: addedWith(entry, entries[index + 1]), recorded }, executor, signal);
      sum.attempts++;
      sum.effects += recorded.size;
      open.delete(entry.instanceId ?? '');
    }
    record(open, entry);
    apply(state, entry);
  }
  return { runId: state.runId, ...sum };
}

function checkReplayable(entries: readonly JournalEntry[]): void {
  if (entries.some(({ v }) => v > JOURNAL_VERSION)) {
    throw new EnsembleError('storage-newer-version', 'The run was written by a newer version of Ensemble.', {
      hint: 'Update Ensemble to replay it.',
    });
  }
  if (entries.at(-1)?.kind === 'run-ended') return;
  throw new EnsembleError('invalid-input', 'Only a run that has ended can be replayed.', {
    hint: 'Resume it first, or cancel it.',
  });
}

/** The task that fans out or joins with this entry; null: none does. */
function fannedOut(state: RunState, entry: JournalEntry): TaskState | null {
  const by = entry.kind === 'graph-extended' ? entry.payload.by : endsAttempt(entry) ? entry.instanceId : null;
  const task = by === null ? null : taskOf(state, by);
  return task?.spec.fanOut === undefined ? null : task;
}

function compareFan(state: RunState, task: TaskState, { kind, payload }: JournalEntry): void {
  const now = fanStep(state, task);
  if (now.kind !== kind || !same(now.payload as unknown as Json, payload as unknown as Json))
    throw diverged(task.spec.id, 'it fans out or joins in another way');
}

type Settlement = Extract<JournalEntry, { kind: 'task-completed' | 'task-failed' | 'task-retry' }>;

/** An attempt that a stop cut off is replayed as a part of the one that went on under its number. */
function endsAttempt(entry: JournalEntry): entry is Settlement {
  return entry.kind === 'task-completed' || entry.kind === 'task-failed' || entry.kind === 'task-retry';
}

function record(open: Map<string, Recorded>, entry: JournalEntry): void {
  if (entry.kind !== 'effect-intent' && entry.kind !== 'effect-outcome') return;
  const id = entry.instanceId ?? '';
  const recorded: Recorded = open.get(id) ?? new Map();
  open.set(id, recorded);
  const { key } = entry.payload;
  const effect: RecordedEffect = recorded.get(key) ?? { details: [], outcome: undefined };
  recorded.set(key, effect);
  if (entry.kind === 'effect-intent') effect.details.push(entry.payload.detail);
  else effect.outcome = entry.payload.result;
}

/** The tasks that a completion added, which come right behind it. */
function addedWith({ instanceId }: Settlement, next: JournalEntry | undefined): Json {
  return next?.kind === 'graph-extended' && next.payload.by === instanceId
    ? (next.payload.tasks as unknown as Json)
    : [];
}

/** One attempt as the journal has it. */
interface PastAttempt {
  readonly entry: Settlement;
  readonly added: Json;
  readonly recorded: Recorded;
}

async function replayAttempt(
  state: RunState,
  { entry, added, recorded }: PastAttempt,
  executor: TaskExecutor,
  signal: AbortSignal,
): Promise<void> {
  const task = taskOf(state, entry.instanceId);
  const questions = task.questions ?? new Map();
  // Nobody let it start, so there is nothing to execute.
  if (questions.get(START_QUESTION)?.approved === false) return;
  const context = new ReplayContext(
    task.spec.id,
    { effects: recorded, questions, task, box: state.mail?.boxes.get(task) },
    signal,
  );
  let outcome: TaskOutcome | null = null;
  try {
    outcome = await executor.execute(executionOf(state, task), context);
  } catch (error) {
    signal.throwIfAborted();
    // Whoever made the request knows more about the difference.
    if (context.diverged !== null && isEnsembleError(error) && error.difference) throw error;
    // An attempt that failed may have ended at any point.
    if (context.diverged === null && entry.kind === 'task-completed') throw error;
  }
  if (context.diverged !== null) throw context.diverged;
  if (entry.kind !== 'task-completed') return;
  context.checkAllAsked();
  if (outcome?.status !== 'completed') throw diverged(task.spec.id, 'it completed then and does not now');
  if (!same(outcome.output, entry.payload.output)) throw diverged(task.spec.id, 'its output is another one');
  if (outcome.digest !== entry.payload.digest) throw diverged(task.spec.id, 'the digest of its output is another one');
  if (!same((outcome.extend ?? []) as unknown as Json, added)) throw diverged(task.spec.id, 'it adds other tasks');
}

/** What the journal has of an attempt. */
interface Past {
  readonly effects: Recorded;
  readonly questions: ReadonlyMap<string, Question>;
  readonly task: TaskState;
  readonly box: MailBox | undefined;
}

/** Gives each effect the outcome that the journal has, and remembers the first difference: an executor may swallow errors. */
class ReplayContext implements ExecutionContext {
  diverged: EnsembleError | null = null;
  readonly signal: AbortSignal;
  readonly mail: TaskMail;
  readonly #taskId: string;
  readonly #task: TaskState;
  readonly #recorded: Recorded;
  readonly #questions: ReadonlyMap<string, Question>;
  readonly #questionKeys = new QuestionKeys();
  readonly #asked = new Set<string>();

  /** A property, as executors may take a context apart. */
  readonly effect = async <T extends Json>(key: string, detail: Json): Promise<T> => {
    this.#asked.add(key);
    const recorded = this.#recorded.get(key);
    if (recorded === undefined) throw this.#differs(`it asks for "${key}", of which the journal knows nothing`);
    if (recorded.details.some((one) => !same(one, detail)))
      throw this.#differs(`"${key}" is asked for with other content`);
    // The attempt failed here; what came of it is not in the journal.
    if (recorded.outcome === undefined)
      throw new EnsembleError('cancelled', 'The journal has no more of this attempt.');
    return recorded.outcome as T;
  };

  /** Begun more than once: a crash came between, and whoever asked then was told so. */
  readonly interruptions = (key: string): number => Math.max(0, (this.#recorded.get(key)?.details.length ?? 0) - 1);

  /** Whom the journal has an answer of is not asked again. */
  readonly approve = async (action: ApprovalAction): Promise<boolean> => {
    const question = this.#questions.get(this.#questionKeys.next(actionHashOf(action)));
    if (question === undefined)
      throw this.#differs(`it asks to be allowed "${action.title}", which is not in the journal`);
    if (question.approved === null) throw new EnsembleError('cancelled', 'The journal has no more of this attempt.');
    return question.approved;
  };

  readonly spawn: NonNullable<ExecutionContext['spawn']> = async (make) => {
    const { children } = this.#task;
    if (!hadChildren(this.#task)) {
      const made = await make();
      // One that was taken over by its fallback has the fallback's payload by now.
      const known = children.every(({ spec, attemptsBefore }, index) => {
        const now = made[index];
        return attemptsBefore > 0 ? now?.id === spec.id : same(now as unknown as Json, spec as unknown as Json);
      });
      if (made.length !== children.length || !known) throw this.#differs('it adds other tasks');
    }
    if (!children.every(hasEnded)) throw new EnsembleError('cancelled', 'The journal has no more of this attempt.');
    return children.map(spawnedTask);
  };

  /** Whatever an attempt waited for outside of effects is over; there is nothing to wait for again. */
  readonly waiting = (): Promise<never> =>
    Promise.reject(this.#differs('it waits for something that is not in the journal'));

  constructor(taskId: string, { effects, questions, task, box }: Past, signal: AbortSignal) {
    this.#task = task;
    this.#taskId = taskId;
    this.#recorded = effects;
    this.#questions = questions;
    this.signal = signal;
    this.mail = new RecordedMail(this, box, (what) => this.#differs(what));
  }

  delta(): void {}

  notify(): void {}

  checkAllAsked(): void {
    const missed = [...this.#recorded.keys()].find((key) => !this.#asked.has(key));
    if (missed !== undefined) throw diverged(this.#taskId, `it does not ask for "${missed}" any more`);
  }

  #differs(what: string): EnsembleError {
    this.diverged ??= diverged(this.#taskId, what);
    return this.diverged;
  }
}

/** The messages of an attempt as the journal has them. */
class RecordedMail implements TaskMail {
  readonly #context: Pick<ExecutionContext, 'effect'>;
  readonly #box: MailBox | undefined;
  readonly #differs: (what: string) => EnsembleError;

  constructor(
    context: Pick<ExecutionContext, 'effect'>,
    box: MailBox | undefined,
    differs: (what: string) => EnsembleError,
  ) {
    this.#context = context;
    this.#box = box;
    this.#differs = differs;
  }

  send(key: string, messages: readonly TaggedMessage[]): SendReport {
    return reportOf(messages, ({ content }, index) => {
      const recorded = this.#box?.sent.get(placeOf(key, index));
      if (recorded && !(recorded.sent && recorded.message.content !== content)) return recorded;
      throw this.#differs(`it sends a message at "${key}" that the journal does not have`);
    });
  }

  take(key: string): readonly RunMessage[] {
    return this.#box?.told.get(key) ?? [];
  }

  async wait(key: string, requests: readonly number[]): Promise<MailWait> {
    const perform = () => Promise.reject(this.#differs('it waits for messages that the journal does not have'));
    return (await this.#context.effect(key, { requests: [...requests] }, perform)) as unknown as MailWait;
  }
}

function diverged(taskId: string, what: string): EnsembleError {
  return new EnsembleError('replay-diverged', `The replay differs from the run at "${taskId}": ${what}.`, {
    hint: 'Another version of Ensemble or other settings than those of the run make other prompts.',
  });
}

/** Both come from JSON or go into it, with their keys in the order in which they were written. */
function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
