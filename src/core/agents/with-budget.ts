import type { Json } from '../json.ts';
import type { TaskExecutor } from '../ports.ts';
import type { AgentTask } from './types.ts';

/** An executor whose tasks run under another budget of the run than they were planned with. USD; null: unlimited. */
export function withBudget(executor: TaskExecutor, usd: number | null): TaskExecutor {
  return {
    execute(execution, context) {
      const task = execution.task.payload as unknown as AgentTask;
      const payload = rebudgeted(task, usd) as unknown as Json;
      const { inputs, others, inherited = [] } = execution;
      const spentBelow = (taskId: string) => execution.spentBelow?.(taskId) ?? null;
      return executor.execute(
        { ...execution, inputs, others, inherited, spentBelow, task: { ...execution.task, payload } },
        context,
      );
    },
  };
}

function rebudgeted(task: AgentTask, usd: number | null): AgentTask {
  const call = { ...task.call, budget: { ...task.call.budget, usd } };
  return task.merge ? { ...task, call, merge: rebudgeted(task.merge, usd) } : { ...task, call };
}
