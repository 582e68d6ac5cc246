import { divideShare } from '../agents/budget-share.ts';
import type { BudgetShare } from '../agents/types.ts';
import type { Tier } from '../model.ts';
import type { PlannedSubTask } from './plan-schema.ts';

/** How far super-agents may go down from here. */
export interface Nesting {
  /** Levels of super-agents below this one that are still allowed; 0: its sub-tasks are not split. */
  readonly levels: number;
  /** Tasks that may be added below this one, at all levels together. */
  readonly tasks: number;
}

/** What a planned sub-task gets of what its super-agent has. */
export interface Part {
  /** Null: one agent does it. */
  readonly nesting: Nesting | null;
  /** Undefined: the whole run's budget, nothing is divided. */
  readonly share: BudgetShare | undefined;
}

/** The parts of all sub-tasks, and the share that stays for merging. */
export interface Parts {
  readonly parts: readonly Part[];
  readonly share: BudgetShare | undefined;
}

/** What each of two super-agents beside each other gets. */
export function halved({ levels, tasks }: Nesting): Nesting {
  return { levels: Math.max(0, levels - 1), tasks: Math.floor(tasks / 2) };
}

/** Fewest tasks that a super-agent is worth. */
const MIN_TASKS = 2;
/** How much of the budget a task is taken to need, by its tier; a merge is a complex one. */
const WEIGHTS: Readonly<Record<Tier, number>> = { simple: 1, medium: 2, complex: 4 };
/** A sub-task that is split needs a plan, several tasks and a merge. */
const SPLIT_WEIGHT = 4;

/**
 * Divides what a super-agent has among its sub-tasks: those that its plan wants to be split become super-agents while depth and
 * number of tasks allow it, each with its own part of both and of the budget. `ids` are the task ids, in the order of the plan.
 */
export function divide(
  subtasks: readonly PlannedSubTask[],
  ids: readonly string[],
  { nesting, share }: { readonly nesting: Nesting | undefined; readonly share: BudgetShare | undefined },
  owner: string,
): Parts {
  const wanted = subtasks.filter(({ split }) => split).length;
  const each = nesting === undefined || wanted === 0 ? 0 : Math.floor((nesting.tasks - subtasks.length) / wanted);
  const allowed = nesting !== undefined && nesting.levels > 0 && each >= MIN_TASKS;
  if (!allowed) return { parts: subtasks.map(() => ({ nesting: null, share })), share };
  const weights = subtasks.map(({ split, complexity }, index) => ({
    task: ids[index] ?? '',
    weight: WEIGHTS[complexity] * (split ? SPLIT_WEIGHT : 1),
    borrows: split,
  }));
  const merge = { task: '', weight: WEIGHTS.complex, borrows: false };
  const { own, lent } = divideShare(share ?? { owner, fraction: 1, lent: [] }, [...weights, merge]);
  const parts = subtasks.map(({ split }, index): Part => {
    const levels = nesting.levels - 1;
    return split
      ? { nesting: { levels, tasks: each }, share: lent.get(ids[index] ?? '') }
      : { nesting: null, share: own };
  });
  return { parts, share: own };
}
