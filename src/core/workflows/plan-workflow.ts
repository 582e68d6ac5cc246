import { agentTaskSpec, withReaders } from '../agents/agent-task-spec.ts';
import type { AgentTask, CallSettings } from '../agents/types.ts';
import { withPeers } from '../agents/with-peers.ts';
import { renderNumberedFiles } from '../context/numbered-files.ts';
import { charactersFor } from '../context/token-estimate.ts';
import type { TaskSpec } from '../graph/types.ts';
import { type Piece, packChunks } from '../review/chunks.ts';
import type { Gathered, PathReason } from '../review/gathered.ts';
import { consensusTasks, negotiationTasks, type Question } from '../together/consensus.ts';
import { WORKFLOW_AGENTS } from './workflow-agents.ts';
import type { WorkflowGraph, WorkflowStep } from './workflow-graph.ts';

/** Code that each step may read, tokens: five of them stay well below 200,000 in all (S3). */
const CODE_TOKENS = 20_000;

/** Code as the steps get it, and what did not fit. */
export interface WorkflowCode {
  readonly pieces: readonly Piece[];
  readonly leftOut: readonly PathReason[];
}

/** The code that fits, in the order of the paths. */
export function codeFor({ files, truncated, failed }: Gathered): WorkflowCode {
  const [pieces = [], ...more] = packChunks(files, charactersFor(CODE_TOKENS));
  const reason = `more than the ${CODE_TOKENS.toLocaleString('en-US')} tokens that each step reads`;
  const left = [...new Set(more.flat().map(({ path }) => path))].map((path) => ({ path, reason }));
  return { pieces, leftOut: [...left, ...truncated, ...failed] };
}

/**
 * The tasks of a workflow. A step that fails lets the others go on; each is told what it has to do without. Where agents communicate,
 * those of the steps may write to one another; who decides together does it by what is asked, and nothing beside it.
 */
export function planWorkflow(
  graph: WorkflowGraph,
  code: WorkflowCode | null,
  { call, communicates = false }: { readonly call: CallSettings; readonly communicates?: boolean },
): TaskSpec[] {
  const steps = graph.steps.map((step) => stepSpec(step, graph, code, call));
  return withReaders([...(communicates ? withPeers(steps) : steps), ...decisionSpecs(graph, code, call)]);
}

function stepSpec(step: WorkflowStep, graph: WorkflowGraph, code: WorkflowCode | null, call: CallSettings): TaskSpec {
  const { id, agent, description, prompt, after, priority, tier } = step;
  const payload: AgentTask = {
    agent: WORKFLOW_AGENTS[agent],
    brief: step.readsCode && code ? `${graph.assignment}\n\n${codeText(code)}` : graph.assignment,
    prompt: `# Your sub-task: ${description}\n\n${prompt}`,
    tier,
    model: null,
    maxTokens: null,
    output: null,
    purpose: id === graph.report ? 'aggregation' : 'subtask',
    context: 'digests',
    detail: null,
    call,
  };
  return agentTaskSpec(id, description, after, payload, { priority });
}

function decisionSpecs(graph: WorkflowGraph, code: WorkflowCode | null, call: CallSettings): TaskSpec[] {
  const { decision, assignment } = graph;
  if (!decision) return [];
  const { id, question: prompt, options, how, rounds } = decision;
  const [first, second, ...more] = decision.agents;
  const question: Question = {
    ...{ id, prompt, options, call },
    description: 'Decide',
    brief: code ? `${assignment}\n\n${codeText(code)}` : assignment,
    dependencies: graph.steps.map((step) => step.id),
    judge: WORKFLOW_AGENTS[decision.judge],
  };
  const sides = [WORKFLOW_AGENTS[first], WORKFLOW_AGENTS[second]] as const;
  if (how === 'negotiation') return negotiationTasks(question, sides, rounds);
  return consensusTasks(question, [...sides, ...more.map((name) => WORKFLOW_AGENTS[name])], how);
}

function codeText({ pieces, leftOut }: WorkflowCode): string {
  const left = leftOut.length === 0 ? '' : `\n\nNot shown: ${leftOut.map(({ path }) => path).join(', ')}.`;
  return `# Code\n\n${renderNumberedFiles(pieces)}${left}`;
}
