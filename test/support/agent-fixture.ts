import assert from 'node:assert/strict';
import { AgentExecutor, type AgentExecutorDependencies } from '../../src/core/agents/agent-executor.ts';
import { toolsFor } from '../../src/core/agents/tools/catalogue.ts';
import type { AgentDefinition, AgentTask } from '../../src/core/agents/types.ts';
import type { Json } from '../../src/core/json.ts';
import type { TaskExecution } from '../../src/core/ports.ts';
import { ANSWER_KINDS } from '../../src/core/run-kinds/answers.ts';
import { answered, FakeConversations } from '../unit/core/agents/fakes.ts';
import { task } from './engine-fixture.ts';
import { FakeTokenCounter } from './token-counters.ts';

/** An agent without a model, tools, handoffs or guardrails of its own. */
export const CODER: AgentDefinition = {
  name: 'coder',
  description: 'Writes code.',
  category: 'development',
  role: 'developer',
  instructions: 'You write code.',
  tier: 'medium',
  model: null,
  temperature: null,
  maxTokens: null,
};

/** A task of the coder that asks for free text and sees nothing of other tasks, with changes. */
export function agentTask(change: Partial<AgentTask> = {}): AgentTask {
  return {
    agent: CODER,
    prompt: 'Do it.',
    tier: 'simple',
    model: null,
    maxTokens: null,
    output: null,
    purpose: 'subtask',
    context: 'none',
    detail: null,
    call: { budget: { usd: 1, tokens: null }, loadBalancing: null },
    ...change,
  };
}

/** The first attempt at a task `t1` of an agent, as the engine hands it to an executor. */
export function executionOf(payload: AgentTask): TaskExecution {
  return {
    runId: 'run1',
    instanceId: 'run1/t1',
    attempt: 1,
    task: task('t1', [], { agent: payload.agent.name, retry: null, payload: payload as unknown as Json }),
    inputs: [],
    others: [],
    inherited: [],
  };
}

/** The executor that the product has, without tools and secrets; findings and proposals are refused unless given. */
export function agentExecutor(
  pool: AgentExecutorDependencies['pool'],
  change: Partial<AgentExecutorDependencies> = {},
): AgentExecutor {
  return new AgentExecutor({
    pool,
    conversations: new FakeConversations(),
    context: { strategy: 'shared', pruningThreshold: 1_000 },
    tokens: new FakeTokenCounter(),
    answers: ANSWER_KINDS,
    findingsContext: () => assert.fail('no findings here'),
    proposalContext: () => assert.fail('no proposal here'),
    toolsOf: () => null,
    knownSecrets: () => [],
    ...change,
  });
}

/** What an executor needs so that these agents can hand over to one another. */
export function handoffsAmong(
  agents: readonly AgentDefinition[],
): Required<Pick<AgentExecutorDependencies, 'agents' | 'toolsOf'>> {
  const place = { workspace: null, policy: { sendFromUntrusted: true }, knownSecrets: () => [], agents };
  return { agents, toolsOf: toolsFor(place) };
}

let handoffs = 0;

/** An answer that asks for a handoff, each with a call id of its own; `change` is of the tool's arguments. */
export function handOver(target: string, change: object = {}): ReturnType<typeof answered> {
  const wanted = { target, description: `The part for ${target}`, context: 'Found: X.', priority: 8, ...change };
  const call = { id: `c${++handoffs}`, name: 'handoff', arguments: JSON.stringify(wanted) };
  return answered('', { finishReason: 'tool-calls', toolCalls: [call] });
}
