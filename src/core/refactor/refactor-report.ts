import type { RejectedEdit } from '../edits/place-edits.ts';
import type { TaskResult } from '../results.ts';
import { asProse, codeSpan, fenced } from '../review/markdown.ts';
import type { RefactorDetail } from './plan-refactor.ts';
import { diffOf, type NumberedEdit, placeName } from './proposal.ts';
import type { EditChecks, RefactorPlan } from './refactor-answers.ts';

/** An edit with what the checker says of it; `unchecked`: nothing. */
export interface CheckedEdit extends NumberedEdit {
  readonly verdict: 'accepted' | 'refuted' | 'uncertain' | 'unchecked';
  readonly remark: string;
}

/** What the report tells. */
export interface RefactorReport {
  readonly detail: RefactorDetail;
  readonly plan: RefactorPlan | null;
  readonly checks: EditChecks | null;
  /** Proposed. */
  readonly edits: readonly CheckedEdit[];
  readonly refuted: readonly CheckedEdit[];
  readonly rejected: readonly RejectedEdit[];
  /** Tasks that did not complete. */
  readonly failed: readonly TaskResult[];
  readonly planFailed: boolean;
  readonly llm: boolean;
}

/** The report of a refactoring, Markdown. */
export function renderRefactorReport(report: RefactorReport): string {
  const { detail, plan, edits, llm } = report;
  return [
    `# Refactoring of ${codeSpan(detail.code.path)}`,
    `**${headline(report)}**`,
    ...(llm ? [] : ['No language model was used: these are the built-in rules, which know a few safe changes only.']),
    ...failures(report.failed),
    `## Goals\n\n${detail.goals === null ? 'None were named: readability without a change of behaviour.' : asProse(quoted(detail.goals))}`,
    ...(plan === null ? [] : planSection(plan)),
    ...(edits.length === 0 ? [] : [`## Edits (${edits.length})`, ...edits.map((edit) => editSection(edit, detail))]),
    ...notTaken(report),
    ...(report.checks && report.checks.summary.trim() !== ''
      ? [`## Check\n\n${asProse(report.checks.summary.trim())}`]
      : []),
  ].join('\n\n');
}

function headline({ edits, refuted, rejected, plan, planFailed }: RefactorReport): string {
  const left = refuted.length + rejected.length;
  if (edits.length > 0) {
    const unchecked = edits.filter(({ verdict }) => verdict === 'unchecked').length;
    const note =
      unchecked === 0
        ? ''
        : unchecked === edits.length
          ? ' Nobody has checked them.'
          : ` ${unchecked} of them nobody has checked.`;
    return `${count(edits.length, 'edit')} proposed${left > 0 ? `, ${left} not taken` : ''}.${note}`;
  }
  if (left > 0) return `Nothing is proposed: none of ${count(left, 'edit')} held.`;
  if (planFailed) return 'Nothing is proposed: there is no plan.';
  return plan?.steps.length === 0 ? 'Nothing to improve was found.' : 'Nothing is proposed: no edit was made.';
}

function failures(failed: readonly TaskResult[]): string[] {
  if (failed.length === 0) return [];
  const lines = failed.map(({ description, error, status }) => {
    return `- ${asProse(description)}: ${asProse(error?.message ?? `It was ${status}.`)}`;
  });
  return [`## Not done\n\n${lines.join('\n')}`];
}

function planSection({ summary, steps, risks }: RefactorPlan): string[] {
  const numbered = steps.map(({ title, why, line }, index) => {
    const place = line === null ? '' : ` (line ${line})`;
    return `${index + 1}. ${asProse(oneLine(title))}${place}${why === '' ? '' : `: ${asProse(oneLine(why))}`}`;
  });
  const dangers = risks.map((risk) => `- ${asProse(oneLine(risk))}`);
  return [
    [
      `## Plan\n\n${asProse(summary.trim())}`,
      ...(numbered.length > 0 ? [numbered.join('\n')] : []),
      ...(dangers.length > 0 ? [`Risks:\n\n${dangers.join('\n')}`] : []),
    ].join('\n\n'),
  ];
}

function editSection(edit: CheckedEdit, { code }: RefactorDetail): string {
  const remark = edit.remark === '' ? '' : `: ${asProse(oneLine(edit.remark))}`;
  return [
    `### ${edit.number}. ${asProse(oneLine(edit.edit.why))}`,
    `${codeSpan(code.path)}, ${placeName(edit)} · ${edit.verdict}${remark}`,
    fenced(diffOf(edit, code).trimEnd(), 'diff'),
  ].join('\n\n');
}

function notTaken({ refuted, rejected }: RefactorReport): string[] {
  const lines = [
    ...refuted.map((edit) => {
      const reason =
        edit.verdict === 'refuted' ? `refuted: ${edit.remark || 'no reason given'}` : 'beside a removed secret';
      return `- ${asProse(oneLine(edit.edit.why))} (${placeName(edit)}): ${asProse(oneLine(reason))}`;
    }),
    ...rejected.map(({ edit, reason }) => {
      const place = edit.line === null ? '' : ` (line ${edit.line})`;
      return `- ${asProse(oneLine(edit.why))}${place}: ${reason}.`;
    }),
  ];
  return lines.length === 0 ? [] : [`## Not taken (${lines.length})\n\n${lines.join('\n')}`];
}

function quoted(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
