import type { TaskExecution, TaskInput } from '../ports.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';

/** What the executor is told of an attempt that starts now. */
export function executionOf(state: RunState, self: TaskState): TaskExecution {
  return new Execution(state, self);
}

/** What it tells of other tasks is made when it is looked at: it grows with the run, and many executors never look. */
class Execution implements TaskExecution {
  readonly runId: string;
  readonly instanceId: string;
  readonly attempt: number;
  readonly task: TaskExecution['task'];
  readonly #state: RunState;
  readonly #self: TaskState;

  constructor(state: RunState, self: TaskState) {
    this.runId = state.runId;
    this.instanceId = self.instanceId;
    this.attempt = self.attempt;
    this.task = self.spec;
    this.#state = state;
    this.#self = self;
  }

  get inputs(): readonly TaskInput[] {
    return this.#self.dependencies.map(inputOf);
  }

  /**
   * Those that had ended when the attempt started: what ends later must not be seen, or the prompt would depend on the moment
   * at which it is made, and a replay or a resumed attempt would make another one.
   */
  get others(): readonly TaskInput[] {
    const { startedSeq, dependencies } = this.#self;
    const known = new Set(dependencies);
    // Copies speak through the task that they join in.
    const ended = (task: TaskState) =>
      hasEnded(task) && task.endedSeq < startedSeq && !known.has(task) && task.spec.copy === undefined;
    return [...this.#state.tasks.values()].filter(ended).map(inputOf);
  }

  get inherited(): readonly TaskInput[] {
    const found = new Set<TaskState>();
    const keys = this.instanceId.split('/').slice(0, -1);
    for (const key of keys.reverse()) {
      const above = this.#state.tasks.get(key);
      if (!above) continue;
      for (const task of [above, ...above.dependencies]) found.add(task);
    }
    return [...found].filter(hasEnded).map(inputOf);
  }

  proposed(): ReturnType<NonNullable<TaskExecution['proposed']>> {
    const { dependencies } = this.#self;
    return [...dependencies.filter(({ status }) => status === 'completed'), this.#self].flatMap(proposedBy);
  }

  spentBelow(taskId: string): ReturnType<NonNullable<TaskExecution['spentBelow']>> {
    const task = this.#state.tasks.get(taskId);
    return task !== undefined && hasEnded(task) ? spentBy(task) : null;
  }
}

/** Those below come first: they did before it ended. */
function proposedBy(task: TaskState): ReturnType<NonNullable<TaskExecution['proposed']>> {
  const { children, spec, trace } = task;
  const below = children.filter(({ status }) => status === 'completed').flatMap(proposedBy);
  return [...below, ...trace.edits.map((edit) => ({ taskId: spec.id, agent: edit.agent ?? spec.agent, edit }))];
}

function spentBy({ costUSD, tokens, children }: TaskState): { usd: number | null; tokens: number } {
  const own = { usd: costUSD, tokens: tokens.input + tokens.output };
  return children.map(spentBy).reduce(
    (sum, one) => ({
      usd: sum.usd === null || one.usd === null ? null : sum.usd + one.usd,
      tokens: sum.tokens + one.tokens,
    }),
    own,
  );
}

/** A task as those that depend on it see it. */
export function inputOf({ spec, status, output, digest, attempts }: TaskState): TaskInput {
  const seen = status === 'completed' || status === 'skipped' ? status : 'failed';
  const answered = attempts.filter(({ outcome }) => outcome === 'completed').map(({ account }) => account);
  const accounts = answered.length > 0 ? { accounts: [...new Set(answered)] } : {};
  const short = digest === null ? {} : { digest };
  return {
    taskId: spec.id,
    agent: spec.agent,
    description: spec.description,
    status: seen,
    output,
    ...short,
    ...accounts,
  };
}
