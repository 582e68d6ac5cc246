import { EnsembleError, type ErrorInfo, toErrorInfo } from '../errors.ts';
import type { EventListener } from '../events.ts';
import type { FailurePolicy, RetryPolicy, RunStatus, TaskSpec, TaskStatus } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { Clock, Logger, RunJournal, TaskExecutor } from '../ports.ts';
import type { Conclude } from './conclusion.ts';
import { Engine } from './engine.ts';
import { TransientJournal } from './transient-journal.ts';

/** A task of a bare graph. */
export interface GraphTask {
  readonly id: string;
  /** Default: none. */
  readonly dependencies?: readonly string[];
  /** 1-10, higher first. Default 5. */
  readonly priority?: number;
  /** Expected duration, ms; weighs the longest path when every task has one. */
  readonly estimateMs?: number;
  /** Time one attempt may take, ms. Default: unlimited. */
  readonly timeoutMs?: number;
  /** Default: one attempt. */
  readonly retry?: RetryPolicy;
  /** Default `skip-dependents`. */
  readonly onError?: FailurePolicy;
}

/** What `execute` gets beside its task. */
export interface GraphTaskContext {
  readonly signal: AbortSignal;
  /** Outputs of the declared dependencies, by id; absent where one failed. */
  readonly inputs: Readonly<Record<string, Json>>;
}

/** Options of {@link runGraph}. */
export interface RunGraphOptions<T extends GraphTask> {
  readonly tasks: readonly T[];
  /** Does one task. Its value is the task's output; a rejection fails the attempt. */
  execute(task: T, context: GraphTaskContext): Promise<Json | undefined> | Json | undefined;
  /** Tasks at once, 1 or more; `Infinity` for no limit. Default 3. */
  readonly concurrency?: number;
  /** Stops the graph: running tasks are aborted, the rest is not started. */
  readonly signal?: AbortSignal;
  readonly onEvent?: EventListener;
  /** Keeps the run. Default: nothing is kept. */
  readonly journal?: RunJournal;
}

/** How a graph ended. */
export interface GraphResult {
  readonly status: RunStatus;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly tasks: readonly { readonly id: string; readonly status: TaskStatus; readonly error: ErrorInfo | null }[];
}

let runs = 0;

/**
 * Runs a graph of plain functions on the product's own scheduler, without accounts, editor or database. Rejects
 * `invalid-graph` before anything starts; failures of tasks are in the result.
 */
export async function runGraph<T extends GraphTask>(options: RunGraphOptions<T>): Promise<GraphResult> {
  const { tasks, concurrency = 3, signal, onEvent = () => undefined, journal = new TransientJournal() } = options;
  if (!(concurrency >= 1))
    throw new EnsembleError('invalid-input', `The concurrency is ${concurrency}.`, { hint: 'Use 1 or more.' });
  const engine = new Engine({ journal, clock: PLAIN_CLOCK, random: Math.random, logger: SILENT, owner: NOBODY });
  const snapshot = {
    kind: 'graph',
    workflow: null,
    title: `Graph of ${tasks.length} tasks`,
    workspace: null,
    request: null,
    config: null,
    limits: {
      maxParallel: concurrency,
      runTimeoutMs: Number.POSITIVE_INFINITY,
      taskTimeoutMs: Number.POSITIVE_INFINITY,
    },
  };
  const runId = `graph-${++runs}`;
  const behaviour = { executor: executorOf(options), conclude: concludeGraph, onEvent };
  const handle = await engine.start({ runId, snapshot, tasks: tasks.map(specOf) }, behaviour, signal);
  const result = await handle.result;
  const completed = result.tasks.filter((task) => task.status === 'completed');
  return {
    status: result.status,
    outputs: Object.fromEntries(completed.map((task) => [task.id, task.output])),
    tasks: result.tasks.map(({ id, status, error }) => ({ id, status, error })),
  };
}

/** A TaskExecutor over a plain function; the second implementation of that port. */
export function executorOf<T extends GraphTask>({
  tasks,
  execute,
}: Pick<RunGraphOptions<T>, 'tasks' | 'execute'>): TaskExecutor {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return {
    async execute(execution, { signal }) {
      const task = byId.get(execution.task.id);
      if (!task) throw new EnsembleError('internal', `Task "${execution.task.id}" is not in the graph.`);
      const ended = execution.inputs.filter((input) => input.status === 'completed');
      const inputs = Object.fromEntries(ended.map((input) => [input.taskId, input.output]));
      try {
        return { status: 'completed', output: (await execute(task, { signal, inputs })) ?? null, attempts: [] };
      } catch (error) {
        signal.throwIfAborted();
        const { code, message, hint } = toErrorInfo(error);
        const failed = { code: code === 'internal' ? ('task-failed' as const) : code, message, hint };
        return { status: 'failed', error: failed, attempts: [], retryable: true };
      }
    },
  };
}

function specOf(task: GraphTask): TaskSpec {
  return {
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
}

const ONE_ATTEMPT: RetryPolicy = { maxAttempts: 1, initialDelayMs: 0, maxDelayMs: 0 };

const concludeGraph: Conclude = async () => ({ result: '', llm: false, documentId: null });

const NOBODY = { host: '', pid: 0, startTime: '', nonce: 'graph' };

const SILENT: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const PLAIN_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    }),
};
