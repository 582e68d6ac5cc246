import { EnsembleError, type ErrorInfo } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { FailurePolicy, FanOut, RetryPolicy, RunStatus, TaskSpec, TaskStatus } from '../graph/types.ts';
import { newRunId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { Clock, Logger, Random, RunJournal } from '../ports.ts';
import type { Conclude } from './conclusion.ts';
import { Engine } from './engine.ts';
import { FALLBACK, FunctionExecutor, type FunctionTask, type GraphTaskContext } from './function-executor.ts';
import { UNLIMITED_MS } from './journal-entry.ts';
import type { Teamwork } from './teamwork.ts';

/** A task of a bare graph; it may have any other properties for `execute` to use. */
export interface GraphTask extends FunctionTask {
  /** Unique in the graph, 1-128 characters without `/` and control characters. */
  readonly id: string;
  /** Default: none. */
  readonly dependencies?: readonly string[];
  /** 1-10, higher first. Default 5. */
  readonly priority?: number;
  /** Expected duration, ms; weighs the longest path. Default: unknown, counts as 10 s. */
  readonly estimateMs?: number;
  /** Time one attempt may take, ms. Default: unlimited. */
  readonly timeoutMs?: number;
  /** Default: one attempt. */
  readonly retry?: RetryPolicy;
  /** Default `skip-dependents`. */
  readonly onError?: FailurePolicy;
  /**
   * Condition over the outputs of the dependencies, such as `review.score < 8 and not (draft contains "TODO")`. When it does not hold
   * the task is skipped and so are its dependents, unless `onError` is `continue`; that is no failure. Default: the task runs.
   */
  readonly when?: string;
  /**
   * The task is done several times at once: `{ count: 3 }`, or once per item of a list in the output of a dependency,
   * `{ over: 'plan.files' }` (`copy` of the context has the item). Its output is the list of outputs in order; see `onError` for
   * copies that fail. Default: once.
   */
  readonly fanOut?: FanOut;
}

/** Options of {@link runGraph}. */
export interface RunGraphOptions<T extends GraphTask> {
  readonly tasks: readonly T[];
  /**
   * Does one task. Its value is the task's output (`undefined` counts as null; a real journal takes only JSON); a rejection
   * fails the attempt.
   */
  execute(task: T, context: GraphTaskContext): Promise<Json | undefined> | Json | undefined;
  /** Tasks at once, a whole number from 1 or `Infinity`. Default 3. */
  readonly concurrency?: number;
  /** Stops the graph: running tasks are aborted, the rest is not started. */
  readonly signal?: AbortSignal;
  readonly onEvent?: EventListener;
  /** Keeps the run. Default: nothing is kept. */
  readonly journal?: RunJournal;
}

/** How a graph ended. */
export interface GraphResult {
  /** `interrupted` when `signal` stopped it. */
  readonly status: RunStatus;
  /** Outputs of the completed tasks by id. */
  readonly outputs: Readonly<Record<string, Json>>;
  readonly tasks: readonly { readonly id: string; readonly status: TaskStatus; readonly error: ErrorInfo | null }[];
  /** Why it did not complete; null when it did. */
  readonly error: ErrorInfo | null;
}

/** What a graph runs on. */
export interface GraphEnvironment {
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Runs a graph of plain functions on the product's own scheduler, without accounts, editor or database. Rejects
 * `invalid-graph` or `invalid-input` before anything starts; failures of tasks are in the result.
 */
export async function runGraph<T extends GraphTask>(
  options: RunGraphOptions<T>,
  { clock, random }: GraphEnvironment,
): Promise<GraphResult> {
  const { tasks, concurrency = 3, signal, onEvent = null, journal = null } = options;
  const engine = new Engine({ journal, clock, random, logger: SILENT, owner: NOBODY, teamwork: ALONE });
  const snapshot = {
    kind: 'graph',
    workflow: null,
    title: `Graph of ${tasks.length} tasks`,
    workspace: null,
    request: null,
    config: null,
    limits: {
      // More slots than tasks make no difference, and JSON has no Infinity.
      maxParallel: concurrency === Number.POSITIVE_INFINITY ? Math.max(1, tasks.length) : concurrency,
      runTimeoutMs: UNLIMITED_MS,
      taskTimeoutMs: UNLIMITED_MS,
    },
  };
  const plan = { runId: newRunId(clock.now(), random), snapshot, tasks: tasks.map(specOf) };
  const behaviour = { executor: new FunctionExecutor(options), conclude: concludeGraph, onEvent };
  const handle = await engine.start(plan, behaviour, signal);
  const result = await handle.result;
  const outputs: Record<string, Json> = {};
  for (const { id, status, output } of result.tasks) if (status === 'completed') outputs[id] = output;
  return {
    status: result.status,
    outputs,
    tasks: result.tasks.map(({ id, status, error }) => ({ id, status, error })),
    error: result.error,
  };
}

const ONE_ATTEMPT: RetryPolicy = { maxAttempts: 1, initialDelayMs: 0, maxDelayMs: 0 };

function specOf(task: GraphTask): TaskSpec {
  const spec: TaskSpec = {
    id: task.id,
    agent: 'function',
    description: task.id,
    dependencies: task.dependencies ?? [],
    priority: task.priority ?? 5,
    estimateMs: task.estimateMs ?? null,
    timeoutMs: task.timeoutMs ?? null,
    retry: task.retry ?? ONE_ATTEMPT,
    onError: task.onError ?? 'skip-dependents',
    payload: null,
  };
  if (task.when === undefined && task.fallback === undefined && task.fanOut === undefined) return spec;
  return {
    ...spec,
    ...(task.when === undefined ? {} : { when: task.when }),
    ...(task.fanOut === undefined ? {} : { fanOut: task.fanOut }),
    ...(task.fallback === undefined ? {} : { fallback: { agent: spec.agent, payload: FALLBACK } }),
  };
}

const concludeGraph: Conclude = async () => ({ result: '', llm: false, documentId: null });

const NOBODY = { host: '', pid: 0, startTime: '', nonce: 'graph' };

function nobodyThere(): never {
  throw new EnsembleError('internal', 'A function of a bare graph works alone.');
}

/** Functions have no way to ask, to write, to spawn or to stream, so none of what that takes is loaded. */
const ALONE: Teamwork = {
  mail: nobodyThere,
  spawn: nobodyThere,
  questions: nobodyThere,
  desk: nobodyThere,
  text: nobodyThere,
};

const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
