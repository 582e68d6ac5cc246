import {
  type Coverage,
  type DismissedFinding,
  type Finding,
  type RunResult,
  SEVERITIES,
  type Severity,
} from '../../../core/results.ts';
import { reasonText } from '../../../core/review/report.ts';
import { count } from '../format.ts';
import { displayWidth, wrap } from '../layout.ts';
import { oneLine } from '../sanitize.ts';
import type { Paint, Style } from '../style.ts';

/** The looks and the room of the text. */
export interface TextFrame {
  readonly style: Style;
  readonly columns: number;
  /** List what was dismissed earlier; else it is counted. Default: false. */
  readonly showDismissed?: boolean;
}

/** Longer lists of paths are counted; the document has them all. */
const MAX_PATHS = 10;
const INDENT = '      ';

/** A review for people at a terminal: findings by severity, what was and was not looked at, where to find the rest. */
export function reviewText(result: RunResult, frame: TextFrame): string[] {
  const { findings = [], coverage, llm } = result;
  const { style } = frame;
  const lines: string[] = [];
  for (const severity of SEVERITIES) {
    const group = findings.filter((finding) => finding.severity === severity);
    if (group.length === 0) continue;
    lines.push(
      paintOf(severity, style)(style.bold(`${severity} (${group.length})`)),
      ...group.flatMap((one) => findingLines(one, frame)),
      '',
    );
  }
  lines.push(...dismissedLines(result.dismissed ?? [], frame));
  lines.push(style.bold(summaryOf(findings)));
  if (!llm) lines.push(style.dim('By the offline reviewer: rules, no language model.'));
  if (coverage) lines.push(...coverageLines(coverage, frame));
  if (result.documentId !== null) lines.push(style.dim(`Document ${result.documentId}, run ${result.runId}`));
  else lines.push(style.dim(`Run ${result.runId}`));
  return lines;
}

function findingLines(finding: Finding, { style, columns }: TextFrame): string[] {
  const place = `${oneLine(finding.file)}:${finding.startLine}`;
  const title = oneLine(finding.title);
  const severity = paintOf(finding.severity, style)(finding.severity);
  const marks = [
    finding.verdict === 'unverified' ? '' : finding.verdict,
    finding.outsideChange ? 'outside the change' : '',
  ];
  const verdict = marks.map((mark) => (mark === '' ? '' : ` [${mark}]`)).join('');
  const head = displayWidth(place) + finding.severity.length + displayWidth(title) + verdict.length + 6;
  // Where place and title do not fit side by side the title gets lines of its own.
  const first =
    head <= columns
      ? [`  ${style.cyan(place)}  ${severity}  ${style.bold(title)}${style.dim(verdict)}`]
      : [
          `  ${style.cyan(place)}  ${severity}${style.dim(verdict)}`,
          ...wrap(title, columns - INDENT.length).map((line) => INDENT + style.bold(line)),
        ];
  const body = (text: string) => wrap(oneLine(text), columns - INDENT.length).map((line) => INDENT + line);
  const explanation = finding.explanation.trim() === '' ? [] : body(finding.explanation);
  const suggestion = finding.suggestion.trim() === '' ? [] : body(`Fix: ${finding.suggestion}`);
  return [...first, ...explanation, ...suggestion.map(style.dim)];
}

function dismissedLines(dismissed: readonly DismissedFinding[], frame: TextFrame): string[] {
  const { style } = frame;
  if (dismissed.length === 0) return [];
  if (!frame.showDismissed)
    return [style.dim(`${count(dismissed.length, 'finding')} dismissed earlier (--show-dismissed lists them).`), ''];
  const lines = dismissed.flatMap(({ finding, ...why }) => [
    ...findingLines(finding, frame),
    style.dim(`${INDENT}Dismissed: ${oneLine(reasonText(why))}`),
  ]);
  return [style.dim(`dismissed earlier (${dismissed.length})`), ...lines, ''];
}

function summaryOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No findings.';
  const files = new Set(findings.map(({ file }) => file)).size;
  const parts = SEVERITIES.map((severity) => ({
    severity,
    amount: findings.filter((one) => one.severity === severity).length,
  }));
  const bySeverity = parts.filter(({ amount }) => amount > 0).map(({ severity, amount }) => `${amount} ${severity}`);
  return `${count(findings.length, 'finding')} in ${count(files, 'file')}: ${bySeverity.join(', ')}.`;
}

function coverageLines(coverage: Coverage, { style, columns }: TextFrame): string[] {
  const { reviewed, skipped, truncated, failed, complete } = coverage;
  const state = complete ? style.green('complete') : style.red('not complete');
  const lines = [
    `Coverage ${state}: ${count(reviewed.length, 'file')} reviewed${skipped.length > 0 ? `, ${skipped.length} left out` : ''}.`,
  ];
  const list = (title: string, entries: Coverage['skipped'], paint: Paint) => {
    if (entries.length === 0) return;
    lines.push(`  ${title}:`);
    for (const { path, reason } of entries.slice(0, MAX_PATHS)) {
      lines.push(...wrap(`${oneLine(path)}: ${oneLine(reason)}`, columns - 4).map((line) => paint(`    ${line}`)));
    }
    if (entries.length > MAX_PATHS)
      lines.push(style.dim(`    … and ${entries.length - MAX_PATHS} more, listed in the document`));
  };
  list('Not reviewed', failed, style.red);
  list('Only in part', truncated, style.yellow);
  list('Left out', skipped, style.dim);
  return lines;
}

function paintOf(severity: Severity, style: Style): Paint {
  switch (severity) {
    case 'critical':
      return style.magenta;
    case 'high':
      return style.red;
    case 'medium':
      return style.yellow;
    case 'low':
      return style.cyan;
    case 'info':
      return style.dim;
  }
}
