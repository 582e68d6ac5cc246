import { EnsembleError, isEnsembleError, toErrorInfo } from '../errors.ts';
import type { CopyOf } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { AttemptRecord } from '../model.ts';
import type { ExecutionContext, TaskExecution, TaskExecutor, TaskOutcome } from '../ports.ts';

/** What a function gets beside its task. */
export interface GraphTaskContext {
  readonly signal: AbortSignal;
  /** Outputs of the declared dependencies that completed, by id. */
  readonly inputs: Readonly<Record<string, Json>>;
  /** Which copy this is, of a task that fans out; null: it does not. */
  readonly copy: CopyOf | null;
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
  readonly #byId = new Map<string, T>();

  constructor(options: FunctionExecutorOptions<T>) {
    this.#options = options;
    for (const task of options.tasks) this.#byId.set(task.id, task);
  }

  /** Not `async`: every task goes through here, and one promise less is a quarter of what it costs. */
  execute(execution: TaskExecution, context: ExecutionContext): Promise<TaskOutcome> {
    return this.#call(execution, context).then(completed, (failure) => failed(failure, context));
  }

  #call(execution: TaskExecution, context: ExecutionContext): Promise<Json | undefined> {
    const { id, payload, copy } = execution.task;
    const task = this.#byId.get(copy === undefined ? id : copy.of);
    if (task === undefined) return Promise.reject(new EnsembleError('internal', `Task "${id}" has no function.`));
    const own = new FunctionContext(execution, context);
    try {
      return Promise.resolve(
        payload === FALLBACK && task.fallback !== undefined ? task.fallback(own) : this.#options.execute(task, own),
      );
    } catch (failure) {
      return Promise.reject(failure);
    }
  }
}

const NO_ATTEMPTS: readonly AttemptRecord[] = [];

function completed(output: Json | undefined): TaskOutcome {
  return { status: 'completed', output: output ?? null, attempts: NO_ATTEMPTS };
}

/** Throws the reason of an abort: that is not the function's failure. */
function failed(failure: unknown, context: ExecutionContext): TaskOutcome {
  context.signal.throwIfAborted();
  const { code, message, hint } = toErrorInfo(failure);
  const error = { code: isEnsembleError(failure) ? code : ('task-failed' as const), message, hint };
  return { status: 'failed', error, attempts: NO_ATTEMPTS, retryable: true };
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

  get copy(): CopyOf | null {
    return this.#execution.task.copy ?? null;
  }

  get inputs(): Readonly<Record<string, Json>> {
    const inputs: Record<string, Json> = {};
    for (const { taskId, status, output } of this.#execution.inputs)
      if (status === 'completed') inputs[taskId] = output;
    return inputs;
  }
}
