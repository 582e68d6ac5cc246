import { asData } from '../context/task-context.ts';
import type { AttemptRecord, Message, ResponseSchema } from '../model.ts';
import type { ExecutionContext, TaskExecution } from '../ports.ts';
import { type Conversation, converse } from './agent-loop.ts';
import type { Correspondence } from './correspondence.ts';
import type { Guard } from './guard.ts';
import { type HandoffRequest, Handoffs } from './handoffs.ts';
import { ModelTurns, type TurnDependencies } from './model-turns.ts';
import { type NextAgent, ToolCalls } from './tool-calls.ts';
import { ToolRecords } from './tool-records.ts';
import { ToolBox } from './tools/tool-box.ts';
import type { AgentDefinition, AgentTask } from './types.ts';

/** What the work on a task needs beside the attempt. */
export interface WorkDependencies extends TurnDependencies {
  /** The tools that an agent may use here; null: none. */
  toolsOf(agent: AgentDefinition): ToolBox | null;
  /** The agents that a task can be handed over to. Default none. */
  readonly agents?: readonly AgentDefinition[];
}

/** One attempt of a task of agents. */
export interface WorkScope {
  readonly task: AgentTask;
  readonly execution: TaskExecution;
  readonly context: ExecutionContext;
  readonly mail: Correspondence | null;
  readonly responseSchema: ResponseSchema | null;
  /** Gets the attempts of every turn, also where a later one fails. */
  readonly attempts: AttemptRecord[];
  /** What an agent is told at its start. */
  messagesFor(task: AgentTask): Promise<readonly Message[]>;
  readonly guard: Guard;
}

/** The answer, and whose it is. */
export interface Work extends Omit<Conversation, 'handedOver'> {
  /** With the agent that gave the answer. */
  readonly task: AgentTask;
  readonly turns: ModelTurns;
}

/**
 * Lets the agent of a task work until there is an answer, and whoever it hands the task over to. The next agent begins anew: it
 * is told the task, and what it was given; neither the conversation before nor a handoff that was refused.
 */
export async function work(scope: WorkScope, deps: WorkDependencies): Promise<Work> {
  const { execution, context, mail, responseSchema, attempts, guard } = scope;
  const { agents = [] } = deps;
  const handoffs = new Handoffs(scope.task.agent.name);
  let { task } = scope;
  let priority = execution.task.priority;
  let start = await scope.messagesFor(task);
  for (let firstStep = 1; ; ) {
    await guard.admit(task, start, firstStep);
    const turns = new ModelTurns(deps, { task, execution, context, responseSchema, priority });
    const box = deps.toolsOf(task.agent) ?? (mail && !mail.readsTags ? NO_TOOLS : null);
    const records = new ToolRecords({ ...deps, execution });
    const { agent } = task;
    const ask = (request: HandoffRequest) => handoffs.answer(agent, request, agents);
    const next = (name: string) => agents.find((one) => one.name === name) ?? null;
    const tools = box && new ToolCalls({ box, records, context, mail, handoff: { ask, next } });
    const conversation = await converse({ turns, mail, tools, purpose: task.purpose, attempts }, start, firstStep);
    const { handedOver, ...answered } = conversation;
    if (handedOver === null) return { ...answered, task, turns };
    handoffs.accepted(handedOver.agent.name);
    task = { ...task, agent: handedOver.agent };
    priority = Math.max(priority, handedOver.priority);
    start = [...(await scope.messagesFor(task)), { role: 'user', content: introduction(agent.name, handedOver) }];
    firstStep = answered.steps + 1;
  }
}

/** For those who have nothing but messages. */
const NO_TOOLS = new ToolBox({ tools: [], context: nothing, refusal: nothing });

function nothing(): never {
  throw new Error('There are no tools.');
}

function introduction(from: string, { description, context }: NextAgent): string {
  const known = context === '' ? [] : [`What ${from} has found out:\n\n${asData(context)}`];
  return [`# Handed over by ${from}`, `What is left to do:\n\n${asData(description)}`, ...known].join('\n\n');
}
