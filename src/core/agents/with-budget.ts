import type { Json } from '../json.ts';
import type { TaskExecutor } from '../ports.ts';
import type { AgentTask } from './types.ts';
import { withPayload } from './with-payload.ts';

/** An executor whose tasks run under another budget of the run than they were planned with. USD; null: unlimited. */
export function withBudget(executor: TaskExecutor, usd: number | null): TaskExecutor {
  return {
    execute(execution, context) {
      const task = execution.task.payload as unknown as AgentTask;
      return executor.execute(withPayload(execution, rebudgeted(task, usd) as unknown as Json), context);
    },
  };
}

function rebudgeted(task: AgentTask, usd: number | null): AgentTask {
  const call = { ...task.call, budget: { ...task.call.budget, usd } };
  return task.merge ? { ...task, call, merge: rebudgeted(task.merge, usd) } : { ...task, call };
}
