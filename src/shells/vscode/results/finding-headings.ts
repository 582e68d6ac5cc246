import type { Finding } from '../../../core/results.ts';
import { codeSpan } from '../../../core/review/markdown.ts';

/** Lines between a finding's heading and the line that names its place. */
const HEADING_ABOVE = 2;

/**
 * The lines (0-based) of the headings of findings in a report of a review, in the order of the findings, which is that of the
 * report; null where one is not found. Text of models between them is never taken for one: the place has to be there.
 */
export function findingHeadings(report: string, findings: readonly Finding[]): (number | null)[] {
  const lines = report.split(/\r?\n/);
  let from = 0;
  return findings.map(({ file, startLine, endLine, category }) => {
    const place = codeSpan(`${file}:${endLine > startLine ? `${startLine}-${endLine}` : startLine}`);
    const found = lines.findIndex(
      (line, index) =>
        index >= from &&
        (line.startsWith(place) || line.startsWith(`[${place}]`)) &&
        line.includes(` · ${category} · `) &&
        lines[index - HEADING_ABOVE]?.startsWith('### '),
    );
    if (found === -1) return null;
    from = found + 1;
    return found - HEADING_ABOVE;
  });
}
