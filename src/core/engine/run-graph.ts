import { EnsembleError, type ErrorInfo } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { FailurePolicy, FanOut, RetryPolicy, RunStatus, TaskSpec, TaskStatus } from '../graph/types.ts';
import { newRunId } from '../ids.ts';
import type { Json } from '../json.ts';
import type { Clock, Logger, Random, RunJournal } from '../ports.ts';
import { CommitLog } from './commit-log.ts';
import { type Conclude, concludeRun, errorOf, interruptedResult } from './conclusion.ts';
import { FALLBACK, FunctionPerformer, type FunctionTask, type GraphTaskContext } from './function-performer.ts';
import { UNLIMITED_MS } from './journal-entry.ts';
import { createRun, guarded } from './new-run.ts';
import { type Ending, type Endings, RunDriver } from './run-driver.ts';
import { initialState, type RunState } from './state.ts';
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
 * Runs a graph of plain functions on the product's own scheduler, without accounts, editor or database. Nobody is asked for leave: a
 * function can ask by itself before it acts. Rejects `invalid-graph` or `invalid-input` before anything starts; failures of tasks
 * are in the result.
 */
export async function runGraph<T extends GraphTask>(
  options: RunGraphOptions<T>,
  { clock, random }: GraphEnvironment,
): Promise<GraphResult> {
  const { tasks, concurrency = 3, signal, onEvent = null, journal = null } = options;
  const state = initialState(newRunId(clock.now(), random));
  const listener = onEvent && guarded(onEvent, SILENT);
  const log = new CommitLog({ state, journal, clock, listener });
  // More slots than tasks make no difference, and JSON has no Infinity.
  const maxParallel = concurrency === Number.POSITIVE_INFINITY ? Math.max(1, tasks.length) : concurrency;
  const limits = { maxParallel, runTimeoutMs: UNLIMITED_MS, taskTimeoutMs: UNLIMITED_MS };
  const title = `Graph of ${tasks.length} tasks`;
  const snapshot = { kind: 'graph', workflow: null, title, workspace: null, request: null, config: null, limits };
  await createRun(log, NOBODY, { runId: state.runId, snapshot, tasks: tasks.map(specOf) });
  const performer = new FunctionPerformer(options);
  // A full result is made where somebody sees it.
  const endings = journal === null && listener === null ? briefEndings(state) : fullEndings(state);
  const environment = { clock, random, logger: SILENT, teamwork: ALONE };
  const driver = new RunDriver<Ending>({ state, log, limits, performer, endings, journal, ask: null, ...environment });
  driver.begin(signal);
  try {
    const { status, error } = await driver.result;
    return resultOf(state, status, error);
  } finally {
    // Who cannot give it back will be found dead; the graph's outcome does not depend on it.
    await journal?.release(state.runId, state.epoch).catch(() => undefined);
  }
}

function briefEndings(state: RunState): Endings<Ending> {
  return {
    ended: async (status) => ({ status, error: errorOf(state, status) }),
    paused: () => ({ status: state.status, error: state.error }),
  };
}

function fullEndings(state: RunState): Endings<Ending> {
  return {
    ended: (status, now) => concludeRun(state, status, now, concludeGraph),
    paused: (now) => interruptedResult(state, now),
  };
}

/** What there is to say of the tasks is made when somebody looks: an object of 10,000 outputs costs as much as running them. */
function resultOf({ tasks }: RunState, status: RunStatus, error: ErrorInfo | null): GraphResult {
  let outputs: Record<string, Json> | null = null;
  let list: GraphResult['tasks'] | null = null;
  return {
    status,
    error,
    get outputs() {
      if (outputs === null) {
        outputs = {};
        for (const [id, task] of tasks) if (task.status === 'completed') outputs[id] = task.output;
      }
      return outputs;
    },
    get tasks() {
      list ??= Array.from(tasks.values(), ({ spec, status: seen, error: why }) => ({
        id: spec.id,
        status: seen,
        error: why,
      }));
      return list;
    },
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
