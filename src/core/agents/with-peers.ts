import type { TaskSpec } from '../graph/types.ts';
import type { Json } from '../json.ts';
import type { AgentTask, Peer } from './types.ts';

/** Others that an agent is told of at most. */
const MAX_PEERS = 12;

/**
 * Lets the agents of these tasks write to one another: each is told of those that have not ended when it works, which are all but the
 * tasks that it builds on. Who comes last has nobody to write to.
 */
export function withPeers(specs: readonly TaskSpec[]): TaskSpec[] {
  const before = new Map<string, ReadonlySet<string>>();
  for (const { id, dependencies } of specs) {
    before.set(id, new Set(dependencies.flatMap((one) => [one, ...(before.get(one) ?? [])])));
  }
  return specs.map((spec) => {
    const others = specs.filter(({ id }) => id !== spec.id && !before.get(spec.id)?.has(id));
    // Ids of steps say what they are for, and what stands here stands in every call.
    const peers = others.slice(0, MAX_PEERS).map(({ id, agent }): Peer => ({ name: id, agent, does: '' }));
    if (peers.length === 0) return spec;
    const payload: AgentTask = { ...(spec.payload as unknown as AgentTask), peers };
    return { ...spec, payload: payload as unknown as Json };
  });
}
