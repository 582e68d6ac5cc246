import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import type { AgentDefinition, AgentTask, CallSettings } from '../agents/types.ts';
import { EnsembleError } from '../errors.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { JsonObject } from '../json.ts';
import type { DecisionDetail } from './votes.ts';

/** Rounds that a negotiation may have at most, whatever is asked for. */
export const MAX_ROUNDS = 5;

/** A question that several agents decide together. */
export interface Question {
  /** Id of the task that has the decision; the others are `<id>.1`, `<id>.2`, ... */
  readonly id: string;
  /** One line for people. */
  readonly description: string;
  /** What is asked. */
  readonly prompt: string;
  /** The only choices; null: any. */
  readonly options: readonly string[] | null;
  /** The same text for all tasks of the run. Default: none. */
  readonly brief?: string;
  /** Tasks whose results the agents get. */
  readonly dependencies: readonly string[];
  /** Decides where the agents do not. */
  readonly judge: AgentDefinition;
  readonly call: CallSettings;
}

/**
 * Consensus: the agents answer apart from one another, at once; then the task `id` has the decision ({@link Verdict}). `majority`: the
 * choice of more than half of them, without another call, and the judge's where there is no majority. `judge`: always the judge's, who
 * reads all answers. Throws `invalid-input` for less than two agents.
 */
export function consensusTasks(
  question: Question,
  agents: readonly AgentDefinition[],
  decide: 'majority' | 'judge',
): TaskSpec[] {
  if (agents.length < 2) throw new EnsembleError('invalid-input', 'A consensus needs at least two agents.');
  const { id, description, options, dependencies } = question;
  const votes = agents.map((agent, index) =>
    agentTaskSpec(`${id}.${index + 1}`, `${description}: ${agent.name}`, dependencies, {
      ...base(question, agent, { type: 'vote', options, voters: agents.length }),
      prompt: asked(question, 'Answer for yourself: the others are asked the same.'),
      output: 'vote',
      context: 'digests',
    }),
  );
  const detail: DecisionDetail = { type: decide, options, voters: agents.length };
  return [
    ...votes,
    verdictTask(
      question,
      votes.map((vote) => vote.id),
      detail,
    ),
  ];
}

/**
 * Negotiation of a disputed result: two agents state where they stand, read one another and state it again, until both agree or the
 * rounds are used up (at most {@link MAX_ROUNDS}); rounds that are not needed are skipped. Then the task `id` has the decision: what
 * they agreed on, else the judge's, else none with both positions left open.
 */
export function negotiationTasks(
  question: Question,
  sides: readonly [AgentDefinition, AgentDefinition],
  rounds: number,
): TaskSpec[] {
  const { id, description, options, dependencies } = question;
  const specs: TaskSpec[] = [];
  const count = Math.min(MAX_ROUNDS, Math.max(1, Math.floor(rounds)));
  let before: readonly string[] = [];
  for (let round = 1; round <= count; round++) {
    const earlier = before;
    const now = sides.map((agent, side) => {
      const what =
        round === 1 ? 'State your result.' : 'You have read both positions. Agree, or say what keeps you from it.';
      const spec = agentTaskSpec(
        `${id}.${round}.${side + 1}`,
        `${description}, round ${round}: ${agent.name}`,
        [...dependencies, ...earlier],
        {
          ...base(question, agent, { type: 'vote', options, voters: 2 }),
          prompt: asked(question, what),
          output: 'position',
          context: 'digests',
        },
      );
      return earlier.length === 0 ? spec : { ...spec, when: stillOpen(earlier) };
    });
    before = now.map((spec) => spec.id);
    specs.push(...now);
  }
  const detail: DecisionDetail = { type: 'agreement', options, voters: 2 };
  return [
    ...specs,
    verdictTask(
      question,
      specs.map((spec) => spec.id),
      detail,
    ),
  ];
}

/** Holds when somebody spoke in that round and did not agree; a round that was skipped ends the negotiation. */
function stillOpen(ids: readonly string[]): string {
  return ids.map((id) => `[${JSON.stringify(id)}].agrees == false`).join(' or ');
}

function verdictTask(question: Question, answers: readonly string[], detail: DecisionDetail): TaskSpec {
  return agentTaskSpec(question.id, question.description, [...answers], {
    ...base(question, question.judge, detail),
    prompt: asked(question, 'Decide between the answers above. Weigh their reasons, not how often they are given.'),
    output: 'verdict',
    context: 'full',
  });
}

function base(
  { brief, call }: Question,
  agent: AgentDefinition,
  detail: DecisionDetail,
): Pick<AgentTask, 'agent' | 'tier' | 'model' | 'maxTokens' | 'purpose' | 'detail' | 'call'> & { brief?: string } {
  const task = {
    ...{ agent, tier: agent.tier, model: null, maxTokens: null, call },
    purpose: 'subtask',
    detail: detail as unknown as JsonObject,
  } as const;
  return brief === undefined ? task : { ...task, brief };
}

function asked({ prompt, options }: Question, what: string): string {
  const list = options === null ? [] : [`# Options\n\n${options.map((one) => `- ${one}`).join('\n')}`];
  return [`# Question\n\n${prompt}`, ...list, `# What to answer\n\n${what}`].join('\n\n');
}
