import type { Json } from '../json.ts';
import type { TaskExecution } from '../ports.ts';

/** The same attempt with another payload of its task; what is looked up later is looked up in the attempt itself. */
export function withPayload(execution: TaskExecution, payload: Json): TaskExecution {
  const { inputs, others, inherited = [] } = execution;
  return {
    ...execution,
    inputs,
    others,
    inherited,
    spentBelow: (taskId) => execution.spentBelow?.(taskId) ?? null,
    proposed: () => execution.proposed?.() ?? [],
    task: { ...execution.task, payload },
  };
}
