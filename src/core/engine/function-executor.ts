import { EnsembleError, isEnsembleError, toErrorInfo } from '../errors.ts';
import type { Json } from '../json.ts';
import type { ExecutionContext, TaskExecution, TaskExecutor, TaskOutcome } from '../ports.ts';

/** What a function gets beside its task. */
export interface GraphTaskContext {
  readonly signal: AbortSignal;
  /** Outputs of the declared dependencies that completed, by id. */
  readonly inputs: Readonly<Record<string, Json>>;
}

/** Tasks and the function that does them. */
export interface FunctionExecutorOptions<T extends { readonly id: string }> {
  readonly tasks: readonly T[];
  execute(task: T, context: GraphTaskContext): Promise<Json | undefined> | Json | undefined;
}

/** A TaskExecutor over a plain function: its value is the output, its rejection a failure that may be repeated. */
export class FunctionExecutor<T extends { readonly id: string }> implements TaskExecutor {
  readonly #options: FunctionExecutorOptions<T>;
  readonly #byId: ReadonlyMap<string, T>;

  constructor(options: FunctionExecutorOptions<T>) {
    this.#options = options;
    this.#byId = new Map(options.tasks.map((task) => [task.id, task]));
  }

  async execute({ task: { id }, inputs: ended }: TaskExecution, { signal }: ExecutionContext): Promise<TaskOutcome> {
    const task = this.#byId.get(id);
    if (task === undefined) throw new EnsembleError('internal', `Task "${id}" has no function.`);
    const inputs: Record<string, Json> = {};
    for (const { taskId, status, output } of ended) if (status === 'completed') inputs[taskId] = output;
    try {
      const output = await this.#options.execute(task, { signal, inputs });
      return { status: 'completed', output: output ?? null, attempts: [] };
    } catch (failure) {
      signal.throwIfAborted();
      const { code, message, hint } = toErrorInfo(failure);
      const error = { code: isEnsembleError(failure) ? code : ('task-failed' as const), message, hint };
      return { status: 'failed', error, attempts: [], retryable: true };
    }
  }
}
