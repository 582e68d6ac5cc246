import { toErrorInfo } from '../errors.ts';
import type { RetryPolicy } from '../graph/types.ts';
import { MAX_GROWN_TASKS, validateGraph } from '../graph/validate.ts';
import type { Random, TaskOutcome } from '../ports.ts';
import { runEntry, taskEntry } from './entries.ts';
import { tooLarge } from './fan-out.ts';
import type { EntryDraft, TaskCompletion } from './journal-entry.ts';
import { sumCost, sumTokens } from './spending.ts';
import type { RunState, TaskState } from './state.ts';

/** Attempts and delays where a task sets none. */
export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 2, initialDelayMs: 500, maxDelayMs: 10_000 };

type Completed = Extract<TaskOutcome, { readonly status: 'completed' }>;
type Failed = Extract<TaskOutcome, { readonly status: 'failed' }>;

/** What decides about a retry. `now` is epoch ms. */
export interface Moment {
  readonly now: number;
  readonly random: Random;
}

/** The entries that say how an attempt ended. They belong together. */
export function settlementOf(state: RunState, task: TaskState, outcome: TaskOutcome, moment: Moment): EntryDraft[] {
  return outcome.status === 'completed' ? completion(state, task, outcome) : [failure(state, task, outcome, moment)];
}

/** What a completed attempt leaves behind. */
export function completionOf({ output, digest, attempts }: Completed): TaskCompletion {
  const tokens = sumTokens(attempts);
  const costUSD = sumCost(attempts);
  return digest === undefined ? { output, attempts, tokens, costUSD } : { output, digest, attempts, tokens, costUSD };
}

function completion(state: RunState, task: TaskState, outcome: Completed): EntryDraft[] {
  const { attempts, extend } = outcome;
  const completed = taskEntry(task, { kind: 'task-completed', payload: completionOf(outcome) });
  if (extend === undefined || extend.length === 0) return [completed];
  try {
    if (state.tasks.size + extend.length > MAX_GROWN_TASKS) throw tooLarge(state.tasks.size + extend.length);
    validateGraph(extend, state.tasks);
  } catch (error) {
    return [taskEntry(task, { kind: 'task-failed', payload: { error: toErrorInfo(error), attempts } })];
  }
  return [completed, runEntry({ kind: 'graph-extended', payload: { by: task.instanceId, tasks: extend } })];
}

function failure(state: RunState, task: TaskState, outcome: Failed, moment: Moment): EntryDraft {
  const { error, attempts, retryable, stopsRun = false } = outcome;
  if (state.stopped !== null) return taskEntry(task, { kind: 'task-cancelled', payload: {} });
  if (stopsRun) return taskEntry(task, { kind: 'task-interrupted', payload: { error, attempts } });
  const retry = task.spec.retry ?? DEFAULT_RETRY;
  if (!retryable || task.attempt - task.attemptsBefore >= retry.maxAttempts) {
    // Whoever refused a task did not ask for somebody else to do it.
    if (task.spec.fallback !== undefined && error.code !== 'approval-refused') {
      const resumeAt = new Date(moment.now).toISOString();
      return taskEntry(task, { kind: 'task-retry', payload: { error, resumeAt, attempts, fallback: true } });
    }
    return taskEntry(task, { kind: 'task-failed', payload: { error, attempts } });
  }
  const resumeAt = new Date(
    moment.now + delayMs(retry, task.attempt - task.attemptsBefore, moment.random),
  ).toISOString();
  return taskEntry(task, { kind: 'task-retry', payload: { error, resumeAt, attempts } });
}

/** Exponential with half jitter, so that tasks that failed together do not come back together. */
function delayMs({ initialDelayMs, maxDelayMs }: RetryPolicy, attempt: number, random: Random): number {
  const full = Math.min(maxDelayMs, initialDelayMs * 2 ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}
