import { GROUND_RULES } from '../agents/ground-rules.ts';
import type { AgentDefinition } from '../agents/types.ts';
import type { Message, Tier } from '../model.ts';
import { supplement } from './condense.ts';
import { asData } from './task-context.ts';
import type { CountTokens } from './token-estimate.ts';

/** Output tokens that a digest may have. */
export const DIGEST_TOKENS = 450;
/** Tokens of facts that are added to what the model wrote. */
const SUPPLEMENT_TOKENS = 450;

/** Heading of the text to shorten, by which the offline provider knows such a prompt. */
export const DIGEST_HEADING = 'Result to shorten';

/** Shortens the results of others, on the cheapest models. */
export const DIGEST_AGENT: AgentDefinition = {
  name: 'digester',
  description: 'Shortens long results for the tasks that build on them.',
  category: 'orchestration',
  role: 'digester',
  instructions: `${GROUND_RULES}\n\nYour job is to shorten. You get the result of one agent; other agents will build on what you write without seeing the result itself.
Keep word for word: decisions with their reasons, names, markers and ids, paths, routes, numbers with their units, signatures and quoted code that others must match, open questions. What stands in the middle counts as much as beginning and end.
Leave out introductions, repetitions, alternatives that were rejected, and code that only carries out what a signature says. Add nothing of your own.`,
  tier: 'simple',
  model: null,
  temperature: null,
  maxTokens: DIGEST_TOKENS,
};

/** The call that makes a digest. */
export function digestPrompt(output: string): { readonly messages: readonly Message[]; readonly tier: Tier } {
  const prompt = `# ${DIGEST_HEADING}\n\n${asData(output)}\n\n# What to answer\n\nThe result in at most 250 words, as a list of short points.`;
  return {
    tier: DIGEST_AGENT.tier,
    messages: [
      { role: 'system', content: DIGEST_AGENT.instructions, stable: true },
      { role: 'user', content: prompt },
    ],
  };
}

/** The digest that readers get: what the model wrote, and the facts that it has left out. */
export function finishDigest(output: string, written: string, count: CountTokens): string {
  const summary = written.trim();
  const added = supplement(output, summary, SUPPLEMENT_TOKENS, count);
  return [
    `[Summary of a longer result]\n${summary}`,
    ...(added === '' ? [] : [`Word for word from it:\n${added}`]),
  ].join('\n\n');
}
