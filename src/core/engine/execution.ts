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

  get others(): readonly TaskInput[] {
    const known = new Set([this.#self, ...this.#self.dependencies]);
    return [...this.#state.tasks.values()].filter((task) => hasEnded(task) && !known.has(task)).map(inputOf);
  }
}

function inputOf({ spec, status, output }: TaskState): TaskInput {
  const seen = status === 'completed' || status === 'skipped' ? status : 'failed';
  return { taskId: spec.id, agent: spec.agent, description: spec.description, status: seen, output };
}
