import type { TaskExecution, TaskInput } from '../ports.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';

/** What the executor is told of an attempt that starts now. */
export function executionOf({ runId, tasks }: RunState, self: TaskState): TaskExecution {
  return {
    runId,
    instanceId: self.instanceId,
    attempt: self.attempt,
    task: self.spec,
    inputs: self.dependencies.map(inputOf),
    // Made when it is looked at: it grows with the run, and most executors never look.
    get others() {
      const known = new Set([self, ...self.dependencies]);
      return [...tasks.values()].filter((task) => hasEnded(task) && !known.has(task)).map(inputOf);
    },
  };
}

function inputOf({ spec, status, output }: TaskState): TaskInput {
  const seen = status === 'completed' || status === 'skipped' ? status : 'failed';
  return { taskId: spec.id, agent: spec.agent, description: spec.description, status: seen, output };
}
