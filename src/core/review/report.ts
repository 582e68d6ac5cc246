import type { Coverage, DismissalReason, DismissedFinding, Finding, TaskResult } from '../results.ts';
import { SEVERITIES, type Severity } from '../results.ts';
import type { PathReason } from './gathered.ts';
import { asProse, codeSpan, fenced } from './markdown.ts';

/** What the report tells. */
export interface ReportParts {
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  /** Findings whose quote is nowhere in the code. */
  readonly dropped: number;
  /** Findings outside of the change that are not severe enough to be shown. */
  readonly outside: number;
  readonly dismissed: readonly DismissedFinding[];
  readonly llm: boolean;
  /** Language of each file, for the fences. */
  readonly languages: ReadonlyMap<string, string>;
  readonly summary: TaskResult | undefined;
}

const HEADINGS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Notes',
};

/** The report of a review, Markdown. What was not reviewed comes first where there is any: it must not read as clean. */
export function renderReport(parts: ReportParts): string {
  const { coverage, findings } = parts;
  const sections = SEVERITIES.map((severity) => severitySection(severity, parts)).filter((section) => section !== '');
  const coverageText = coverageSection(coverage);
  return [
    '# Code review',
    headline(parts),
    ...(parts.llm ? [] : ['No language model was used: these are the built-in rules of the offline reviewer.']),
    ...(coverage.complete ? [] : [coverageText]),
    ...summarySection(parts.summary, findings.length),
    ...sections,
    ...dismissedSection(parts.dismissed),
    ...notes(parts),
    ...(coverage.complete ? [coverageText] : []),
  ].join('\n\n');
}

function headline({ findings, coverage }: ReportParts): string {
  const { reviewed, complete, failed, truncated } = coverage;
  const files = count(reviewed.length, 'file');
  const counts = SEVERITIES.map(
    (severity) => [severity, findings.filter((one) => one.severity === severity).length] as const,
  )
    .filter(([, amount]) => amount > 0)
    .map(([severity, amount]) => `${amount} ${severity}`);
  const found = findings.length === 0 ? 'No findings' : `${count(findings.length, 'finding')} (${counts.join(', ')})`;
  if (complete) return `**${found} in ${files}.**`;
  const missing = failed.length + truncated.length;
  if (reviewed.length === 0 && missing === 0) return `**Nothing was reviewed.** ${found}.`;
  return `**This review is incomplete: ${count(missing, 'path')} not or not wholly reviewed.** ${found} in what was looked at (${files} wholly).`;
}

function coverageSection({ reviewed, skipped, truncated, failed, complete }: Coverage): string {
  return [
    '## Coverage',
    complete
      ? 'Every file in the scope was reviewed, except what was left out on purpose.'
      : 'Not everything was reviewed.',
    ...reasonList('Not reviewed, or not by every reviewer', failed),
    ...reasonList('Did not fit', truncated),
    ...reasonList('Left out on purpose', skipped),
    `Reviewed (${reviewed.length}): ${reviewed.length === 0 ? 'none' : reviewed.map(codeSpan).join(', ')}`,
  ].join('\n\n');
}

/** One line for each reason, because a hundred files may share one. */
function reasonList(title: string, entries: readonly PathReason[]): string[] {
  if (entries.length === 0) return [];
  const pathsByReason = new Map<string, string[]>();
  for (const { path, reason } of entries) pathsByReason.set(reason, [...(pathsByReason.get(reason) ?? []), path]);
  const lines = [...pathsByReason].map(
    ([reason, paths]) => `- ${asProse(oneLine(reason))}: ${paths.map(codeSpan).join(', ')}`,
  );
  return [`${title} (${entries.length}):\n\n${lines.join('\n')}`];
}

function summarySection(summary: TaskResult | undefined, findings: number): string[] {
  if (summary?.status === 'completed' && typeof summary.output === 'string') {
    return [`## Summary\n\n${asProse(demoteHeadings(summary.output.trim()))}`];
  }
  if (findings === 0) return [];
  const reason = summary?.error ? `: ${oneLine(summary.error.message)}` : '.';
  return [`## Summary\n\nThere is no summary${asProse(reason)}`];
}

/** Headings of a summary are below its own. */
function demoteHeadings(text: string): string {
  return text.replace(/^(#{1,4})(?= )/gm, '##$1');
}

function severitySection(severity: Severity, { findings, languages }: ReportParts): string {
  const own = findings.filter((finding) => finding.severity === severity);
  if (own.length === 0) return '';
  const items = own.map((finding) => findingSection(finding, languages.get(finding.file) ?? ''));
  return [`## ${HEADINGS[severity]} (${own.length})`, ...items].join('\n\n');
}

function findingSection(finding: Finding, language: string): string {
  const { file, startLine, endLine, edit } = finding;
  const place = codeSpan(`${file}:${endLine > startLine ? `${startLine}-${endLine}` : startLine}`);
  const facts = [
    place,
    finding.category,
    ...(finding.outsideChange ? ['outside the change'] : []),
    `confidence ${Math.round(finding.confidence * 100)} %`,
    finding.reporters.join(', '),
  ];
  const newText = edit?.changes.map((change) => change.newText).join('\n') ?? null;
  return [
    `### ${asProse(oneLine(finding.title))}`,
    facts.join(' · '),
    fenced(finding.quote, language),
    ...(finding.explanation === '' ? [] : [asProse(finding.explanation)]),
    ...(finding.suggestion === '' ? [] : [`**Suggestion:** ${asProse(finding.suggestion)}`]),
    ...(newText === null || newText === '' ? [] : [fenced(newText, language)]),
  ].join('\n\n');
}

const REASONS: Readonly<Record<DismissalReason, string>> = {
  'false-positive': 'false positive',
  'not-worth-it': 'not worth it',
  intended: 'intended',
  other: 'other reason',
};

/** Why a finding was dismissed, for people. */
export function reasonText({ reason, note }: Pick<DismissedFinding, 'reason' | 'note'>): string {
  return note === null ? REASONS[reason] : `${REASONS[reason]}: ${oneLine(note)}`;
}

function dismissedSection(dismissed: readonly DismissedFinding[]): string[] {
  if (dismissed.length === 0) return [];
  const lines = dismissed.map(({ finding, ...why }) => {
    const { file, startLine, severity, title } = finding;
    return `- ${codeSpan(`${file}:${startLine}`)} ${asProse(oneLine(title))} (${severity}; ${asProse(reasonText(why))})`;
  });
  return [`## Dismissed earlier (${dismissed.length})`, lines.join('\n')];
}

function notes({ dropped, outside }: ReportParts): string[] {
  const lines = [
    ...(dropped > 0
      ? [`${count(dropped, 'reported finding')} left out: the code quoted there is not in the files.`]
      : []),
    ...(outside > 0
      ? [`${count(outside, 'finding')} of medium or lower severity left out: about lines that have not changed.`]
      : []),
  ];
  return lines.length === 0 ? [] : [lines.join('\n\n')];
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
