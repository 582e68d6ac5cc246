import { agentTaskSpec } from '../agents/agent-task-spec.ts';
import type { AgentTask, CallSettings } from '../agents/types.ts';
import type { EditBase } from '../edits/place-edits.ts';
import type { TargetCode } from '../edits/read-target.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { Json, JsonObject } from '../json.ts';
import { REFACTOR_CHECKER, REFACTOR_EDITOR, REFACTOR_PLANNER } from './refactor-agents.ts';
import { parseRefactorPlan } from './refactor-answers.ts';
import { checkPrompt, editPrompt, planPrompt } from './refactor-prompts.ts';
import { sectionsOf } from './sections.ts';

/** Id of the task that every refactoring begins with. */
export const PLAN_TASK_ID = 'plan';
/** Id of the task that a refactoring with edits ends with. */
export const CHECK_TASK_ID = 'check';

/** `AgentTask.detail` of planner and checker: what the run is about. */
export interface RefactorDetail {
  readonly type: 'refactor';
  readonly code: TargetCode;
  /** Without secrets; null: none were named. */
  readonly goals: string | null;
}

/** Id of the task that edits a section. */
export function editTaskId(index: number): string {
  return `edit-${index + 1}`;
}

/** The first graph of a refactoring: the plan, whose answer adds the rest. */
export function planRefactor(code: TargetCode, goals: string | null, call: CallSettings): TaskSpec[] {
  const detail: RefactorDetail = { type: 'refactor', code, goals };
  const task = agentTask(REFACTOR_PLANNER, planPrompt(code, goals), detail, call);
  return [
    agentTaskSpec(
      PLAN_TASK_ID,
      'Plan the refactoring',
      [],
      { ...task, output: 'refactor-plan', purpose: 'decomposition', context: 'none' },
      { onError: 'fail' },
    ),
  ];
}

/**
 * The tasks that a plan adds: an editor for each section, all at once, then the check of all their edits. None where there
 * is nothing to change. An editor that fails lets the check go on with the edits of the others; the conclusion says so.
 */
export function extendRefactor(output: Json, planTask: AgentTask): TaskSpec[] {
  if (parseRefactorPlan(output).steps.length === 0) return [];
  const detail = planTask.detail as unknown as RefactorDetail;
  const { code, goals } = detail;
  const sections = sectionsOf(code);
  const edits = sections.map((base, index) => {
    const task = agentTask(REFACTOR_EDITOR, editPrompt(code, base, goals), base, planTask.call);
    const { first, last } = base.allowed;
    const where = sections.length === 1 ? '' : `, lines ${first}-${last}`;
    return agentTaskSpec(editTaskId(index), `Edit ${code.path}${where}`, [PLAN_TASK_ID], {
      ...task,
      output: 'edits',
      purpose: 'subtask',
      context: 'full',
    });
  });
  const check = agentTask(REFACTOR_CHECKER, checkPrompt(code, goals), detail, planTask.call);
  return [
    ...edits,
    agentTaskSpec(
      CHECK_TASK_ID,
      'Check each edit',
      edits.map(({ id }) => id),
      { ...check, output: 'edit-checks', purpose: 'review', context: 'proposal', judges: true },
    ),
  ];
}

function agentTask(
  agent: AgentTask['agent'],
  prompt: string,
  detail: RefactorDetail | EditBase,
  call: CallSettings,
): Omit<AgentTask, 'output' | 'purpose' | 'context'> {
  return {
    agent,
    prompt,
    tier: agent.tier,
    model: null,
    maxTokens: null,
    detail: detail as unknown as JsonObject,
    call,
  };
}
