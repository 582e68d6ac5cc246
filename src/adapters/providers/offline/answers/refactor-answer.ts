import { parseNumberedFiles } from '../../../../core/context/numbered-files.ts';
import type { ProposedEdit } from '../../../../core/edits/proposed-edit.ts';
import type { EditChecks, RefactorPlan } from '../../../../core/refactor/refactor-answers.ts';
import { parseAllowedLines } from '../../../../core/refactor/refactor-prompts.ts';
import { refactorWithRules } from '../refactoring/refactor-with-rules.ts';

/** The planner by rule: one step for each rule that would change something. */
export function refactorPlanAnswer(prompt: string): RefactorPlan {
  const [file] = parseNumberedFiles(prompt) ?? [];
  // Only an outline: each part is looked at when it is edited.
  if (!file) {
    const step = { title: 'Look for safe changes part by part.', why: 'The file is long.', line: null };
    return { summary: 'The rules look at each part of the file.', steps: [step], risks: [] };
  }
  const edits = refactorWithRules(file, parseAllowedLines(prompt));
  const byReason = new Map<string, ProposedEdit[]>();
  for (const edit of edits) byReason.set(edit.why, [...(byReason.get(edit.why) ?? []), edit]);
  const steps = [...byReason].map(([title, own]) => {
    const why = own.length === 1 ? 'In one place.' : `In ${own.length} places.`;
    return { title, why, line: own.length === 1 ? (own[0]?.line ?? null) : null };
  });
  const summary =
    steps.length === 0
      ? 'The built-in rules find nothing that they could change safely.'
      : `Safe changes by rule in ${edits.length === 1 ? 'one place' : `${edits.length} places`}.`;
  return { summary, steps, risks: [] };
}

/** The editor by rule. */
export function editsAnswer(prompt: string): { readonly edits: readonly ProposedEdit[] } {
  const [file] = parseNumberedFiles(prompt) ?? [];
  return { edits: file ? refactorWithRules(file, parseAllowedLines(prompt)) : [] };
}

/** An edit as the checker's prompt shows it: its number, and its reason as data. */
const EDIT = /^## Edit (\d+), [^\n]*\n\n<data-([0-9a-f]{8})>\n([\s\S]*?)\n<\/data-\2>/gm;

/** The checker by rule: it knows what the rules themselves would do, which keeps the behaviour; others it cannot judge. */
export function editChecksAnswer(prompt: string): EditChecks {
  const own = new Set(
    (parseNumberedFiles(prompt) ?? []).flatMap((file) => refactorWithRules(file, null)).map(({ why }) => why),
  );
  const verdicts = [...prompt.matchAll(EDIT)].map(([, number, , why = '']) =>
    own.has(why)
      ? { edit: Number(number), verdict: 'accepted' as const, remark: 'Such a change keeps the behaviour, by rule.' }
      : { edit: Number(number), verdict: 'uncertain' as const, remark: 'There is no rule that could judge it.' },
  );
  return { verdicts, summary: 'Checked by rule; no language model has looked at the edits.' };
}
