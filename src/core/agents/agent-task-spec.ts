import type { TaskSpec } from '../graph/types.ts';
import type { Json, JsonObject } from '../json.ts';
import type { AgentTask } from './types.ts';

/**
 * A task of the graph that an agent does. `scheduling` differs from the defaults where it must: priority 5, and dependents
 * go on without what failed.
 */
export function agentTaskSpec(
  id: string,
  description: string,
  dependencies: readonly string[],
  payload: AgentTask,
  scheduling: Partial<Pick<TaskSpec, 'priority' | 'onError'>> = {},
): TaskSpec {
  return {
    id,
    agent: payload.agent.name,
    description,
    dependencies,
    priority: 5,
    estimateMs: null,
    timeoutMs: null,
    retry: null,
    onError: 'continue',
    payload: payload as unknown as Json,
    ...scheduling,
  };
}

/** Tells each task how many of the others build on it, so that a long output of one that several read gets a digest. */
export function withReaders(specs: readonly TaskSpec[]): TaskSpec[] {
  return specs.map((spec) => {
    const readers = specs.filter(({ dependencies }) => dependencies.includes(spec.id)).length;
    return { ...spec, payload: { ...(spec.payload as JsonObject), readers } };
  });
}
