import type { Finding } from '../results.ts';

const FINDING_LINE = /^- \[(\w+)\] (.+):(\d+)(?:-\d+)? \((\w+)\): (.*)$/;

/** A finding as {@link renderFindingLine} writes it in one line. */
export type FindingLine = Pick<Finding, 'file' | 'startLine' | 'category' | 'title'> & { readonly severity: string };

/** One finding for the summary, in a line that can be read back and one that explains it. */
export function renderFindingLine({
  severity,
  file,
  startLine,
  endLine,
  category,
  title,
  explanation,
}: Finding): string {
  const lines = endLine > startLine ? `${startLine}-${endLine}` : String(startLine);
  return `- [${severity}] ${oneLine(file)}:${lines} (${category}): ${oneLine(title)}\n  ${oneLine(explanation)}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** The findings in a text of {@link renderFindingLine} (offline provider). */
export function parseFindingLines(text: string): FindingLine[] {
  return text.split('\n').flatMap((line) => {
    const match = FINDING_LINE.exec(line);
    if (!match) return [];
    const [, severity = '', file = '', startLine, category = '', title = ''] = match;
    return [{ severity, file, startLine: Number(startLine), category, title }];
  });
}
