import type { AgentDefinition } from './types.ts';

/**
 * Makes the agents of one team: what all of them must know (`groundRules`) comes first and word for word the same, so that prompt
 * caches share it; each one's job follows.
 */
export function teamOf(category: string, groundRules: string) {
  return (
    name: string,
    role: string,
    description: string,
    tier: AgentDefinition['tier'],
    job: string,
  ): AgentDefinition => ({
    name,
    description,
    category,
    role,
    instructions: `${groundRules}\n\n${job}`,
    tier,
    model: null,
    temperature: null,
    maxTokens: null,
  });
}
