import { type ErrorInfo, toErrorInfo } from '../errors.ts';
import type { RunStatus, TaskSpec } from '../graph/types.ts';
import type { RunResult, TaskResult } from '../results.ts';
import type { RunSnapshot } from './journal-entry.ts';
import { snapshotOf, taskResult } from './projections.ts';
import { activeDurationMs, type RunState } from './state.ts';
import { cancelled } from './stop-reasons.ts';

/** What a kind of run makes of its ended tasks. */
export interface Conclusion
  extends Pick<
    RunResult,
    | 'result'
    | 'llm'
    | 'documentId'
    | 'findings'
    | 'dismissed'
    | 'coverage'
    | 'edits'
    | 'conflicts'
    | 'testPlan'
    | 'pipeline'
  > {
  /** True: a run whose tasks all completed is still incomplete (a review that left files out). */
  readonly partial?: boolean;
}

/** A run that is about to end, with its tasks in the order they were added. */
export interface EndedRun {
  readonly runId: string;
  readonly snapshot: RunSnapshot;
  /** Never `interrupted`: such a run has not ended and is not concluded. */
  readonly status: RunStatus;
  readonly tasks: readonly TaskResult[];
  readonly specs: readonly TaskSpec[];
}

/**
 * Makes the conclusion; called before `run-ended` is journaled, and again when a crash came between the two. A rejection
 * fails the run (a cancelled one stays cancelled).
 */
export type Conclude = (ended: EndedRun) => Promise<Conclusion>;

/** The JSON result of a run whose tasks have all ended; `now` is ISO-8601 UTC. Never rejects. */
export async function concludeRun(
  state: RunState,
  status: RunStatus,
  now: string,
  conclude: Conclude,
): Promise<RunResult> {
  const frame = resultFrame(state, now);
  const specs = Array.from(state.tasks.values(), (task) => task.spec);
  const ended = { runId: state.runId, snapshot: snapshotOf(state), status, tasks: frame.tasks, specs };
  try {
    const { partial = false, ...conclusion } = await conclude(ended);
    const final = partial && status === 'completed' ? 'partial' : status;
    return { ...frame, ...conclusion, status: final, error: errorOf(state, status) };
  } catch (failure) {
    const failed = status === 'cancelled' ? status : 'failed';
    return { ...frame, ...withoutConclusion(frame.tasks), status: failed, error: toErrorInfo(failure) };
  }
}

/** The JSON result of a run that was stopped and can be resumed: its tasks as they are, no conclusion. */
export function interruptedResult(state: RunState, now: string): RunResult {
  const frame = resultFrame(state, now);
  return { ...frame, ...withoutConclusion(frame.tasks), status: state.status, error: state.error };
}

/** What there is to say of tasks that nobody has drawn a conclusion from. */
export function withoutConclusion(tasks: readonly TaskResult[]): Conclusion {
  // Every vendor but the built-in rules is a language model.
  const llm = tasks.some(({ attempts }) => attempts.some(({ model }) => !model.startsWith('offline/')));
  return { result: '', llm, documentId: null };
}

function resultFrame(state: RunState, now: string) {
  const { kind, workflow } = snapshotOf(state);
  const { succeeded, failed, skipped } = state.counts;
  const { runId, tokens, costUSD } = state;
  const tasks = Array.from(state.tasks.values(), taskResult);
  const durationMs = activeDurationMs(state, now);
  const totals = { tasks: tasks.length, succeeded, failed, skipped, tokens, costUSD, durationMs };
  return { schema: 1 as const, runId, kind, workflow, tasks, totals };
}

/** Why a run ends with this status; null: it completes. A failed run has the code of its first failed task, so that shells can act on it. */
export function errorOf({ tasks, counts }: RunState, status: RunStatus): ErrorInfo | null {
  if (status === 'completed') return null;
  if (status === 'cancelled') return cancelled();
  const first = [...tasks.values()].find((task) => task.status === 'failed');
  const because = first?.error ?? null;
  if (status === 'failed' && because !== null) return because;
  const { ended, succeeded, declined } = counts;
  const message = `${ended - succeeded - declined} of ${ended} tasks did not complete.`;
  if (first === undefined || because === null) return { code: 'task-failed', message, hint: null };
  return { code: 'task-failed', message: `${message} "${first.spec.id}": ${because.message}`, hint: because.hint };
}
