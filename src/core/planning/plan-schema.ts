import * as z from 'zod';
import type { Json } from '../json.ts';

/** Characters of a title; the rest is cut. */
const MAX_TITLE = 200;

/** One part of a task as the planner describes it. */
const subTaskSchema = z.object({
  id: z.string().min(1).max(64).describe('Short and unique, such as "data-model".'),
  title: z.string().min(1).max(MAX_TITLE),
  description: z.string().min(1).describe('Complete instructions for the agent that does it.'),
  role: z.string().max(64).describe('Who should do it: one of the roles named in the task.'),
  complexity: z.enum(['simple', 'medium', 'complex']),
  dependencies: z.array(z.string()).describe('Ids of the sub-tasks whose results are needed.'),
  split: z
    .boolean()
    .default(false)
    .describe('True: too large for one agent; another planner splits it again. Only where the task allows it.'),
});

/** A planned part of a task. */
export type PlannedSubTask = z.infer<typeof subTaskSchema>;

/**
 * The planner's answer. Near misses are brought into shape first (a bare array, other field names, numbers as ids, titles
 * instead of ids as dependencies), because a repair costs a model call; what is ambiguous stays an error.
 */
export const planSchema = z.preprocess(normalisePlan, z.object({ subtasks: z.array(subTaskSchema).min(1) }));

/** A validated plan. */
export type Plan = z.infer<typeof planSchema>;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function normalisePlan(value: unknown): unknown {
  const list = listOf(value);
  // One level more: { "plan": { "subtasks": [...] } }
  return normaliseList(isFields(list) ? listOf(list) : list) ?? value;
}

function listOf(value: unknown): unknown {
  return isFields(value) ? firstOf(value, ['subtasks', 'sub_tasks', 'subTasks', 'tasks', 'plan', 'steps']) : value;
}

function normaliseList(list: unknown): unknown {
  if (!Array.isArray(list)) return undefined;
  const subtasks = list.map((one, index) => (isFields(one) ? normaliseSubTask(one, index) : one));
  const idByTitle = new Map(subtasks.flatMap((one) => (isFields(one) ? [[one.title, one.id] as const] : [])));
  const ids = new Set(subtasks.map((one) => (isFields(one) ? one.id : undefined)));
  for (const one of subtasks) {
    if (!isFields(one) || !Array.isArray(one.dependencies)) continue;
    one.dependencies = [
      ...new Set(one.dependencies.map((name) => (ids.has(name) ? name : (idByTitle.get(name) ?? name)))),
    ];
  }
  return { subtasks };
}

function normaliseSubTask(fields: Fields, index: number): Fields {
  const description = firstOf(fields, ['description', 'instructions', 'prompt', 'task', 'details', 'title', 'name']);
  const title =
    firstOf(fields, ['title', 'name', 'summary']) ??
    (typeof description === 'string' ? firstLine(description) : undefined);
  const dependencies = firstOf(fields, ['dependencies', 'depends_on', 'dependsOn', 'deps']) ?? [];
  return {
    id: asText(firstOf(fields, ['id', 'key', 'taskId', 'task_id']) ?? `task-${index + 1}`),
    title: typeof title === 'string' ? title.slice(0, MAX_TITLE) : title,
    description,
    role: firstOf(fields, ['role', 'agent', 'assignee', 'type']) ?? 'generalist',
    complexity: complexityOf(firstOf(fields, ['complexity', 'difficulty', 'tier', 'effort'])),
    dependencies: (Array.isArray(dependencies) ? dependencies : [dependencies]).map(asText),
    split: firstOf(fields, ['split', 'decompose']) ?? false,
  };
}

function firstOf(fields: Fields, names: readonly string[]): unknown {
  const name = names.find((one) => fields[one] !== undefined && fields[one] !== null);
  return name === undefined ? undefined : fields[name];
}

function asText(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : value;
}

function complexityOf(value: unknown): unknown {
  if (value === undefined) return 'medium';
  if (typeof value !== 'string') return value;
  const word = value.trim().toLowerCase();
  if (['simple', 'low', 'easy', 'small', 'trivial'].includes(word)) return 'simple';
  if (['medium', 'moderate', 'normal', 'average'].includes(word)) return 'medium';
  return ['complex', 'high', 'hard', 'large', 'difficult'].includes(word) ? 'complex' : value;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.slice(0, 80) ?? '';
}

/** Reads a plan that has been validated once, as it stands in a task's output. */
export function parsePlan(output: Json): Plan {
  return planSchema.parse(output);
}

/** A plan as it is kept: what is not split says nothing about it, as in plans of older runs. */
export function keptPlan(plan: Plan): Json {
  return { subtasks: plan.subtasks.map(({ split, ...rest }) => (split ? { ...rest, split } : rest)) };
}
