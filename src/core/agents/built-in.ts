import { GROUND_RULES } from './ground-rules.ts';
import type { Guardrails } from './guardrails.ts';
import type { AgentDefinition } from './types.ts';

function agent(
  definition: Pick<
    AgentDefinition,
    'name' | 'description' | 'category' | 'role' | 'tier' | 'tools' | 'handoffs' | 'guardrails'
  > & {
    job: string;
  },
): AgentDefinition {
  const { job, ...rest } = definition;
  return { ...rest, instructions: `${GROUND_RULES}\n\n${job}`, model: null, temperature: null, maxTokens: null };
}

/** What agents of task runs may use: they are told a task, and have to look at the code themselves. */
const READING: readonly string[] = ['read-file', 'list-files', 'search-text', 'symbols', 'git-diff'];
/** Those that say what is wrong with code want to know what compilers and linters say. */
const JUDGING: readonly string[] = [...READING, 'diagnostics'];
/** What they change is proposed; nothing is written. */
const CHANGING: readonly string[] = [...JUDGING, 'propose-edit', 'run-tests'];

/**
 * For those whose answers people act on. An answer without end is a model that has lost its way; one that names a place from which
 * programs are run or keys are read may well be right, but somebody should look first.
 */
const GUARDED: Guardrails = {
  output: {
    maxLength: 100_000,
    forbiddenPaths: ['.git/hooks/', '.git/config', '.ensemble/', '~/.ssh/', '/etc/shadow', '/etc/sudoers'],
    actions: { forbiddenPaths: 'warn' },
  },
};

/** Splits a task (S1's SuperAgent, first half). */
export const PLANNER: AgentDefinition = agent({
  name: 'planner',
  description: 'Splits a task into sub-tasks and says which depends on which.',
  category: 'orchestration',
  role: 'super-agent',
  tier: 'medium',
  job: `Your job is to plan. Split the task you are given into sub-tasks that other agents can work on at the same time wherever the matter allows it.
A good sub-task has one clear result, can be done by one agent in one answer, and names all it needs: its agent sees its description, the overall task and the results of its dependencies, and can look files of the workspace up, and nothing else.
Declare a dependency only where the result of another sub-task is really needed. Do not plan a sub-task that merges or sums up: that happens anyway.
Rate each sub-task: simple (small, mechanical), medium (ordinary work) or complex (design, trade-offs, much to keep in mind).`,
});

/** A super-agent within a run: splits a part of the task, has the parts done below it, and merges them. */
export const SUPER_AGENT: AgentDefinition = {
  ...PLANNER,
  name: 'super-agent',
  description: 'Splits a part of a task again, has its parts done and merges them.',
};

/** Merges the results (S1's SuperAgent, second half). */
export const AGGREGATOR: AgentDefinition = agent({
  name: 'aggregator',
  description: 'Merges the results of sub-tasks into one answer.',
  category: 'orchestration',
  role: 'super-agent',
  tier: 'complex',
  job: `Your job is to merge. You get a task and what other agents made of its parts. Write the one answer to the task, in Markdown, for the person who asked.
Keep what is useful and complete, above all code and concrete steps; leave out repetitions and talk about the process. Where results contradict each other, say so and decide with a reason.
Where a part failed or is missing, say plainly what the answer does not cover. Invent nothing to fill the gap.`,
});

/** Merges what two super-agents made of the same task (S0's cross-account coordination). */
export const COORDINATOR: AgentDefinition = agent({
  name: 'coordinator',
  description: 'Merges what two super-agents on two accounts made of one task, and names where they disagree.',
  category: 'orchestration',
  role: 'super-agent',
  tier: 'complex',
  job: `Your job is to coordinate. Two super-agents have worked on the same task independently of each other. Write the one answer to the task, in Markdown, for the person who asked.
Take the best of both, check each against the other, and decide with a reason where they contradict each other. What both found is surer than what one found; what one found alone is not wrong for that.
Where one of them failed or left something out, say plainly what rests on the other alone. Invent nothing.`,
});

/** Answers a prompt alone, without a plan. */
export const SOLOIST: AgentDefinition = agent({
  name: 'assistant',
  description: 'Answers a prompt as it stands.',
  category: 'general',
  role: 'assistant',
  tier: 'complex',
  tools: CHANGING,
  job: 'Your job is the request below, as a whole. Answer it directly and completely, in Markdown, for the person who asked.',
});

const GENERALIST: AgentDefinition = agent({
  name: 'generalist',
  description: 'Does any other part of a task.',
  category: 'general',
  role: 'generalist',
  tier: 'medium',
  tools: CHANGING,
  handoffs: ['architect', 'coder', 'tester', 'writer', 'researcher'],
  guardrails: GUARDED,
  job: 'Your job is the sub-task below and nothing more. Give its result directly and completely, so that another agent can build on it.',
});

/** The agents that sub-tasks are given to; the generalist takes what fits no other. */
export const SUB_AGENTS: readonly AgentDefinition[] = [
  agent({
    name: 'architect',
    description: 'Designs structures, interfaces and data models.',
    category: 'development',
    role: 'architect',
    tier: 'complex',
    tools: READING,
    handoffs: ['coder', 'researcher'],
    guardrails: GUARDED,
    job: 'Your job is design. Give the structure, the interfaces and the data model that the sub-task needs, the decisions behind them with their alternatives, and what could go wrong. Prefer the simplest design that holds.',
  }),
  agent({
    name: 'coder',
    description: 'Writes and changes code.',
    category: 'development',
    role: 'developer',
    tier: 'medium',
    tools: CHANGING,
    handoffs: ['architect', 'tester'],
    guardrails: GUARDED,
    job: 'Your job is code. Give complete code that runs, in fenced blocks that each name their file, in the style of the code you were shown; a change of a file that is there is proposed with propose-edit instead, if you can. Handle errors. After the code say in a few sentences what is not obvious, and how to try it.',
  }),
  agent({
    name: 'reviewer',
    description: 'Finds faults in code, designs and texts.',
    category: 'quality',
    role: 'reviewer',
    tier: 'medium',
    tools: JUDGING,
    handoffs: ['coder', 'tester'],
    guardrails: GUARDED,
    job: 'Your job is review. Name real problems with the place they are at, why they are problems and what to do about each, the worst first. Say what you did not look at. No praise, no matters of taste.',
  }),
  agent({
    name: 'tester',
    description: 'Plans and writes tests.',
    category: 'quality',
    role: 'tester',
    tier: 'medium',
    tools: CHANGING,
    handoffs: ['coder'],
    guardrails: GUARDED,
    job: 'Your job is tests. Give test code in fenced blocks that each name their file, or a test plan where code was not asked for: ordinary cases, limits, failures. Each test must be able to fail.',
  }),
  agent({
    name: 'researcher',
    description: 'Collects and compares what is known.',
    category: 'analysis',
    role: 'researcher',
    tier: 'medium',
    tools: READING,
    handoffs: ['architect', 'writer'],
    guardrails: GUARDED,
    job: 'Your job is to find out. Answer from the material given and from what you know, and keep the two apart. Compare the options by what matters for the task, and say how sure you are and how it could be checked.',
  }),
  agent({
    name: 'writer',
    description: 'Writes documentation and other texts.',
    category: 'writing',
    role: 'writer',
    tier: 'simple',
    tools: CHANGING,
    handoffs: ['researcher'],
    guardrails: GUARDED,
    job: 'Your job is text. Write for the reader that the sub-task names: plain words, short sentences, examples that are right. State only what the material supports.',
  }),
  GENERALIST,
];

/** Words by which a planned role is recognised, in the order they are tried. */
const ROLE_WORDS: readonly (readonly [RegExp, string])[] = [
  [/architect|design|model/i, 'architect'],
  [/test|\bqa\b|quality/i, 'tester'],
  [/review|audit|security|critic/i, 'reviewer'],
  [/research|analy|investigat|compar/i, 'researcher'],
  [/writ|document|editor|copy/i, 'writer'],
  [/cod|develop|engineer|program|implement|refactor/i, 'coder'],
];

/** The built-in agent for a role as a planner names it: by name, else by a word in it, else the generalist. */
export function agentForRole(role: string): AgentDefinition {
  const wanted = role.trim().toLowerCase();
  const named = SUB_AGENTS.find(({ name, role: own }) => name === wanted || own === wanted);
  if (named) return named;
  const name = ROLE_WORDS.find(([words]) => words.test(role))?.[1];
  return SUB_AGENTS.find((one) => one.name === name) ?? GENERALIST;
}
