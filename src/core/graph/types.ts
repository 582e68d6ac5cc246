import type { Json } from '../json.ts';

/** What happens to the rest of a run when a task has failed for good (contracts.md, `onError`). */
export type FailurePolicy = 'fail' | 'continue' | 'skip-dependents';

/** How often and how fast the engine repeats a failed attempt. Provider failures are the pool's to retry, not this. */
export interface RetryPolicy {
  /** Attempts in all, at least 1. Default 2. */
  readonly maxAttempts: number;
  /** Delay before the second attempt, ms; doubles per attempt. Default 500. */
  readonly initialDelayMs: number;
  /** Cap of the delay, ms. Default 10,000. */
  readonly maxDelayMs: number;
}

/** Who does a task in the place of another agent. */
export interface Fallback {
  readonly agent: string;
  readonly payload: Json;
}

/** How a task is done several times at once: so many copies, or one per item of a list in the output of a dependency. */
export type FanOut = { readonly count: number } | { readonly over: string };

/** Which copy of a task one is. */
export interface CopyOf {
  /** Id of the task that fanned out. */
  readonly of: string;
  /** 0-based. */
  readonly index: number;
  readonly count: number;
  /** The item of the list; null where copies were counted. */
  readonly item: Json;
}

/**
 * One node of a task graph: what the scheduler needs to know. What the task *does* is in `payload`, which only the
 * run's TaskExecutor understands; it must be JSON because it is journaled.
 */
export interface TaskSpec {
  /** Unique in the graph, 1-128 characters without `/` and control characters; the task's key in its parent. */
  readonly id: string;
  /** Shown to people and carried by events. */
  readonly agent: string;
  readonly description: string;
  /** Ids of tasks that must have ended first. */
  readonly dependencies: readonly string[];
  /** 1-10, higher starts first among ready tasks. Default 5. */
  readonly priority: number;
  /** Expected duration, ms; weighs the longest remaining path. Null: not known, weighs as 10 s. */
  readonly estimateMs: number | null;
  /** Time one attempt may take, ms, not counting time spent waiting; null: the engine's default. */
  readonly timeoutMs: number | null;
  readonly retry: RetryPolicy | null;
  readonly onError: FailurePolicy;
  /**
   * Condition over the outputs of the dependencies (condition.ts), looked at when all of them have ended. When it does not hold the
   * task is skipped, which is no failure; its dependents follow `onError`. Default: the task runs.
   */
  readonly when?: string;
  /** Takes the task over, with attempts of its own, once the task has failed for good. Default: nobody. */
  readonly fallback?: Fallback;
  /**
   * Question to a person, one line, who must allow the task before it starts; a refused task has failed, without retries and
   * without its fallback. Default: nobody is asked.
   */
  readonly approval?: string;
  /**
   * Copies of the task do its work, each with its own attempts, as `<id>[0]`, `<id>[1]`, ...; the task itself joins them: its output
   * is the list of their outputs in order. Where some copies fail it has failed, unless `onError` is `continue`: their places are
   * null then. Default: the task is done once.
   */
  readonly fanOut?: FanOut;
  /** Set by the engine on copies. */
  readonly copy?: CopyOf;
  readonly payload: Json;
}

/** Task states as contracts.md lists them. */
export type TaskStatus = 'pending' | 'ready' | 'running' | 'waiting' | 'completed' | 'failed' | 'skipped' | 'cancelled';

/** Run states as contracts.md lists them. `interrupted` and `suspended` can be resumed; `cancelled` is final. */
export type RunStatus =
  | 'queued'
  | 'running'
  | 'suspended'
  | 'interrupted'
  | 'completed'
  | 'partial'
  | 'failed'
  | 'cancelled';
