import type { ExecutionContext, TaskExecution, TaskExecutor, TaskOutcome } from '../../src/core/ports.ts';

/** What a scripted task does. */
export type TaskScript = (execution: TaskExecution, context: ExecutionContext) => Promise<TaskOutcome> | TaskOutcome;

/** An executor that does what it was told per task id, records what it executed, and throws where it has no script. */
export class ScriptedExecutor implements TaskExecutor {
  readonly executed: string[] = [];
  readonly #scripts: Readonly<Record<string, TaskScript>>;
  readonly #fallback: TaskScript | undefined;

  constructor(scripts: Readonly<Record<string, TaskScript>>, fallback?: TaskScript) {
    this.#scripts = scripts;
    this.#fallback = fallback;
  }

  async execute(execution: TaskExecution, context: ExecutionContext): Promise<TaskOutcome> {
    const script = this.#scripts[execution.task.id] ?? this.#fallback;
    if (!script) throw new Error(`ScriptedExecutor has no script for "${execution.task.id}"`);
    this.executed.push(execution.task.id);
    return script(execution, context);
  }
}

/** A completed outcome. */
export function done(output: string | null = null): TaskOutcome {
  return { status: 'completed', output, attempts: [] };
}

/** A failed outcome. */
export function failed(message: string, extra: { retryable?: boolean; stopsRun?: boolean } = {}): TaskOutcome {
  const error = { code: 'task-failed' as const, message, hint: null };
  return {
    status: 'failed',
    error,
    attempts: [],
    retryable: extra.retryable ?? false,
    stopsRun: extra.stopsRun ?? false,
  };
}

/** Waits for the abort and then rejects with its reason, as a well-behaved executor does. */
export function untilAborted({ signal }: Pick<ExecutionContext, 'signal'>): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
