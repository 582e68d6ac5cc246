import { GROUND_RULES } from '../agents/ground-rules.ts';
import type { AgentDefinition } from '../agents/types.ts';
import type { Message } from '../model.ts';

/** The parts of a prompt. */
export interface PromptParts {
  readonly agent: Pick<AgentDefinition, 'instructions'>;
  /** The same for all tasks of the run; null: there is nothing of the kind. */
  readonly brief: string | null;
  /** What is known of other tasks; empty: nothing. */
  readonly known: string;
  readonly prompt: string;
}

/**
 * The messages of a task's first call. What is the same in other calls comes first and is marked for prompt caches: the ground rules
 * and the brief are equal byte for byte in all calls of a run, whichever agent makes them, so its own job comes behind them.
 */
export function layOutPrompt({ agent: { instructions }, brief, known, prompt }: PromptParts): Message[] {
  const request = known === '' ? prompt : `${known}\n\n${prompt}`;
  if (brief === null) {
    return [
      { role: 'system', content: instructions, stable: true },
      { role: 'user', content: request },
    ];
  }
  const isOurs = instructions.startsWith(GROUND_RULES);
  const job = isOurs ? instructions.slice(GROUND_RULES.length).trim() : instructions;
  return [
    { role: 'system', content: GROUND_RULES, stable: true },
    { role: 'user', content: brief, stable: true },
    { role: 'user', content: `# Your role\n\n${job}\n\n${request}` },
  ];
}
