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

/** The checker by rule: it knows the rules' own edits only, which keep the behaviour; about others it says nothing. */
export function editChecksAnswer(prompt: string): EditChecks {
  const numbers = [...prompt.matchAll(/^## Edit (\d+), /gm)].map((match) => Number(match[1]));
  const verdicts = numbers.map((edit) => {
    return { edit, verdict: 'uncertain' as const, remark: 'Checked by rule only: brackets, place, exported names.' };
  });
  return { verdicts, summary: 'The edits were checked by rule only; no language model has looked at them.' };
}
