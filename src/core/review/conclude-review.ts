import type { TaskSpec } from '../graph/types.ts';
import type { Coverage, DismissedFinding, Finding, TaskResult } from '../results.ts';
import type { GatherReport, PathReason } from './gathered.ts';
import { ruleLanguage } from './languages.ts';
import { mergeFindings } from './merge-findings.ts';
import { type PlannedLens, reviewDetail, SUMMARY_TASK_ID } from './plan-review.ts';
import { renderReport } from './report.ts';

/** What a review has come to. */
export interface ConcludedReview {
  readonly findings: readonly Finding[];
  /** Found again, but dismissed by the person before. */
  readonly dismissed: readonly DismissedFinding[];
  readonly coverage: Coverage;
  readonly markdown: string;
}

/** The ended tasks of a review, also of one that was cancelled or interrupted half-way. */
export interface EndedReview {
  readonly tasks: readonly TaskResult[];
  readonly specs: readonly TaskSpec[];
  readonly gathered: GatherReport;
  /** False when no language model took part. */
  readonly llm: boolean;
}

/**
 * Makes the result of a review. Every file that was gathered is in exactly one list of the coverage: `failed` when any
 * lens over any part of it has no result, `skipped` when only the built-in rules looked and do not know its language,
 * else `reviewed`. Complete is only what has no file in `failed` or `truncated`, and at least one in `reviewed`.
 */
export function concludeReview({ tasks, specs, gathered, llm }: EndedReview): ConcludedReview {
  const detail = reviewDetail(specs);
  const results = new Map(tasks.map((task) => [task.id, task]));
  const lenses = detail?.lenses ?? [];
  const answers = lenses.flatMap((lens) => {
    const task = results.get(lens.taskId);
    return task?.status === 'completed' ? [{ ...lens, output: task.output }] : [];
  });
  const merged = mergeFindings(answers, detail ?? { files: [] });
  const coverage = coverageOf(gathered, lenses, results);
  const languages = new Map(gathered.files.map(({ path, languageId }) => [path, languageId]));
  const markdown = renderReport({ ...merged, coverage, llm, languages, summary: results.get(SUMMARY_TASK_ID) });
  return { findings: merged.findings, dismissed: merged.dismissed, coverage, markdown };
}

function coverageOf(
  gathered: GatherReport,
  lenses: readonly PlannedLens[],
  results: ReadonlyMap<string, TaskResult>,
): Coverage {
  const reviewed: string[] = [];
  const skipped: PathReason[] = [...gathered.skipped];
  const failed: PathReason[] = [...gathered.failed];
  const byPath = new Map<string, PlannedLens[]>();
  for (const lens of lenses) {
    for (const path of lens.paths) byPath.set(path, [...(byPath.get(path) ?? []), lens]);
  }
  for (const { path, languageId } of gathered.files) {
    const own = byPath.get(path) ?? [];
    const missing = own.filter(({ taskId }) => results.get(taskId)?.status !== 'completed');
    if (missing.length > 0 || own.length === 0) failed.push({ path, reason: reasonOf(missing, results) });
    else if (ruleLanguage(languageId) === null && own.every(({ taskId }) => byRules(results.get(taskId)))) {
      skipped.push({ path, reason: `the built-in rules do not know ${languageId}; a language model is needed` });
    } else reviewed.push(path);
  }
  const { truncated } = gathered;
  const complete = failed.length === 0 && truncated.length === 0 && reviewed.length > 0;
  return { reviewed, skipped: skipped.sort(byPathName), truncated, failed: failed.sort(byPathName), complete };
}

/** True when the offline provider gave the answer. */
function byRules(task: TaskResult | undefined): boolean {
  return task?.attempts.at(-1)?.model.startsWith('offline/') ?? false;
}

/** `security: the key was refused; tests: cancelled`, each cause once. */
function reasonOf(missing: readonly PlannedLens[], results: ReadonlyMap<string, TaskResult>): string {
  const lensesByCause = new Map<string, Set<string>>();
  for (const { taskId, lens } of missing) {
    const cause = causeOf(results.get(taskId));
    lensesByCause.set(cause, (lensesByCause.get(cause) ?? new Set()).add(lens));
  }
  if (lensesByCause.size === 0) return 'it was not planned';
  return [...lensesByCause].map(([cause, lenses]) => `${[...lenses].join(', ')}: ${cause}`).join('; ');
}

function causeOf(task: TaskResult | undefined): string {
  if (task?.error) return task.error.message;
  const status = task?.status ?? 'pending';
  return status === 'cancelled' || status === 'skipped' ? status : 'not finished';
}

function byPathName(a: PathReason, b: PathReason): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
