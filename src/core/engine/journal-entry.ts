import type { ErrorInfo } from '../errors.ts';
import type { RunStatus, TaskSpec, TaskStatus } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { RunMessage } from '../messages/run-message.ts';
import type { MessageKind } from '../messages/types.ts';
import type { AttemptRecord, TokenUsage } from '../model.ts';
import type { ApprovalAction } from '../policy/approval.ts';
import type { TaskResult } from '../results.ts';

/**
 * Version of the entry payloads below. A journal with a higher one is opened read-only; all lower ones are read. 2: tasks may
 * have a condition and a fallback, which version 1 would pass over. 3: messages between tasks, questions to a person, runs that
 * wait for one, tasks that fan out.
 */
export const JOURNAL_VERSION = 3;

/**
 * Everything that can have happened in a run, in the order it happened. The run's state is the fold of these entries
 * and of nothing else (design, decision 3). Deltas of a stream are never journaled.
 */
export type JournalBody =
  /** First entry: the request and everything it depends on, so that a resume needs no file, setting or template. */
  | { readonly kind: 'run-started'; readonly payload: RunSnapshot }
  /** The only way tasks come into being; atomic. `by` is the instance that added them, null for the initial graph. */
  | {
      readonly kind: 'graph-extended';
      readonly payload: {
        readonly by: string | null;
        readonly tasks: readonly TaskSpec[];
        /** Instead of `tasks`: the items of which the task `by` gets a copy each. */
        readonly items?: readonly Json[];
      };
    }
  | { readonly kind: 'task-started'; readonly payload: Record<string, never> }
  /** Durable before the effect: a model turn or tool call of this attempt, named by `key`. */
  | { readonly kind: 'effect-intent'; readonly payload: { readonly key: string; readonly detail: Json } }
  /** The effect's result; on resume it is used instead of repeating the effect. */
  | { readonly kind: 'effect-outcome'; readonly payload: { readonly key: string; readonly result: Json } }
  /** The attempt waits for a person to allow exactly this; `key` names the question within the attempt. */
  | {
      readonly kind: 'approval-asked';
      readonly payload: ApprovalAction & { readonly key: string; readonly actionHash: string };
    }
  /** What the person said to the question `key`; it binds the action with this hash and no other. */
  | {
      readonly kind: 'approval-answered';
      readonly payload: { readonly key: string; readonly actionHash: string; readonly approved: boolean };
    }
  /** The attempt has failed; the next one may start at `resumeAt` (ISO-8601 UTC). */
  | {
      readonly kind: 'task-retry';
      readonly payload: {
        readonly error: ErrorInfo;
        readonly resumeAt: string;
        readonly attempts: readonly AttemptRecord[];
        /** True: the task's fallback does the next attempt. Default false. */
        readonly fallback?: boolean;
      };
    }
  /** The attempt cannot go on now and stops the run; it goes on under its number when the run is resumed. */
  | {
      readonly kind: 'task-interrupted';
      readonly payload: { readonly error: ErrorInfo; readonly attempts: readonly AttemptRecord[] };
    }
  /** The task has written to others; `key` names the place in the attempt, so that a resumed one sends nothing twice. */
  | {
      readonly kind: 'message-sent';
      readonly payload: {
        readonly key: string;
        /** Counts the messages of the run from 1. */
        readonly id: number;
        /** As the sender wrote it. */
        readonly to: string;
        /** Instances; null: all, also later ones. */
        readonly receivers: readonly string[] | null;
        readonly type: MessageKind;
        readonly content: string;
        readonly inReplyTo: number | null;
      };
    }
  /** The task wanted to write and could not; it is told why. */
  | {
      readonly kind: 'message-refused';
      readonly payload: { readonly key: string; readonly to: string; readonly reason: string };
    }
  /** These messages are part of what the turn `key` of the attempt is told. */
  | {
      readonly kind: 'message-delivered';
      readonly payload: { readonly key: string; readonly ids: readonly number[] };
    }
  | { readonly kind: 'task-completed'; readonly payload: TaskCompletion }
  | {
      readonly kind: 'task-failed';
      readonly payload: { readonly error: ErrorInfo; readonly attempts: readonly AttemptRecord[] };
    }
  | { readonly kind: 'task-skipped'; readonly payload: { readonly reason: string } }
  | { readonly kind: 'task-cancelled'; readonly payload: Record<string, never> }
  | { readonly kind: 'run-cancel-requested'; readonly payload: { readonly reason: string } }
  /** A new owner took the run over after a crash, reload or limit. */
  | { readonly kind: 'run-resumed'; readonly payload: { readonly owner: string } }
  /** Stopped before its end. `crashed`: its process ended without a word; somebody else found that out. */
  | { readonly kind: 'run-interrupted'; readonly payload: { readonly error: ErrorInfo; readonly crashed?: boolean } }
  /** Calls were paid for whose answers reached no task: they were cut off. */
  | { readonly kind: 'calls-lost'; readonly payload: { readonly tokens: TokenUsage; readonly costUSD: number | null } }
  /** All that is left to do waits for a person; `error` says what for. */
  | { readonly kind: 'run-suspended'; readonly payload: { readonly error: ErrorInfo } }
  /** Last entry. `result` is the JSON result of contracts.md. */
  | {
      readonly kind: 'run-ended';
      readonly payload: { readonly status: RunStatus; readonly error: ErrorInfo | null; readonly result: Json };
    };

/** What `graph-extended` adds. */
export type GraphExtension = Extract<JournalBody, { readonly kind: 'graph-extended' }>['payload'];

/** What a completed attempt leaves behind; `attempts`, `tokens` and `costUSD` are this attempt's own. */
export interface TaskCompletion {
  readonly output: Json;
  /** The output in short; absent where none was made. */
  readonly digest?: string;
  readonly attempts: readonly AttemptRecord[];
  readonly tokens: TokenUsage;
  readonly costUSD: number | null;
}

/** Content of `run-started`. Kind-specific parts are opaque to the engine. */
export interface RunSnapshot {
  /** `run`, `review`, `workflow`, ... */
  readonly kind: string;
  readonly workflow: string | null;
  readonly title: string;
  /** Absolute path or URI of the workspace, for history; null: none. */
  readonly workspace: string | null;
  readonly request: Json;
  /** Effective configuration, tier map, prices, agent and prompt texts. */
  readonly config: Json;
  readonly limits: RunLimits;
}

/** A time limit that is never reached, ms. Not Infinity, which JSON cannot keep. */
export const UNLIMITED_MS = Number.MAX_SAFE_INTEGER;

/** Limits the engine itself enforces. A limit of {@link UNLIMITED_MS} is none. */
export interface RunLimits {
  /** Tasks running at once, 1-50. Default 3. */
  readonly maxParallel: number;
  /** Time the whole run may take, ms, not counting time in which every running task waits. Default 300,000. */
  readonly runTimeoutMs: number;
  /** Default time of one attempt, ms. Default 300,000. */
  readonly taskTimeoutMs: number;
  /** Time an attempt may go on without any sign of life (text, a call, a note), ms, not counting waits. Default: any. */
  readonly silenceMs?: number;
}

/** An entry as it is written; the journal adds `seq` and `at`. */
export type EntryDraft = JournalBody & {
  /** Parent path and task key, derived; null for entries of the run itself. */
  readonly instanceId: string | null;
  /** 1-based attempt of the instance; 0 for entries of the run itself. */
  readonly attempt: number;
};

/** An entry as it is read back. Large payloads come back inlined, whatever the store did with them. */
export type JournalEntry = EntryDraft & {
  readonly runId: string;
  /** 1-based, without gaps. */
  readonly seq: number;
  readonly epoch: number;
  readonly v: number;
  /** ISO-8601 UTC. */
  readonly at: string;
};

/** Row of the `runs` table: a projection, written in the transaction of the entries it follows from. */
export interface RunProjection {
  readonly status: RunStatus;
  readonly title: string;
  readonly kind: string;
  readonly workflow: string | null;
  readonly workspace: string | null;
  readonly taskCount: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly tokens: TokenUsage;
  readonly costUSD: number | null;
  readonly error: ErrorInfo | null;
}

/** What the work on a task has come to beside its output, over all attempts; each part is absent where there is nothing to tell. */
export type TaskTrace = Pick<TaskResult, 'tools' | 'handoffs' | 'notices'>;

/** Row of the `tasks` table. */
export interface TaskProjection extends TaskTrace {
  readonly instanceId: string;
  readonly taskId: string;
  /** Task that added this one and waits for it; null: none does. */
  readonly parentId: string | null;
  readonly agent: string;
  readonly description: string;
  readonly status: TaskStatus;
  readonly dependencies: readonly string[];
  readonly attempt: number;
  readonly attempts: readonly AttemptRecord[];
  readonly tokens: TokenUsage;
  readonly costUSD: number | null;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly output: Json;
  readonly error: ErrorInfo | null;
}

/** One atomic append: entries and the projections that follow from them. */
export interface JournalWrite {
  /** Time of the entries, ISO-8601 UTC, by the engine's clock; default: the journal's own. */
  readonly at?: string;
  readonly entries: readonly EntryDraft[];
  readonly run: RunProjection | null;
  readonly tasks: readonly TaskProjection[];
  /** New messages, and those that were delivered. Default none. */
  readonly messages?: readonly RunMessage[];
}
