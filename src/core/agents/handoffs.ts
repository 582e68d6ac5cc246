import { nearestName } from '../nearest-name.ts';
import type { HandoffResult } from '../results.ts';
import { actionOf, brokenRules, rulesOf } from './guardrails.ts';
import type { AgentDefinition } from './types.ts';

/** How often one task may change hands. */
const MAX_HANDOFFS = 5;
/** How often one agent may have the same task, so that two do not pass it to and fro. */
const MAX_TURNS_OF_AGENT = 2;

/** That an agent wants another one to go on with its task (S2). */
export interface HandoffRequest {
  /** Name of the agent. */
  readonly target: string;
  /** What is left to do. */
  readonly description: string;
  /** What the other one needs to know of the work so far. */
  readonly context: string;
  /** 1-10, higher goes first; not below that of the task. */
  readonly priority: number;
}

/** An agent as handoffs know it. */
export type HandoffAgent = Pick<
  AgentDefinition,
  'name' | 'description' | 'handoffs' | 'guardrails' | 'addedGuardrails'
>;

/** The answer to a request; `to` is the name of the agent that was meant, also where it does not exist. */
export interface HandoffAnswer {
  readonly result: HandoffResult;
  /** For the agent that asked. */
  readonly sentence: string;
}

/**
 * Decides on handoffs of one task: to allowed targets only, bounded in number, and accepted by the other agent, which refuses what
 * its own rules for input forbid. Pure but for what it remembers of the task: who had it, in order.
 */
export class Handoffs {
  readonly #had: string[];

  constructor(first: string) {
    this.#had = [first];
  }

  /** The agent has been handed the task. */
  accepted(name: string): void {
    this.#had.push(name);
  }

  /** `known`: the agents that there are. */
  answer(from: HandoffAgent, request: HandoffRequest, known: readonly HandoffAgent[]): HandoffAnswer {
    const reason = this.#refusal(from, request, known);
    const { target: to, description, priority } = request;
    const result = { from: from.name, to, description, priority, accepted: reason === null, reason };
    return { result, sentence: reason ?? `${to} goes on with the task.` };
  }

  #refusal(from: HandoffAgent, { target, description, context }: HandoffRequest, known: readonly HandoffAgent[]) {
    const allowed = from.handoffs ?? [];
    if (target === from.name) return `You are ${target} yourself: do it, or say in your answer why it cannot be done.`;
    const agent = known.find(({ name }) => name === target);
    if (!agent || !allowed.includes(target)) {
      const near = nearestName(target, allowed);
      const what = agent ? `You may not hand over to ${target}` : `There is no agent ${JSON.stringify(target)}`;
      return `${what}.${near === null ? '' : ` Did you mean ${near}?`} You may hand over to: ${allowed.join(', ')}.`;
    }
    if (this.#had.length > MAX_HANDOFFS) return `The task has changed hands ${MAX_HANDOFFS} times: finish it yourself.`;
    if (this.#had.filter((name) => name === target).length >= MAX_TURNS_OF_AGENT) {
      return `${target} has had this task ${MAX_TURNS_OF_AGENT} times already: finish it yourself.`;
    }
    const broken = rulesOf(agent, 'input').flatMap((rules) =>
      brokenRules(`${description}\n${context}`, rules).filter(({ rule }) => actionOf(rule, rules, 'refuse') !== 'warn'),
    );
    return broken.length === 0 ? null : `${target} does not accept it: ${broken.map(({ says }) => says).join(' ')}`;
  }
}
