import { agentTaskSpec, withReaders } from '../agents/agent-task-spec.ts';
import { AGGREGATOR, agentForRole, PLANNER, SOLOIST, SUB_AGENTS, SUPER_AGENT } from '../agents/built-in.ts';
import type { AgentDefinition, AgentTask, BudgetShare, CallSettings, Peer } from '../agents/types.ts';
import type { Strategy } from '../config.ts';
import { EnsembleError, toErrorInfo } from '../errors.ts';
import type { TaskSpec } from '../graph/types.ts';
import { validateGraph } from '../graph/validate.ts';
import type { Json, JsonObject } from '../json.ts';
import type { TaskRequest } from '../requests.ts';
import { RESOLVE_TASK_ID } from '../together/resolver.ts';
import { divide, type Nesting } from './nesting.ts';
import { type PlannedSubTask, parsePlan } from './plan-schema.ts';

/** Id of the task that every task run begins with. */
export const PLAN_TASK_ID = 'plan';
/** Id of the task that every task run ends with. */
export const AGGREGATE_TASK_ID = 'aggregate';

/** Id of the only task of a run that is not split. */
export const ANSWER_TASK_ID = 'answer';

/** What `extendPlan` needs of the request; kept in the plan task, so that a resumed run plans the same way. */
interface PlanDetail {
  readonly task: string;
  readonly context: string | null;
  readonly strategy: Strategy;
  readonly maxSubTasks: number;
  /** Sub-tasks may write to one another. Default false: plans of older runs know nothing of it. */
  readonly communicates?: boolean;
  /** Default: sub-tasks are not split again. */
  readonly nesting?: Nesting;
  /** Of a super-agent within the run; null or absent: the run's own. */
  readonly below?: Below | null;
}

/** Where a super-agent within the run stands. */
interface Below {
  /** Its task id, which the ids of its tasks begin with. */
  readonly id: string;
  readonly title: string;
  /** The whole that its task is a part of; null: its task is the whole. */
  readonly overall: string | null;
  /** Tasks whose results it got; its first tasks get them, too. */
  readonly dependencies: readonly string[];
}

/** The graph of a task that one agent answers as it stands. */
export function answerTask({ task, context }: TaskRequest, call: CallSettings): TaskSpec[] {
  const payload: AgentTask = {
    agent: SOLOIST,
    prompt: [task, ...(context === null ? [] : [`# Context\n\n${context}`])].join('\n\n'),
    tier: SOLOIST.tier,
    model: null,
    maxTokens: null,
    output: null,
    purpose: 'subtask',
    context: 'none',
    detail: null,
    settlesEdits: true,
    call,
  };
  return [agentTaskSpec(ANSWER_TASK_ID, 'Answer the prompt', [], payload, { priority: 5, onError: 'fail' })];
}

/** The first graph of a task run: one task whose answer adds the others. */
export function planTask(
  request: TaskRequest,
  options: {
    readonly strategy: Strategy;
    readonly maxSubTasks: number;
    readonly communicates: boolean;
    readonly call: CallSettings;
    readonly nesting?: Nesting;
  },
): TaskSpec[] {
  const { call, ...rest } = options;
  const detail: PlanDetail = { task: request.task, context: request.context, ...rest };
  const payload = planPayload(detail, call);
  return [agentTaskSpec(PLAN_TASK_ID, 'Split the task into sub-tasks', [], payload, { priority: 10, onError: 'fail' })];
}

/**
 * The tasks that a plan adds: one per sub-task, then `aggregate`, which depends on all of them. The strategy decides which of
 * the planned dependencies hold: none (parallel), each sub-task after all those before it (sequential), the planned ones
 * (adaptive, balanced).
 *
 * A sub-task that fails lets its dependents go on: each is told which result is missing, and the aggregate says what the
 * answer does not cover. Skipping them instead would also skip the aggregate, and the work that was done with it.
 *
 * Throws `invalid-model-output`, with what is wrong as the message, for more sub-tasks than allowed, ids that are used
 * twice, unknown dependencies and cycles.
 */
export function extendPlan(planOutput: Json, planTask: AgentTask): TaskSpec[] {
  const detail = planTask.detail as unknown as PlanDetail;
  const { subtasks } = parsePlan(planOutput);
  if (subtasks.length > detail.maxSubTasks) {
    throw invalidPlan(`The plan has ${subtasks.length} sub-tasks; at most ${detail.maxSubTasks} are allowed.`);
  }
  const ids = graphIds(subtasks, detail.below?.id ?? null);
  const idOf = (planned: string): string => ids.get(planned) ?? planned;
  const { call } = planTask;
  const names = subtasks.map(({ id }) => idOf(id));
  const { parts, share } = divide(subtasks, names, { nesting: detail.nesting, share: call.share }, PLAN_TASK_ID);
  const team = subtasks.map(({ id, title, role }, index) => {
    const agent = parts[index]?.nesting ? SUPER_AGENT : agentForRole(role);
    return { name: idOf(id), agent: agent.name, does: title };
  });
  const specs = subtasks.map((subtask, index) => {
    const id = idOf(subtask.id);
    const peers = detail.communicates ? team.filter(({ name }) => name !== id) : [];
    const place = { id, dependencies: subtask.dependencies.map(idOf), peers };
    const part = parts[index] ?? { nesting: null, share };
    const own = shared(call, part.share);
    if (part.nesting !== null)
      return superTaskSpec(place, { ...subtask, overall: wholeOf(detail) }, { ...detail, nesting: part.nesting }, own);
    return subTaskSpec(place, subtask, detail, own);
  });
  try {
    validateGraph(specs);
  } catch (error) {
    const { message, hint } = toErrorInfo(error);
    throw invalidPlan([message, hint].filter(Boolean).join(' '));
  }
  const ordered = withReaders(applyStrategy(specs, detail.strategy)).map(placed);
  // A super-agent within the run merges in its own task; what it knows is known to those who begin.
  if (detail.below) return ordered.map((spec) => inheriting(spec, detail.below?.dependencies ?? []));
  return [...ordered, aggregateSpec(ordered, detail, shared(call, share))];
}

function shared(call: CallSettings, share: BudgetShare | undefined): CallSettings {
  return share === undefined ? call : { ...call, share };
}

/** A super-agent within the run knows what it comes after; the strategy has the last word about that. */
function placed(spec: TaskSpec): TaskSpec {
  const payload = spec.payload as unknown as AgentTask;
  if (payload.merge === undefined) return spec;
  const detail = payload.detail as unknown as PlanDetail;
  const below = detail.below && { ...detail.below, dependencies: spec.dependencies };
  return { ...spec, payload: { ...payload, detail: { ...detail, below } } as unknown as Json };
}

function inheriting(spec: TaskSpec, dependencies: readonly string[]): TaskSpec {
  return spec.dependencies.length > 0 ? spec : { ...spec, dependencies };
}

/** The task that all of it is about. */
function wholeOf({ task, below }: PlanDetail): string {
  return below?.overall ?? task;
}

/** What all agents of the run are told first, in the same words. */
function briefOf(detail: PlanDetail): string {
  const { context } = detail;
  return [`# Task\n\n${wholeOf(detail)}`, ...(context === null ? [] : [`# Context\n\n${context}`])].join('\n\n');
}

/** The part of the whole that a super-agent within the run has. */
function partSections({ task, below }: PlanDetail): string[] {
  return below && below.overall !== null ? [`# Task: ${below.title}\n\n${task}`] : [];
}

function planPrompt(detail: PlanDetail): string {
  const { maxSubTasks, nesting } = detail;
  const count =
    maxSubTasks <= 3 ? `at most ${maxSubTasks}` : `3 to ${Math.min(5, maxSubTasks)}, never more than ${maxSubTasks}`;
  const mayNest = nesting !== undefined && nesting.levels > 0 && nesting.tasks > 2 * MIN_WORTH_SPLITTING;
  return [
    ...partSections(detail),
    `# Roles\n\n${SUB_AGENTS.map((agent) => `- ${agent.name}: ${agent.description}`).join('\n')}`,
    `# What to answer\n\nSplit the task into sub-tasks: ${count}. A task that cannot be split sensibly is one sub-task.${mayNest ? ` ${SPLIT_HINT}` : ''}`,
  ].join('\n\n');
}

const MIN_WORTH_SPLITTING = 2;
const SPLIT_HINT =
  'Where a sub-task is so large that one agent cannot do it in one answer, set "split" to true: another planner splits it again.';

/** Where a task stands among the others of its plan. */
interface Place {
  readonly id: string;
  readonly dependencies: readonly string[];
  readonly peers: readonly Peer[];
}

/** A sub-task that a super-agent of its own splits, has done and merges. */
export function superTaskSpec(
  place: Place,
  planned: Pick<PlannedSubTask, 'title' | 'description'> & { readonly overall: string | null },
  parent: PlanDetail,
  call: CallSettings,
): TaskSpec {
  const { id, dependencies, peers } = place;
  const below = { id, title: planned.title, overall: planned.overall, dependencies };
  const detail: PlanDetail = { ...parent, task: planned.description, below };
  const payload: AgentTask = {
    ...planPayload(detail, call),
    agent: SUPER_AGENT,
    context: 'full',
    merge: { ...mergePayload(detail, call), ...(peers.length > 0 && { peers }) },
  };
  return agentTaskSpec(id, planned.title, dependencies, payload, { priority: 5, onError: 'continue' });
}

function planPayload(detail: PlanDetail, call: CallSettings): AgentTask {
  return {
    agent: PLANNER,
    brief: briefOf(detail),
    prompt: planPrompt(detail),
    tier: PLANNER.tier,
    model: null,
    maxTokens: null,
    output: 'plan',
    purpose: 'decomposition',
    context: 'none',
    detail: detail as unknown as JsonObject,
    call,
  };
}

function subTaskSpec(place: Place, planned: PlannedSubTask, detail: PlanDetail, call: CallSettings): TaskSpec {
  const payload: AgentTask = {
    agent: agentForRole(planned.role),
    brief: briefOf(detail),
    prompt: [
      ...(detail.below?.overall ? [`# The part that yours belongs to: ${detail.below.title}\n\n${detail.task}`] : []),
      `# Your sub-task: ${planned.title}\n\n${planned.description}`,
    ].join('\n\n'),
    tier: planned.complexity,
    model: null,
    maxTokens: null,
    output: null,
    purpose: 'subtask',
    context: 'digests',
    detail: null,
    call,
    ...(place.peers.length > 0 && { peers: place.peers }),
  };
  return agentTaskSpec(place.id, planned.title, place.dependencies, payload, { priority: 5, onError: 'continue' });
}

function mergePayload(detail: PlanDetail, call: CallSettings): AgentTask {
  const prompt = [
    ...partSections(detail),
    '# What to answer\n\nMerge the results above into one complete answer to the task, in Markdown.',
  ].join('\n\n');
  return { ...aggregation(AGGREGATOR, prompt, call), brief: briefOf(detail) };
}

/** A task that merges the results of others, all of which it reads in full. */
export function aggregation(agent: AgentDefinition, prompt: string, call: CallSettings): AgentTask {
  return {
    agent,
    prompt,
    tier: agent.tier,
    model: null,
    maxTokens: null,
    output: null,
    purpose: 'aggregation',
    context: 'full',
    detail: null,
    call,
  };
}

function aggregateSpec(subtasks: readonly TaskSpec[], detail: PlanDetail, call: CallSettings): TaskSpec {
  const dependencies = subtasks.map(({ id }) => id);
  const payload = { ...mergePayload(detail, call), settlesEdits: true };
  return agentTaskSpec(AGGREGATE_TASK_ID, 'Merge the results', dependencies, payload, {
    priority: 5,
    onError: 'continue',
  });
}

/** Characters of a planner's id that become part of the ids below a super-agent: they grow with each level. */
const MAX_NESTED_KEY = 20;

/** Graph ids for the planner's: readable characters only, and none that the run itself uses. Throws for one used twice. */
function graphIds(subtasks: readonly PlannedSubTask[], parent: string | null): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  const taken = new Set<string>([PLAN_TASK_ID, AGGREGATE_TASK_ID, RESOLVE_TASK_ID]);
  for (const { id: planned } of subtasks) {
    if (ids.has(planned)) throw invalidPlan(`Two sub-tasks have the id "${planned}".`);
    const base = planned.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '') || 'task';
    const stem = parent === null ? base : `${parent}.${base.slice(0, MAX_NESTED_KEY)}`;
    let id = stem;
    for (let number = 2; taken.has(id); number++) id = `${stem}-${number}`;
    taken.add(id);
    ids.set(planned, id);
  }
  return ids;
}

function applyStrategy(specs: readonly TaskSpec[], strategy: Strategy): readonly TaskSpec[] {
  if (strategy === 'parallel') return specs.map((one) => ({ ...one, dependencies: [] }));
  if (strategy !== 'sequential') return specs;
  const ordered = topologicalOrder(specs);
  return ordered.map((one, index) => ({ ...one, dependencies: ordered.slice(0, index).map(({ id }) => id) }));
}

/** Dependencies first, otherwise in the order planned. The graph is known to have no cycle. */
function topologicalOrder(specs: readonly TaskSpec[]): readonly TaskSpec[] {
  const done = new Set<string>();
  const ordered: TaskSpec[] = [];
  while (ordered.length < specs.length) {
    const next = specs.find((one) => !done.has(one.id) && one.dependencies.every((id) => done.has(id)));
    if (!next) throw new EnsembleError('internal', 'A validated plan has a cycle.');
    done.add(next.id);
    ordered.push(next);
  }
  return ordered;
}

function invalidPlan(message: string): EnsembleError {
  return new EnsembleError('invalid-model-output', message, { hint: 'Run the task again, or word it more precisely.' });
}
