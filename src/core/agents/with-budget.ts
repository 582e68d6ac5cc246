import type { Json } from '../json.ts';
import type { TaskExecutor } from '../ports.ts';
import type { AgentTask } from './types.ts';

/** An executor whose tasks run under another budget of the run than they were planned with. USD; null: unlimited. */
export function withBudget(executor: TaskExecutor, usd: number | null): TaskExecutor {
  return {
    execute(execution, context) {
      const task = execution.task.payload as unknown as AgentTask;
      const payload = { ...task, call: { ...task.call, budget: { ...task.call.budget, usd } } } as unknown as Json;
      const { inputs, others } = execution;
      return executor.execute({ ...execution, inputs, others, task: { ...execution.task, payload } }, context);
    },
  };
}
