import type { Json } from '../json.ts';
import type { TaskExecutor } from '../ports.ts';
import type { ConfiguredGuardrails } from './guardrails.ts';
import type { AgentDefinition, AgentTask } from './types.ts';
import { withPayload } from './with-payload.ts';

/** Key of guardrails that are for all agents. */
export const ALL_AGENTS = '*';

/** The agent with what the configuration demands of it beside its own guardrails. */
export function guarded(agent: AgentDefinition, configured: ConfiguredGuardrails): AgentDefinition {
  const of = (name: string) => (Object.hasOwn(configured, name) ? (configured[name] ?? []) : []);
  const added = [...of(ALL_AGENTS), ...of(agent.name)];
  return added.length === 0 ? agent : { ...agent, addedGuardrails: added };
}

/** An executor whose agents keep the configured guardrails beside their own. */
export function withGuardrails(executor: TaskExecutor, configured: ConfiguredGuardrails): TaskExecutor {
  if (Object.keys(configured).length === 0) return executor;
  return {
    execute(execution, context) {
      const task = execution.task.payload as unknown as AgentTask;
      return executor.execute(withPayload(execution, guardedTask(task, configured) as unknown as Json), context);
    },
  };
}

function guardedTask(task: AgentTask, configured: ConfiguredGuardrails): AgentTask {
  const agent = guarded(task.agent, configured);
  return task.merge ? { ...task, agent, merge: guardedTask(task.merge, configured) } : { ...task, agent };
}
