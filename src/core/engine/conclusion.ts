import { type ErrorInfo, toErrorInfo } from '../errors.ts';
import type { RunStatus, TaskSpec } from '../graph/types.ts';
import type { Clock } from '../ports.ts';
import type { Coverage, Finding, RunResult, TaskResult } from '../results.ts';
import type { RunSnapshot } from './journal-entry.ts';
import { snapshotOf, taskResult } from './projections.ts';
import type { RunState } from './state.ts';

/** What a kind of run makes of its ended tasks. */
export interface Conclusion {
  /** Markdown. */
  readonly result: string;
  readonly llm: boolean;
  readonly documentId: number | null;
  readonly findings?: readonly Finding[];
  readonly coverage?: Coverage;
  /** True: a run whose tasks all completed is still incomplete (a review that left files out). */
  readonly partial?: boolean;
}

/** The tasks of a run that is about to end, in the order they were added. */
export interface EndedRun {
  readonly runId: string;
  readonly snapshot: RunSnapshot;
  /** `interrupted` runs are concluded too, for show; they come again when they are resumed. */
  readonly status: RunStatus;
  readonly tasks: readonly TaskResult[];
  readonly specs: readonly TaskSpec[];
}

/** Makes the conclusion; called before `run-ended` is journaled. A rejection fails the run. */
export type Conclude = (ended: EndedRun) => Promise<Conclusion>;

/** What {@link concludeRun} looks at. */
interface Concluding {
  readonly state: RunState;
  readonly conclude: Conclude;
  readonly clock: Clock;
}

/** The JSON result of a run that ends with `status`. Never rejects: a failing conclusion is a failed run. */
export async function concludeRun(
  { state, conclude, clock }: Concluding,
  status: RunStatus,
  error: ErrorInfo | null,
): Promise<RunResult> {
  const tasks = Array.from(state.tasks.values(), taskResult);
  const specs = Array.from(state.tasks.values(), (task) => task.spec);
  const { snapshot, runId } = { snapshot: snapshotOf(state), runId: state.runId };
  try {
    const { partial = false, ...conclusion } = await conclude({ runId, snapshot, status, tasks, specs });
    const final = partial && status === 'completed' ? 'partial' : status;
    return { ...frame(state, clock, tasks), ...conclusion, status: final, error: error ?? firstFailure(final, tasks) };
  } catch (failure) {
    const failed = { result: '', llm: false, documentId: null, status: 'failed' as const, error: toErrorInfo(failure) };
    return { ...frame(state, clock, tasks), ...failed };
  }
}

function frame(state: RunState, clock: Clock, tasks: readonly TaskResult[]) {
  const { kind, workflow } = snapshotOf(state);
  const { succeeded, failed, skipped } = state.counts;
  const began = state.startedAt === null ? clock.now() : Date.parse(state.startedAt);
  const durationMs = Math.max(0, clock.now() - began);
  const totals = {
    tasks: tasks.length,
    succeeded,
    failed,
    skipped,
    tokens: state.tokens,
    costUSD: state.costUSD,
    durationMs,
  };
  return { schema: 1 as const, runId: state.runId, kind, workflow, tasks, totals };
}

/** A failed run tells the error of its first failed task. */
function firstFailure(status: RunStatus, tasks: readonly TaskResult[]): ErrorInfo | null {
  if (status !== 'failed') return null;
  return (
    tasks.find((task) => task.error !== null)?.error ?? {
      code: 'task-failed',
      message: 'No task completed.',
      hint: null,
    }
  );
}
