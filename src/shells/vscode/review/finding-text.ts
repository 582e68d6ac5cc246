import type { DismissalReason, Finding, RunResult, TaskResult } from '../../../core/results.ts';
import { parseFindings, type ReportedFinding } from '../../../core/review/findings-schema.ts';
import { asProse, codeSpan, fenced } from '../../../core/review/markdown.ts';
import { formatCost, formatTokens } from '../views/format.ts';

/** What a finding says, Markdown: for its comment thread. Text of models is prose in it, never an image or HTML. */
export function findingBody(finding: Finding, language: string): string {
  const { explanation, suggestion, edit, confidence, outsideChange } = finding;
  const newText = edit?.changes.map((change) => change.newText).join('\n') ?? '';
  const facts = [
    ...(outsideChange ? ['outside the change'] : []),
    `confidence ${Math.round(confidence * 100)} %`,
    ...(finding.verdict === 'unverified' ? [] : [finding.verdict]),
  ];
  return [
    ...(explanation === '' ? [] : [asProse(explanation)]),
    ...(suggestion === '' ? [] : [`**Suggestion:** ${asProse(suggestion)}`]),
    ...(newText === '' ? [] : [fenced(newText, language)]),
    `_${facts.join(' · ')}_`,
  ].join('\n\n');
}

/** All that is known of a finding, as a document: the code, who reported it with which model, and in which words. */
export function evidenceDocument(finding: Finding, result: RunResult | null, language: string): string {
  const { file, startLine, endLine, edit } = finding;
  const place = codeSpan(`${file}:${endLine > startLine ? `${startLine}-${endLine}` : startLine}`);
  const reports = (result?.tasks ?? []).flatMap((task) => reportsOf(task, finding));
  return [
    `# ${asProse(oneLine(finding.title))}`,
    [
      place,
      finding.severity,
      finding.category,
      ...(finding.outsideChange ? ['outside the change'] : []),
      `confidence ${Math.round(finding.confidence * 100)} %`,
    ].join(' · '),
    '## The code',
    fenced(finding.quote, language),
    ...(finding.explanation === '' ? [] : [asProse(finding.explanation)]),
    ...(finding.suggestion === '' ? [] : [`**Suggestion:** ${asProse(finding.suggestion)}`]),
    ...(edit ? ['## The proposed change', fenced(diffOf(finding), 'diff')] : []),
    '## Who says so',
    `${verdictText(finding)} Reported by ${finding.reporters.join(', ')}.`,
    ...reports,
    ...(reports.length === 0 ? ['The answers of the agents are no longer kept.'] : []),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Reasons to dismiss a finding, as they are offered. */
export const DISMISSAL_REASONS: readonly DismissalReason[] = ['false-positive', 'not-worth-it', 'intended', 'other'];

function verdictText({ verdict }: Finding): string {
  switch (verdict) {
    case 'confirmed':
      return 'Another agent looked at it and confirms it.';
    case 'disputed':
      return 'Another agent looked at it and disputes it.';
    case 'refuted':
      return 'Another agent looked at it and refutes it.';
    case 'unverified':
      return 'The quoted code stands in the file; no other agent has checked the claim.';
  }
}

function reportsOf(task: TaskResult, finding: Finding): string[] {
  if (task.status !== 'completed' || !finding.reporters.includes(task.agent)) return [];
  return reportedIn(task)
    .filter((reported) => isAbout(reported, finding))
    .map((reported) => [`### ${task.agent}`, attemptText(task), ...wordsOf(reported)].join('\n\n'));
}

/** Empty for a task whose answer is no list of findings, such as the summary. */
function reportedIn(task: TaskResult): readonly ReportedFinding[] {
  try {
    return parseFindings(task.output);
  } catch {
    return [];
  }
}

function isAbout(reported: ReportedFinding, { quote }: Finding): boolean {
  const [a, b] = [reported.quote, quote].map((text) => text.replace(/\s+/g, ''));
  return a !== undefined && b !== undefined && a !== '' && (a.includes(b) || b.includes(a));
}

function attemptText({ attempts, tokens, costUSD }: TaskResult): string {
  const last = attempts.at(-1);
  const used = tokens.input + tokens.output;
  return [
    ...(last ? [`account ${last.account}`, last.model] : []),
    ...(used > 0 ? [`${formatTokens(used)} tokens for all that it reported`] : []),
    ...(costUSD === null || used === 0 ? [] : [formatCost(costUSD)]),
  ].join(' · ');
}

function wordsOf({ title, explanation, suggestion, severity, confidence }: ReportedFinding): string[] {
  const text = [`${title} (${severity}, ${Math.round(confidence * 100)} %)`, explanation, suggestion]
    .filter((part) => part.trim() !== '')
    .join('\n\n');
  return [
    asProse(text)
      .split('\n')
      .map((line) => `> ${line}`.trimEnd())
      .join('\n'),
  ];
}

/** A quote begins at its first letter; the new text tells how far it is indented. */
function diffOf({ quote, edit }: Finding): string {
  const newLines = (edit?.changes ?? []).flatMap(({ newText }) => (newText === '' ? [] : newText.split('\n')));
  const indent = /^[ \t]*/.exec(newLines[0] ?? '')?.[0] ?? '';
  const removed = `${indent}${quote}`.split('\n').map((line) => `- ${line}`);
  return [...removed, ...newLines.map((line) => `+ ${line}`)].join('\n');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
