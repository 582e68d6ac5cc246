import { type AttemptRecord, addUsage } from '../model.ts';
import { admit, block, blockedBy, fan, grow, makeReady, waveOf } from './grow.ts';
import type { EntryDraft, GraphExtension, JournalEntry, TaskCompletion } from './journal-entry.ts';
import { applyMail, renewMail } from './mail.ts';
import { addCost, sumCost, sumTokens } from './spending.ts';
import {
  activeDurationMs,
  hasEnded,
  isActive,
  type Question,
  type RunState,
  START_QUESTION,
  type TaskState,
  taskOf,
} from './state.ts';
import { traceAfter, traceOfNextAttempt } from './tool-effects.ts';

/** Where the tasks go that have changed; null: nobody wants to know. */
export type Changes = Set<TaskState> | null;

/**
 * Advances the state by one entry and returns the tasks that it changed. Depends on nothing but its arguments, so the same
 * journal always gives the same state. Work is proportional to the tasks that the entry touches.
 */
export function apply(state: RunState, entry: JournalEntry): ReadonlySet<TaskState> {
  const changed = new Set<TaskState>();
  state.seq = entry.seq - 1;
  state.epoch = entry.epoch;
  advance(state, entry, entry.at, changed);
  return changed;
}

/** An entry more, written at this time. */
export function tick(state: RunState, at: string): void {
  state.seq++;
  state.lastAt = at;
}

/** Does what {@link apply} does with the entry that comes next, as it is written; `at` is its time. */
export function advance(state: RunState, entry: EntryDraft, at: string, changed: Changes): void {
  const previousAt = state.lastAt;
  tick(state, at);
  switch (entry.kind) {
    case 'run-started':
      state.snapshot = entry.payload;
      state.status = 'running';
      state.activeSince = at;
      break;
    case 'graph-extended':
      addAll(changed, extend(state, entry.payload));
      break;
    case 'run-cancel-requested':
      state.stopped = { as: 'cancelled', reason: entry.payload.reason };
      break;
    case 'run-resumed':
      // After a crash the run went on until its last entry, as far as anybody knows.
      stopTime(state, previousAt ?? at);
      state.activeSince = at;
      state.fruitless++;
      state.status = 'running';
      state.error = null;
      addAll(changed, requeueCutOff(state));
      break;
    case 'run-interrupted':
      stopTime(state, at);
      if (!entry.payload.crashed) state.fruitless = 0;
      state.status = 'interrupted';
      state.error = entry.payload.error;
      addAll(changed, requeueCutOff(state));
      break;
    case 'run-suspended':
      // The tasks go on showing what they wait for.
      stopTime(state, at);
      state.fruitless = 0;
      state.status = 'suspended';
      state.error = entry.payload.error;
      break;
    case 'calls-lost':
      state.tokens = addUsage(state.tokens, entry.payload.tokens);
      state.costUSD = addCost(state.costUSD, entry.payload.costUSD);
      break;
    case 'run-ended':
      stopTime(state, at);
      state.status = entry.payload.status;
      state.error = entry.payload.error;
      state.result = entry.payload.result;
      break;
    default:
      applyToTask(state, taskOf(state, entry.instanceId), entry, at, changed);
  }
}

/** As {@link advance}, for an entry that speaks of this task. */
export function advanceTask(state: RunState, task: TaskState, entry: TaskEntry, at: string, changed: Changes): void {
  tick(state, at);
  applyToTask(state, task, entry, at, changed);
}

function extend(state: RunState, { by, tasks, items }: GraphExtension): readonly TaskState[] {
  return items === undefined || by === null ? grow(state, by, tasks) : fan(state, by, items);
}

/**
 * The time of a retry has come. Time is not journaled: a fold leaves the task pending until its next attempt starts.
 */
export function markDue(state: RunState, task: TaskState): void {
  if (task.retryAt !== null) makeReady(state, task);
}

/** An attempt begins or ends to wait. Not journaled: for a fold, which cannot know what goes on, it is running. */
export function markWaiting(task: TaskState, waiting: boolean): void {
  if (isActive(task)) task.status = waiting ? 'waiting' : 'running';
}

/** An entry that speaks of one task. */
export type TaskEntry = Extract<
  EntryDraft,
  { kind: `task-${string}` | `effect-${string}` | `message-${string}` | `approval-${string}` }
>;

function applyToTask(state: RunState, task: TaskState, entry: TaskEntry, at: string, changed: Changes): void {
  if (changed !== null && (entry.kind.startsWith('task-') || entry.kind.startsWith('approval-'))) changed.add(task);
  switch (entry.kind) {
    case 'task-started':
      beginAttempt(state, task, entry.attempt, at);
      break;
    case 'effect-intent':
      task.intents ??= new Map();
      task.intents.set(entry.payload.key, (task.intents.get(entry.payload.key) ?? 0) + 1);
      break;
    case 'message-sent':
    case 'message-refused':
    case 'message-delivered':
      applyMail(state, task, entry, at);
      break;
    case 'effect-outcome':
      task.outcomes ??= new Map();
      task.outcomes.set(entry.payload.key, entry.payload.result);
      task.trace = traceAfter(task.trace, entry.payload.key, entry.payload.result);
      state.fruitless = 0;
      break;
    case 'approval-asked': {
      const { key, actionHash, title } = entry.payload;
      setQuestion(task, key, { actionHash, title, approved: null });
      break;
    }
    case 'approval-answered': {
      const { key, actionHash, approved } = entry.payload;
      setQuestion(task, key, { actionHash, title: task.questions?.get(key)?.title ?? '', approved });
      break;
    }
    case 'task-retry':
      task.status = 'pending';
      task.retryAt = entry.payload.resumeAt;
      task.error = entry.payload.error;
      spend(state, task, entry.payload);
      task.earlierAttempts = task.attempts;
      if (entry.payload.fallback) takeOver(task);
      break;
    case 'task-interrupted':
      task.error = entry.payload.error;
      // Shown, not counted: the attempt that goes on tells of these calls again.
      task.attempts = task.earlierAttempts.concat(entry.payload.attempts);
      requeue(state, task);
      break;
    case 'task-completed':
      completeTask(state, task, entry.payload, at, changed);
      break;
    case 'task-failed':
    case 'task-skipped':
    case 'task-cancelled':
      conclude(state, task, entry, at, changed);
  }
}

type FinalEntry = Extract<TaskEntry, { kind: `task-${Exclude<FinalStatus, 'completed'>}` }>;

function conclude(state: RunState, task: TaskState, entry: FinalEntry, at: string, changed: Changes): void {
  switch (entry.kind) {
    case 'task-failed':
      task.error = entry.payload.error;
      spend(state, task, entry.payload);
      end(state, task, 'failed', at, changed);
      break;
    case 'task-skipped':
      task.skipReason = entry.payload.reason;
      task.declined = state.skips.get(task)?.declined ?? false;
      if (task.declined) state.counts.declined++;
      end(state, task, 'skipped', at, changed);
      break;
    case 'task-cancelled':
      end(state, task, 'cancelled', at, changed);
  }
}

/** What `task-completed` does to the state. */
export function completeTask(
  state: RunState,
  task: TaskState,
  completion: TaskCompletion,
  at: string,
  changed: Changes,
): void {
  task.output = completion.output;
  task.digest = completion.digest ?? null;
  if (completion.attempts.length > 0 || task.attempts.length > 0) spend(state, task, completion);
  end(state, task, 'completed', at, changed);
}

/** What `task-started` does to the state; `attempt` is the number of the attempt that begins or goes on. */
export function beginAttempt(state: RunState, task: TaskState, attempt: number, at: string): void {
  if (attempt !== task.attempt) {
    if (task.attempt > 0 || state.mail !== null) renew(state, task);
    task.startedSeq = state.seq;
  }
  if (task.startedAt === null || task.interrupted) task.startedAt = at;
  task.attempt = attempt;
  task.interrupted = false;
  task.retryAt = null;
  task.error = null;
  task.status = 'running';
  waveOf(state, task).started = true;
}

/** Another attempt knows nothing of the one before it. */
function renew(state: RunState, task: TaskState): void {
  task.outcomes = null;
  task.intents = null;
  task.trace = traceOfNextAttempt(task.trace);
  renewMail(state, task);
  task.questions = leaveToStart(task);
}

function setQuestion(task: TaskState, key: string, question: Question): void {
  task.questions ??= new Map();
  task.questions.set(key, question);
  if (!isActive(task)) return;
  const isOpen = ({ approved }: Question) => approved === null;
  task.status = [...task.questions.values()].some(isOpen) ? 'waiting' : 'running';
}

/** Whoever allowed the task has allowed all of its attempts; what tools ask for is asked anew. */
function leaveToStart({ questions }: TaskState): Map<string, Question> | null {
  const leave = questions?.get(START_QUESTION);
  return leave === undefined ? null : new Map([[START_QUESTION, leave]]);
}

/** From here on the task is its fallback's. */
function takeOver(task: TaskState): void {
  const { fallback, ...spec } = task.spec;
  if (fallback !== undefined) task.spec = { ...spec, ...fallback };
  task.attemptsBefore = task.attempt;
}

/** Attempts that a crash or a stop cut off go on under their number. */
function requeueCutOff(state: RunState): readonly TaskState[] {
  const cutOff = [...state.tasks.values()].filter(isActive);
  for (const task of cutOff) requeue(state, task);
  return cutOff;
}

function requeue(state: RunState, task: TaskState): void {
  task.interrupted = true;
  makeReady(state, task);
  if (state.stopped?.as === 'failed') block(state, task, { reason: state.stopped.reason, declined: false });
}

type Spent = { readonly attempts: readonly AttemptRecord[] } & Partial<Pick<TaskCompletion, 'tokens' | 'costUSD'>>;

function spend(state: RunState, task: TaskState, { attempts, tokens, costUSD }: Spent): void {
  task.attempts = task.earlierAttempts.length === 0 ? attempts : task.earlierAttempts.concat(attempts);
  // Nobody was called.
  if (attempts.length === 0) return;
  const usage = tokens ?? sumTokens(attempts);
  const cost = costUSD === undefined ? sumCost(attempts) : costUSD;
  task.tokens = addUsage(task.tokens, usage);
  task.costUSD = addCost(task.costUSD, cost);
  state.tokens = addUsage(state.tokens, usage);
  state.costUSD = addCost(state.costUSD, cost);
}

type FinalStatus = 'completed' | 'failed' | 'skipped' | 'cancelled';

function end(state: RunState, task: TaskState, status: FinalStatus, at: string, changed: Changes): void {
  state.fruitless = 0;
  task.status = status;
  task.endedSeq = state.seq;
  task.outcomes = null;
  task.intents = null;
  task.retryAt = null;
  // Parsing a time is dear for a task that takes none.
  if (task.startedAt === at) task.durationMs = 0;
  else if (task.startedAt !== null) task.durationMs = msBetween(task.startedAt, at);
  const { counts } = state;
  counts.ended++;
  if (status === 'completed') counts.succeeded++;
  else if (status === 'failed') counts.failed++;
  else if (status === 'skipped') counts.skipped++;
  if (state.skips.size > 0) state.skips.delete(task);
  if (state.fans.size > 0) state.fans.delete(task);
  waveOf(state, task).open--;
  if (status === 'failed' && task.spec.onError === 'fail') stopAll(state, `"${task.spec.id}" failed and ends the run`);
  const blocked = status === 'completed' ? null : blockedBy(task);
  for (let edge = task.dependents; edge !== null; edge = edge.next) {
    const dependent = edge.to;
    dependent.unmet--;
    if ((blocked === null && dependent.unmet > 0) || hasEnded(dependent)) continue;
    if (blocked !== null) block(state, dependent, blocked);
    else if (state.skips.size === 0 || !state.skips.has(dependent)) {
      admit(state, dependent);
      changed?.add(dependent);
    }
  }
}

function msBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

/** Nothing new starts any more: what has not started is skipped. */
function stopAll(state: RunState, reason: string): void {
  if (state.stopped !== null) return;
  state.stopped = { as: 'failed', reason };
  for (const task of state.tasks.values()) {
    if (!hasEnded(task) && !isActive(task)) block(state, task, { reason, declined: false });
  }
}

function stopTime(state: RunState, at: string): void {
  state.activeMs = activeDurationMs(state, at);
  state.activeSince = null;
}

function addAll(changed: Changes, tasks: readonly TaskState[]): void {
  if (changed !== null) for (const task of tasks) changed.add(task);
}
