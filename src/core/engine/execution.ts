import type { TaskExecution, TaskInput } from '../ports.ts';
import { hasEnded, type RunState, type TaskState } from './state.ts';

/** What the executor is told of an attempt that starts now. */
export function executionOf({ runId, tasks }: RunState, task: TaskState): TaskExecution {
  return {
    runId,
    instanceId: task.instanceId,
    attempt: task.attempt,
    task: task.spec,
    inputs: task.dependencies.map(inputOf),
    // Made when it is looked at: most executors never do, and it grows with the run.
    get others() {
      const declared = new Set(task.dependencies);
      return [...tasks.values()].filter((one) => one !== task && hasEnded(one) && !declared.has(one)).map(inputOf);
    },
  };
}

function inputOf({ spec, status, output }: TaskState): TaskInput {
  const seen = status === 'completed' || status === 'skipped' ? status : 'failed';
  return { taskId: spec.id, agent: spec.agent, description: spec.description, status: seen, output };
}
