import { asData } from '../context/task-context.ts';
import { shortHash } from '../hash.ts';
import type { JsonObject } from '../json.ts';
import type { TaskInput } from '../ports.ts';
import type { DismissedFinding, Finding } from '../results.ts';
import { type Anchor, anchorQuote } from './anchor.ts';
import { rangesWithin } from './changed-lines.ts';
import type { Dismissal } from './dismissals.ts';
import { renderFindingLine } from './finding-lines.ts';
import { parseFindings } from './findings-schema.ts';
import type { SourceFile } from './gathered.ts';
import { addToGroups, type FindingGroup, type LensAnswer, rankOf } from './group-findings.ts';
import type { ReviewDetail } from './plan-review.ts';
import { editOf } from './suggested-edit.ts';

/** The findings of a review. */
export interface MergedFindings {
  /** The worst first, then by file and line. */
  readonly findings: readonly Finding[];
  /** Reported findings whose quote is nowhere in the code: made up, or about something else. */
  readonly dropped: number;
  /** Findings of a review of changes that are left out, because they are about other lines and not severe. */
  readonly outside: number;
  /** Found again although a person dismissed them before. */
  readonly dismissed: readonly DismissedFinding[];
}

/** What mergeFindings looks findings up in. */
export interface MergeContext {
  readonly files: readonly SourceFile[];
  /** Earlier decisions of the person; only dismissals matter here. Default: none. */
  readonly dismissals?: readonly Dismissal[];
}

/**
 * Anchors, merges and orders what the reviewers reported. Pure: the same answers give the same findings, ids included.
 * Lines come from the quote, never from the model. Findings merge that overlap and are titled alike, and those of one
 * category at the same place by different reviewers: one reviewer who reports two things there means two things. A merged
 * finding has the highest severity and confidence, the most detailed wording and all reporters. In a review of changes a
 * finding in lines that have not changed is kept, and marked, only where it is at least of high severity.
 */
export function mergeFindings(
  answers: readonly LensAnswer[],
  { files, dismissals = [] }: MergeContext,
): MergedFindings {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const groups: FindingGroup[] = [];
  let dropped = 0;
  for (const answer of answers) {
    const shown = answer.paths.flatMap((path) => byPath.get(path) ?? []);
    for (const reported of parseFindings(answer.output)) {
      const anchor = anchorQuote(reported.quote, reported, shown);
      if (anchor === null) dropped++;
      else addToGroups(groups, reported, anchor, answer);
    }
  }
  // Fingerprints are given before anything is left out, so that they do not depend on what is.
  const all = withIds(groups.map(findingOf).sort(compareFindings));
  const kept = all.filter(({ outsideChange, severity }) => !outsideChange || rankOf(severity) <= rankOf('high'));
  const byFingerprint = new Map(dismissals.map((dismissal) => [dismissal.fingerprint, dismissal]));
  return {
    findings: kept.filter(({ fingerprint }) => !byFingerprint.has(fingerprint)),
    dropped,
    outside: all.length - kept.length,
    dismissed: kept.flatMap((finding) => {
      const dismissal = byFingerprint.get(finding.fingerprint);
      if (!dismissal) return [];
      const { reason, note, at } = dismissal;
      return [{ finding, reason, note, at }];
    }),
  };
}

/**
 * What the summary is told of the reviews before it: the anchored, merged findings, and which reviews have no result.
 * `detail` is that of the summary task.
 */
export function findingsContext(inputs: readonly TaskInput[], detail: JsonObject | null): string {
  const { lenses, ...context } = detail as unknown as ReviewDetail;
  const completed = new Map(inputs.filter(({ status }) => status === 'completed').map((one) => [one.taskId, one]));
  const answers = lenses.flatMap((lens) => {
    const input = completed.get(lens.taskId);
    return input ? [{ ...lens, output: input.output }] : [];
  });
  const { findings, dropped } = mergeFindings(answers, context);
  const missing = inputs.filter(({ taskId }) => !completed.has(taskId));
  return [
    '# Findings of the review',
    asData(findings.length === 0 ? 'None.' : findings.map(renderFindingLine).join('\n')),
    ...(dropped > 0 ? [`${dropped} more were dropped because their quotes are not in the code.`] : []),
    ...(missing.length > 0
      ? [
          `# Reviews without a result\n\n${missing.map(({ description, status }) => `- ${description}: ${status}`).join('\n')}`,
        ]
      : []),
  ].join('\n\n');
}

function findingOf(group: FindingGroup): Finding {
  const { anchor, best } = group;
  return {
    id: '',
    ...quotedPart(anchor),
    severity: group.severity,
    category: group.category,
    title: best.title.replace(/\s+/g, ' ').trim(),
    explanation: best.explanation.trim(),
    suggestion: best.suggestion.trim(),
    edit: editOf(best, anchor),
    confidence: group.confidence,
    reporters: [...group.reporters],
    verdict: 'unverified',
    fingerprint: '',
    ...(isOutsideChange(anchor) ? { outsideChange: true } : {}),
  };
}

function isOutsideChange({ file, startLine, endLine }: Anchor): boolean {
  return file.changed !== undefined && rangesWithin(file.changed, startLine, endLine).length === 0;
}

/**
 * The quote and its lines. What was redacted reads otherwise in the file, so the quote is the longest part without it: a
 * quote has to stand in the file for those who look it up there.
 */
function quotedPart({
  file,
  start,
  end,
  startLine,
}: Anchor): Pick<Finding, 'file' | 'startLine' | 'endLine' | 'quote'> {
  const whole = file.text.slice(start, end);
  const parts = whole.split(/\[redacted [a-z ]+\]/).map((part) => part.trim());
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  const quote = longest === '' ? whole : longest;
  const before = whole.slice(0, whole.indexOf(quote));
  const firstLine = startLine + lineBreaks(before);
  return { file: file.path, startLine: firstLine, endLine: firstLine + lineBreaks(quote), quote };
}

function lineBreaks(text: string): number {
  return text.split('\n').length - 1;
}

/**
 * Fingerprints hold while lines move and white space changes. Findings that would share one (the same code twice in a file)
 * are numbered in their order.
 */
function withIds(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const key = JSON.stringify([finding.file, finding.category, finding.quote.replace(/\s+/g, ' ')]);
    const earlier = seen.get(key) ?? 0;
    seen.set(key, earlier + 1);
    const fingerprint = shortHash(earlier === 0 ? key : `${key} ${earlier}`);
    return { ...finding, id: `f-${fingerprint}`, fingerprint };
  });
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    rankOf(a.severity) - rankOf(b.severity) ||
    Number(a.outsideChange ?? false) - Number(b.outsideChange ?? false) ||
    compareText(a.file, b.file) ||
    a.startLine - b.startLine ||
    compareText(a.category, b.category) ||
    compareText(a.title, b.title)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
