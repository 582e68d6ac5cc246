import type { JsonObject } from '../json.ts';
import type { LoadBalancing } from '../load-balancing.ts';
import type { ConversationType, Message, Tier } from '../model.ts';
import type { Guardrails } from './guardrails.ts';

/** A kind of worker: what it is told about itself and which model it asks for. */
export interface AgentDefinition {
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly role: string;
  /** System prompt. Stable text first, so that prompt caches hit. */
  readonly instructions: string;
  readonly tier: Tier;
  /** `<provider>/<id>` or alias; null: by tier. */
  readonly model: string | null;
  readonly temperature: number | null;
  /** True: it is told what was done before in this workspace (session memory). Default false. */
  readonly memory?: boolean;
  /** Null: by tier 2,048 / 4,096 / 8,192 (design, decision 8). */
  readonly maxTokens: number | null;
  /** Names of the tools that it may use. Default none. */
  readonly tools?: readonly string[];
  /** Names of the agents that it may hand its task over to. Default none. */
  readonly handoffs?: readonly string[];
  /** Default none. By default a broken rule of the input fails the task, and one of the answer gets one repair turn. */
  readonly guardrails?: Guardrails;
  /** What the configuration of the run demands besides. Default none. */
  readonly addedGuardrails?: readonly Guardrails[];
}

/**
 * Payload of a task that an agent does: the JSON behind `TaskSpec.payload` for every task of `run`, `review` and
 * workflows. It holds full texts, so that a resumed run needs no file again.
 */
export interface AgentTask {
  readonly agent: AgentDefinition;
  /** The instruction, already rendered. Sent as the last user message, after the context of earlier tasks. */
  readonly prompt: string;
  readonly tier: Tier;
  readonly model: string | null;
  readonly maxTokens: number | null;
  /** Name of a schema in the executor's catalogue that the answer must satisfy; null: free text. */
  readonly output: OutputSchemaName | null;
  readonly purpose: ConversationType;
  /**
   * What of other tasks goes before the prompt. `full`: outputs of the declared dependencies, and what the context strategy adds;
   * `digests`: the same, but of long outputs what matters most in them; `findings`: the anchored, deduplicated findings of the dependencies; `proposal`: the edits or the tests that the
   * dependencies propose; `none`: nothing.
   */
  readonly context: 'full' | 'digests' | 'findings' | 'proposal' | 'none';
  /** Text that goes before everything else and is the same for all tasks of the run, so that prompt caches hit. Default: none. */
  readonly brief?: string;
  /** Tasks that build on the output: a long one that several read gets a digest. Default 0. */
  readonly readers?: number;
  /** Tokens that the results of other tasks may have in the call. Default: what the pruning threshold leaves. */
  readonly contextTokens?: number;
  /**
   * Makes a call once more that was made before: its messages go out as they are, in place of brief, context and prompt, and what
   * comes back counts as text, whatever form it is asked for in. Default: it is a task of its own.
   */
  readonly repeats?: RepeatedCall;
  /** Data for the code that handles the answer (such as the files of a review chunk); never sent to a model. */
  readonly detail: JsonObject | null;
  /** Settings of the run that every call carries to the pool. */
  readonly call: CallSettings;
  /** True: it judges the work of its dependencies, and so goes to other accounts than theirs where it can. Default false. */
  readonly judges?: boolean;
  /**
   * True: it knows all that is proposed, so that what agents propose against one another is settled behind it. Default false.
   */
  readonly settlesEdits?: boolean;
  /** Other tasks that the agent may write to and hear from. Default none. */
  readonly peers?: readonly Peer[];
  /** How long its requests to others wait, ms. Default 60,000. */
  readonly patienceMs?: number;
  /**
   * Makes it the task of a super-agent within the run: the tasks that its plan adds run below it, and then this merges what they
   * came to. Default: the plan's tasks follow it.
   */
  readonly merge?: AgentTask;
}

/** An earlier call. */
export interface RepeatedCall {
  /** Id of its row. */
  readonly conversation: number;
  readonly messages: readonly Message[];
}

/** A task that another agent works on, as an agent is told of it. */
export interface Peer {
  /** Task id: what messages are addressed to. */
  readonly name: string;
  readonly agent: string;
  /** What it does, in a few words. */
  readonly does: string;
}

/** The run-wide part of each model call. */
export interface CallSettings {
  readonly budget: { readonly usd: number | null; readonly tokens: number | null };
  readonly loadBalancing: LoadBalancing | null;
  /** True: all agents of the run are told what was done before in this workspace. Default: those that say so of themselves. */
  readonly memory?: boolean;
  /** The part of the budget that the calls of one super-agent's team share. Default: all of it. */
  readonly share?: BudgetShare;
  /** The only account that the calls may go to. Default: any. */
  readonly account?: string;
}

/** A super-agent's part of the run's budget. */
export interface BudgetShare {
  /** Task id of the super-agent. */
  readonly owner: string;
  /** Of the run's budget, 0 to 1; without what is lent. */
  readonly fraction: number;
  /** What super-agents below it may spend; what they leave comes back when they have ended. */
  readonly lent: readonly { readonly task: string; readonly fraction: number }[];
}

/** Structured answers that the product knows. */
export type OutputSchemaName =
  | 'plan'
  | 'findings'
  | 'refactor-plan'
  | 'edits'
  | 'edit-checks'
  | 'test-cases'
  | 'test-code'
  | 'vote'
  | 'position'
  | 'verdict'
  | 'resolutions'
  | 'test-check'
  | 'pipeline-requirements'
  | 'pipeline-design'
  | 'pipeline-implementation'
  | 'pipeline-quality';
