import type { ErrorInfo } from '../errors.ts';
import { ReadyHeap } from '../graph/ready-heap.ts';
import type { RunStatus, TaskSpec, TaskStatus } from '../graph/types.ts';
import type { Json } from '../json.ts';
import { type AttemptRecord, NO_USAGE, type TokenUsage } from '../model.ts';
import type { RunSnapshot } from './journal-entry.ts';

/** One task as the journal tells it. */
export interface TaskState {
  readonly spec: TaskSpec;
  /** Path of keys from the root: `<parent>/<id>`. */
  readonly instanceId: string;
  /** 1-based level: one more than the deepest dependency, or than the task that added it. */
  readonly wave: number;
  readonly order: number;
  /** Longest path from here to an end of the graph. */
  path: number;
  status: TaskStatus;
  /** Dependencies that have not ended. */
  unmet: number;
  readonly dependents: TaskState[];
  /** Number of the last attempt that started, 0 before the first. */
  attempt: number;
  /** True: the last attempt was cut off (crash, stop) and goes on under its number, with its known outcomes. */
  interrupted: boolean;
  /** Effects of the present attempt that are known to have ended, by key. */
  outcomes: Map<string, Json>;
  /** ISO time before which the next attempt must not start; null: none is due. */
  retryAt: string | null;
  startedAt: string | null;
  durationMs: number | null;
  output: Json;
  error: ErrorInfo | null;
  attempts: readonly AttemptRecord[];
  tokens: TokenUsage;
  costUSD: number | null;
}

/** A level of the graph, for reporting only: nothing waits for it. */
export interface WaveState {
  readonly wave: number;
  readonly taskIds: string[];
  started: boolean;
  open: number;
}

/** The fold of a run's journal. Owned by one engine, advanced in place by {@link apply} and by nothing else. */
export interface RunState {
  readonly runId: string;
  seq: number;
  epoch: number;
  snapshot: RunSnapshot | null;
  status: RunStatus;
  error: ErrorInfo | null;
  result: Json;
  startedAt: string | null;
  endedAt: string | null;
  readonly tasks: Map<string, TaskState>;
  readonly byInstance: Map<string, TaskState>;
  readonly waves: WaveState[];
  readonly ready: ReadyHeap;
  /** Tasks that must be skipped, with the reason, in order. */
  readonly skips: Map<TaskState, string>;
  /** A task with `onError: fail` has failed, or the run was cancelled: nothing new starts. */
  stopped: 'failed' | 'cancelled' | null;
  readonly counts: { ended: number; succeeded: number; failed: number; skipped: number };
  tokens: TokenUsage;
  costUSD: number | null;
}

/** A run before its first entry. */
export function initialState(runId: string): RunState {
  return {
    runId,
    seq: 0,
    epoch: 1,
    snapshot: null,
    status: 'queued',
    error: null,
    result: null,
    startedAt: null,
    endedAt: null,
    tasks: new Map(),
    byInstance: new Map(),
    waves: [],
    ready: new ReadyHeap(),
    skips: new Map(),
    stopped: null,
    counts: { ended: 0, succeeded: 0, failed: 0, skipped: 0 },
    tokens: NO_USAGE,
    costUSD: 0,
  };
}

/** True when the task can change no more. */
export function hasEnded(task: Pick<TaskState, 'status'>): boolean {
  return (
    task.status === 'completed' || task.status === 'failed' || task.status === 'skipped' || task.status === 'cancelled'
  );
}
