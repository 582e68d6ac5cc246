import type { Json } from '../json.ts';
import type { Tier } from '../model.ts';
import type { ReviewTarget } from '../requests.ts';
import type { WorkflowAgentName } from './workflow-agents.ts';
import type { WorkflowDefinition } from './workflow-definition.ts';

/** A step of a workflow: what one agent does. */
export interface WorkflowStep {
  readonly id: string;
  readonly agent: WorkflowAgentName;
  /** One line for people. */
  readonly description: string;
  /** What the agent is asked. */
  readonly prompt: string;
  /** Ids of steps whose results it builds on. */
  readonly after: readonly string[];
  /** 1-10, higher starts first. */
  readonly priority: number;
  readonly tier: Tier;
  /** True: it gets to read the code that the workflow is about. Default false. */
  readonly readsCode?: boolean;
}

/** A question that agents of a workflow decide together. */
export interface WorkflowDecision {
  /** Id of the step that has the decision. */
  readonly id: string;
  readonly question: string;
  /** The only choices; null: any. */
  readonly options: readonly string[] | null;
  /** `negotiation` is between the first two agents. */
  readonly how: 'majority' | 'judge' | 'negotiation';
  readonly agents: readonly [WorkflowAgentName, WorkflowAgentName, ...WorkflowAgentName[]];
  readonly judge: WorkflowAgentName;
  /** Rounds of a negotiation. */
  readonly rounds: number;
}

/** What a workflow does with its parameters. */
export interface WorkflowGraph {
  /** What all agents are told first. */
  readonly assignment: string;
  /** The code that it is about; null: none is read. */
  readonly code: ReviewTarget | null;
  readonly steps: readonly WorkflowStep[];
  /** Decided together, by agents who read the code; default: nothing. */
  readonly decision?: WorkflowDecision;
  /** Id of the step whose result sums the others up; null: the results stand side by side. */
  readonly report: string | null;
}

/** A built-in workflow that is a graph of steps (S3). */
export interface GraphWorkflow extends WorkflowDefinition {
  /** `values` has every parameter. Throws `invalid-input` for values that do not go together. */
  build(values: ReadonlyMap<string, Json>): WorkflowGraph;
}

/** A value as text for a prompt: lists with commas, objects by their names; null: nothing was given. */
export function valueText(value: Json | undefined): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((one) => valueText(one) ?? '').join(', ');
  if (typeof value !== 'object') return String(value);
  const lines = Object.entries(value).map(([name, one]) => `${name} ${valueText(one) ?? 'not said'}`);
  return lines.length === 0 ? null : lines.join('; ');
}

/** The assignment as a list of what was given. */
export function assignmentOf(goal: string, facts: Readonly<Record<string, Json | undefined>>): string {
  const lines = Object.entries(facts).flatMap(([name, value]) => {
    const text = valueText(value);
    return text === null ? [] : [`- ${name}: ${text}`];
  });
  return [`# Task\n\n${goal}`, ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n');
}
