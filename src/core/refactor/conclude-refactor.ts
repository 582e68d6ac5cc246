import type { AgentTask } from '../agents/types.ts';
import { withoutRedacted } from '../edits/place-edits.ts';
import type { TaskSpec } from '../graph/types.ts';
import type { FileEdit, TaskResult } from '../results.ts';
import { CHECK_TASK_ID, PLAN_TASK_ID, type RefactorDetail } from './plan-refactor.ts';
import { changesOf, outputsOf, proposalOf } from './proposal.ts';
import { type EditChecks, parseEditChecks, parseRefactorPlan } from './refactor-answers.ts';
import { type CheckedEdit, renderRefactorReport } from './refactor-report.ts';

/** What a refactoring has come to. */
export interface ConcludedRefactor {
  readonly markdown: string;
  /** Empty where nothing should change, or nothing that was proposed held. */
  readonly edits: readonly FileEdit[];
  /** The file as it was, without secrets: no edit touches a line that had one. */
  readonly text: string;
}

/**
 * Makes the result of a refactoring: the edits that can be made and that the checker has not refuted. Where the checker
 * gave no answer they are proposed all the same, and the report says that nobody has checked them.
 */
export function concludeRefactor(ended: {
  readonly tasks: readonly TaskResult[];
  readonly specs: readonly TaskSpec[];
  readonly llm: boolean;
}): ConcludedRefactor {
  const detail = detailOf(ended.specs);
  const tasks = new Map(ended.tasks.map((task) => [task.id, task]));
  const outputs = outputsOf(ended.tasks.map(({ id, status, output }) => ({ taskId: id, status, output })));
  const planOutput = outputs.get(PLAN_TASK_ID);
  const checkOutput = outputs.get(CHECK_TASK_ID);
  const checks = checkOutput === undefined ? null : parseEditChecks(checkOutput);
  const proposal = proposalOf(detail, outputs);
  const checked = proposal.edits.map((edit): CheckedEdit => ({ ...edit, ...verdictOn(edit.number, checks) }));
  const kept = withoutRedacted(
    detail.code,
    checked.filter(({ verdict }) => verdict !== 'refuted'),
  );
  const plan = planOutput === undefined ? null : parseRefactorPlan(planOutput);
  const edits = kept.length === 0 ? [] : [fileEdit(detail, kept, plan?.summary ?? null)];
  const failed = ended.tasks.filter(({ status }) => status !== 'completed');
  const markdown = renderRefactorReport({
    detail,
    plan,
    checks,
    edits: kept,
    refuted: checked.filter((one) => !kept.includes(one)),
    rejected: proposal.rejected,
    failed,
    planFailed: tasks.get(PLAN_TASK_ID)?.status !== 'completed',
    llm: ended.llm,
  });
  return { markdown, edits, text: detail.code.text };
}

function detailOf(specs: readonly TaskSpec[]): RefactorDetail {
  const payload = specs.find(({ id }) => id === PLAN_TASK_ID)?.payload as unknown as AgentTask;
  return payload.detail as unknown as RefactorDetail;
}

/** Of several verdicts on an edit the worst counts; one that is missing leaves it unchecked. */
function verdictOn(number: number, checks: EditChecks | null): Pick<CheckedEdit, 'verdict' | 'remark'> {
  const own = checks?.verdicts.filter(({ edit }) => edit === number) ?? [];
  const worst = (['refuted', 'uncertain', 'accepted'] as const).flatMap(
    (verdict) => own.find((one) => one.verdict === verdict) ?? [],
  )[0];
  return { verdict: worst?.verdict ?? 'unchecked', remark: worst?.remark ?? '' };
}

function fileEdit({ code }: RefactorDetail, edits: readonly CheckedEdit[], summary: string | null): FileEdit {
  const [only] = edits;
  const single = edits.length === 1 && only ? only.edit.why : null;
  return {
    file: code.path,
    baseHash: code.baseHash,
    changes: changesOf(edits, code),
    summary: oneLine(single ?? summary ?? `${edits.length} edits`),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
