import { isEnsembleError, toErrorInfo } from '../errors.ts';
import type { CopyOf } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { AttemptRecord } from '../model.ts';
import type { TaskOutcome } from '../ports.ts';
import type { Attempt, Performer } from './attempt.ts';

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

/** The tasks of a graph, in its order, and the function that does them. */
export interface FunctionGraph<T extends FunctionTask> {
  readonly tasks: readonly T[];
  execute(task: T, context: GraphTaskContext): Promise<Json | undefined> | Json | undefined;
}

/**
 * Does attempts by a plain function: its value is the output, its rejection a failure that may be repeated. Every task of a graph goes
 * through here, so there is one promise for each and no more.
 */
export class FunctionPerformer<T extends FunctionTask> implements Performer {
  readonly #graph: FunctionGraph<T>;

  constructor(graph: FunctionGraph<T>) {
    this.#graph = graph;
  }

  perform(attempt: Attempt): void {
    this.#call(attempt).then(
      (output) => attempt.end({ status: 'completed', output: output ?? null, attempts: NO_ATTEMPTS }),
      (failure) => attempt.end(failed(failure)),
    );
  }

  #call(attempt: Attempt): Promise<Json | undefined> {
    const { spec, parent, order } = attempt.task;
    // A copy is done by the function of the task that it is a copy of, which waits for it.
    const task = this.#graph.tasks[spec.copy === undefined || parent === null ? order : parent.order];
    const context = new FunctionContext(attempt);
    try {
      if (task === undefined) throw new Error(`Task "${spec.id}" has no function.`);
      return Promise.resolve(
        spec.payload === FALLBACK && task.fallback !== undefined
          ? task.fallback(context)
          : this.#graph.execute(task, context),
      );
    } catch (failure) {
      return Promise.reject(failure);
    }
  }
}

const NO_ATTEMPTS: readonly AttemptRecord[] = [];

function failed(failure: unknown): TaskOutcome {
  const { code, message, hint } = toErrorInfo(failure);
  const error = { code: isEnsembleError(failure) ? code : ('task-failed' as const), message, hint };
  return { status: 'failed', error, attempts: NO_ATTEMPTS, retryable: true };
}

/** Its parts are made when a function asks for them: many do not, and then a task costs half as much. */
class FunctionContext implements GraphTaskContext {
  readonly #attempt: Attempt;

  constructor(attempt: Attempt) {
    this.#attempt = attempt;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get copy(): CopyOf | null {
    return this.#attempt.task.spec.copy ?? null;
  }

  get inputs(): Readonly<Record<string, Json>> {
    const inputs: Record<string, Json> = {};
    for (const { spec, status, output } of this.#attempt.task.dependencies)
      if (status === 'completed') inputs[spec.id] = output;
    return inputs;
  }
}
