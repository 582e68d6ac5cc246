import { EnsembleError, isEnsembleError, toErrorInfo } from '../errors.ts';
import type { Json } from '../json.ts';
import type { ExecutionContext, TaskExecution, TaskExecutor, TaskOutcome } from '../ports.ts';

/** What a function gets beside its task. */
export interface GraphTaskContext {
  readonly signal: AbortSignal;
  /** Outputs of the declared dependencies that completed, by id. */
  readonly inputs: Readonly<Record<string, Json>>;
}

/** A task that a function does. */
export interface FunctionTask {
  readonly id: string;
  /** Does the task once `execute` has failed for good, with attempts of its own. Default: nothing does. */
  fallback?(context: GraphTaskContext): Promise<Json | undefined> | Json | undefined;
}

/** Payload of an attempt that is the fallback's. */
export const FALLBACK = 'fallback';

/** Tasks and the function that does them. */
export interface FunctionExecutorOptions<T extends FunctionTask> {
  readonly tasks: readonly T[];
  execute(task: T, context: GraphTaskContext): Promise<Json | undefined> | Json | undefined;
}

/** A TaskExecutor over a plain function: its value is the output, its rejection a failure that may be repeated. */
export class FunctionExecutor<T extends FunctionTask> implements TaskExecutor {
  readonly #options: FunctionExecutorOptions<T>;
  readonly #byId: ReadonlyMap<string, T>;

  constructor(options: FunctionExecutorOptions<T>) {
    this.#options = options;
    this.#byId = new Map(options.tasks.map((task) => [task.id, task]));
  }

  async execute(execution: TaskExecution, context: ExecutionContext): Promise<TaskOutcome> {
    const { id } = execution.task;
    const task = this.#byId.get(id);
    if (task === undefined) throw new EnsembleError('internal', `Task "${id}" has no function.`);
    try {
      const own = new FunctionContext(execution, context);
      const isFallback = execution.task.payload === FALLBACK && task.fallback !== undefined;
      const output = await (isFallback ? task.fallback?.(own) : this.#options.execute(task, own));
      return { status: 'completed', output: output ?? null, attempts: [] };
    } catch (failure) {
      context.signal.throwIfAborted();
      const { code, message, hint } = toErrorInfo(failure);
      const error = { code: isEnsembleError(failure) ? code : ('task-failed' as const), message, hint };
      return { status: 'failed', error, attempts: [], retryable: true };
    }
  }
}

/** Both parts are made when a function asks for them: many do not, and then a task costs half as much. */
class FunctionContext implements GraphTaskContext {
  readonly #execution: TaskExecution;
  readonly #context: ExecutionContext;

  constructor(execution: TaskExecution, context: ExecutionContext) {
    this.#execution = execution;
    this.#context = context;
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  get inputs(): Readonly<Record<string, Json>> {
    const inputs: Record<string, Json> = {};
    for (const { taskId, status, output } of this.#execution.inputs)
      if (status === 'completed') inputs[taskId] = output;
    return inputs;
  }
}
