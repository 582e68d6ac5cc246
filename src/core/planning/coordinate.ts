import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import { divideShare } from '../agents/budget-share.ts';
import { COORDINATOR, SUPER_AGENT } from '../agents/built-in.ts';
import type { AgentTask, CallSettings, Peer } from '../agents/types.ts';
import type { AccountConfig } from '../config.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { TaskRequest } from '../requests.ts';
import { halved, type Nesting } from './nesting.ts';
import { AGGREGATE_TASK_ID, aggregation, superTaskSpec } from './plan-task.ts';

/** Super-agents that work on the same task at once. */
export const SIDES = ['super-1', 'super-2'] as const;
/** How long one of them waits for what the other has to say, ms; it ends at once when the other has ended. */
const PATIENCE_MS = 600_000;

/** What both sides are told beside the task. */
const COMPARE_NOTES =
  '# Compare notes\n\nAnother super-agent works on the same task with another model. Beside your answer send it your main conclusions as one request and ask where it sees things differently; answer what it asks you. Keep your own judgement: change your answer only where you are convinced, and say where you two disagree.';

/** The accounts of the two sides: of different vendors where there are two, else different ones; null: there is only one. */
export function accountsOfSides(accounts: readonly AccountConfig[]): readonly [string, string] | null {
  const [first] = accounts;
  if (first === undefined) return null;
  const others = accounts.filter(({ name }) => name !== first.name);
  const second =
    others.find(({ provider }) => provider !== first.provider) ??
    others.find(({ quotaGroup }) => quotaGroup !== first.quotaGroup) ??
    others[0];
  return second === undefined ? null : [first.name, second.name];
}

/**
 * The graph of a task that two super-agents work on at once, each bound to its account, and a coordinator that merges what they came
 * to. Each has half of depth, tasks and budget; where one fails, the coordinator says so and goes on with the other.
 */
export function coordinatedTasks(
  { task, context }: TaskRequest,
  options: {
    readonly accounts: readonly [string, string] | null;
    readonly maxSubTasks: number;
    readonly nesting: Nesting;
    readonly communicates: boolean;
    readonly call: CallSettings;
  },
): TaskSpec[] {
  const { accounts, maxSubTasks, communicates, call } = options;
  const nesting = halved(options.nesting);
  const weights = [
    ...SIDES.map((id) => ({ task: id, weight: 4, borrows: true })),
    { task: '', weight: 1, borrows: false },
  ];
  const { own, lent } = divideShare({ owner: AGGREGATE_TASK_ID, fraction: 1, lent: [] }, weights);
  const sides = SIDES.map((id, index) => {
    const account = accounts?.[index];
    const share = lent.get(id);
    const settings = { ...call, ...(share && { share }), ...(account !== undefined && { account }) };
    const peers = communicates ? SIDES.filter((other) => other !== id).map(peerOf) : [];
    const planned = { title: sideTitle(account, index), description: task, overall: null };
    const parent = { task, context, strategy: 'adaptive', maxSubTasks, communicates, nesting } as const;
    return comparing(superTaskSpec({ id, dependencies: [], peers }, planned, parent, settings));
  });
  return [...sides, mergeTask(task, context, { ...call, share: own })];
}

function sideTitle(account: string | undefined, index: number): string {
  return `Super-agent ${index + 1}${account === undefined ? '' : ` on ${account}`}`;
}

function peerOf(name: string): Peer {
  return { name, agent: SUPER_AGENT.name, does: 'works on the same task as you' };
}

function comparing(spec: TaskSpec): TaskSpec {
  const payload = spec.payload as unknown as AgentTask;
  if (!payload.merge?.peers) return spec;
  const merge = { ...payload.merge, prompt: `${payload.merge.prompt}\n\n${COMPARE_NOTES}`, patienceMs: PATIENCE_MS };
  return { ...spec, payload: { ...payload, merge } as unknown as TaskSpec['payload'] };
}

function mergeTask(task: string, context: string | null, call: CallSettings): TaskSpec {
  const prompt = [
    `# Task\n\n${task}`,
    ...(context === null ? [] : [`# Context\n\n${context}`]),
    '# What to answer\n\nTwo super-agents have worked on the task, each with its own model. Merge their results above into one complete answer, in Markdown. Close with a section "Disagreements": each point on which they differ, what each says, which you follow and why; or that there is none.',
  ].join('\n\n');
  return agentTaskSpec(AGGREGATE_TASK_ID, 'Coordinate and merge', SIDES, {
    ...aggregation(COORDINATOR, prompt, call),
    settlesEdits: true,
  });
}
