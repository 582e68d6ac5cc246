import type { ErrorInfo } from '../errors.ts';
import type { Edge, LinkedTask } from '../graph/linked-graph.ts';
import { ReadyHeap } from '../graph/ready-heap.ts';
import type { RunStatus, TaskSpec, TaskStatus } from '../graph/types.ts';
import type { Json } from '../json.ts';
import { type AttemptRecord, NO_USAGE, type TokenUsage } from '../model.ts';
import type { RunSnapshot } from './journal-entry.ts';
import type { MailState } from './mail-state.ts';
import type { ToolTrace } from './tool-effects.ts';

/** Key of the question whether a task may start; all others belong to what its attempts do. */
export const START_QUESTION = 'start';

/** A question to a person about an action of a task. */
export interface Question {
  readonly actionHash: string;
  readonly title: string;
  /** Null: it is open. */
  readonly approved: boolean | null;
}

/** One task as the journal tells it. */
export interface TaskState extends LinkedTask<TaskState> {
  /** As it was added; with the fallback's agent and payload once that has taken over. */
  spec: TaskSpec;
  /** Keys from the root down: `<parent's instance>/<id>`. */
  readonly instanceId: string;
  /** Order of addition. */
  readonly order: number;
  /** The task that has added it and waits for it; null: none does. */
  readonly parent: TaskState | null;
  /** Tasks that it has added and waits for, in the order of addition. */
  children: readonly TaskState[];
  /** Seq of the entry that added it. */
  readonly addedSeq: number;
  dependencies: readonly TaskState[];
  dependents: Edge<TaskState> | null;
  status: TaskStatus;
  /** Dependencies that have not ended. */
  unmet: number;
  /** Number of the last attempt that started, 0 before the first. */
  attempt: number;
  /** True: the last attempt was cut off (crash, stop) and goes on under its number, with its known outcomes. */
  interrupted: boolean;
  /** Effects of the present attempt that are known to have ended, by key; null: none. */
  outcomes: Map<string, Json> | null;
  /** How often effects of the present attempt were begun, by key: more than once where a crash came between; null: none. */
  intents: Map<string, number> | null;
  /** Questions of the present attempt by their key, and whether the task may start at all; null: none. */
  questions: Map<string, Question> | null;
  /** ISO time before which the next attempt must not start; null: none is due. */
  retryAt: string | null;
  /** Seq of the entry that started the present attempt; one that goes on after a crash keeps it. 0: none has started. */
  startedSeq: number;
  /** Seq of the entry that ended the task; 0: it has not ended. */
  endedSeq: number;
  /** Start of the first attempt, or of the one that goes on after an interruption. */
  startedAt: string | null;
  durationMs: number | null;
  output: Json;
  /** The output in short; null: there is none. */
  digest: string | null;
  /** Why it failed, or why its last attempt did while another is due; null otherwise. */
  error: ErrorInfo | null;
  /** Why it was skipped; null: it was not. */
  skipReason: string | null;
  /** True: it was skipped because of a condition, its own or that of a task before it; nothing is missing then. */
  declined: boolean;
  /** Number of the last attempt before the fallback took over; 0: it has not. */
  attemptsBefore: number;
  /** Calls of attempts that have failed and are repeated. */
  earlierAttempts: readonly AttemptRecord[];
  attempts: readonly AttemptRecord[];
  trace: ToolTrace;
  tokens: TokenUsage;
  costUSD: number | null;
}

/** Why a task must be skipped. */
export interface Skip {
  readonly reason: string;
  /** True: a condition says so, and no failure. */
  readonly declined: boolean;
}

/** A level of the graph, for reporting only. */
export interface WaveState {
  readonly wave: number;
  readonly taskIds: string[];
  started: boolean;
  /** Tasks that have not ended. */
  open: number;
}

/**
 * The fold of a run's journal: owned by one engine and advanced in place by `apply`. Two facts about the present moment,
 * which no journal can keep, are set by functions beside it: that a retry's time has come, and that an attempt waits.
 */
export interface RunState {
  readonly runId: string;
  seq: number;
  epoch: number;
  snapshot: RunSnapshot | null;
  status: RunStatus;
  error: ErrorInfo | null;
  /** Times the run was taken up again since it has last got further: more than a few mean that it ends its processes. */
  fruitless: number;
  /** The JSON result; null until the run has ended. */
  result: Json;
  /** Time of the last entry. */
  lastAt: string | null;
  /** Since when the run goes on; null: it does not. */
  activeSince: string | null;
  /** How long it went on before that, ms: time in which nobody owned the run does not count. */
  activeMs: number;
  /** By id, in the order of addition. */
  readonly tasks: Map<string, TaskState>;
  readonly waves: WaveState[];
  /** Ready tasks; may also hold some that have left that state, which `decide` passes over. */
  readonly ready: ReadyHeap<TaskState>;
  /** Tasks that fan out, or whose copies join, as soon as it is journaled. */
  readonly fans: Set<TaskState>;
  /** Tasks that must be skipped, with the reason, in order. */
  readonly skips: Map<TaskState, Skip>;
  /** Set once nothing new may start: a task with `onError: fail` has failed, or the run was cancelled for good. */
  stopped: { readonly as: 'failed' | 'cancelled'; readonly reason: string } | null;
  readonly counts: { ended: number; succeeded: number; failed: number; skipped: number; declined: number };
  tokens: TokenUsage;
  costUSD: number | null;
  /** Messages between the tasks; null: there has been none. */
  mail: MailState<TaskState> | null;
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
    fruitless: 0,
    result: null,
    lastAt: null,
    activeSince: null,
    activeMs: 0,
    tasks: new Map(),
    waves: [],
    ready: new ReadyHeap(),
    fans: new Set(),
    skips: new Map(),
    stopped: null,
    counts: { ended: 0, succeeded: 0, failed: 0, skipped: 0, declined: 0 },
    tokens: NO_USAGE,
    costUSD: 0,
    mail: null,
  };
}

/** True when the task can change no more. */
export function hasEnded({ status }: Pick<TaskState, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'skipped' || status === 'cancelled';
}

/** True while an attempt of the task is under way. */
export function isActive({ status }: Pick<TaskState, 'status'>): boolean {
  return status === 'running' || status === 'waiting';
}

/** How long the run has gone on up to `at` (ISO-8601 UTC), ms; never negative, also when the clock steps back. */
export function activeDurationMs({ activeMs, activeSince }: RunState, at: string): number {
  if (activeSince === null) return activeMs;
  return activeMs + Math.max(0, Date.parse(at) - Date.parse(activeSince));
}

/** The task of an instance id: its last part is unique in the graph. Throws when the journal is not of one piece. */
export function taskOf(state: RunState, instanceId: string | null): TaskState {
  const task = instanceId === null ? undefined : state.tasks.get(instanceId.slice(instanceId.lastIndexOf('/') + 1));
  if (!task) throw new Error(`The journal of run ${state.runId} names an unknown task ${instanceId}.`);
  return task;
}
