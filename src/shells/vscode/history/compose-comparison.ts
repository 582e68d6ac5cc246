import type { AnswerComparison, ComparedCall } from '../../../core/history/compare-answers.ts';
import { formatCost, formatDuration, formatTokens } from '../views/format.ts';
import { fenced } from './markdown-text.ts';

/** Two answers to the same call as a Markdown document: their figures in a table, and what differs. */
export function composeComparison({ original, again, sameRequest, diff }: AnswerComparison): string {
  const known = (value: number | null, show: (value: number) => string) => (value === null ? 'unknown' : show(value));
  const rows: readonly (readonly [string, (call: ComparedCall) => string])[] = [
    ['Model', ({ model }) => model],
    ['Account', ({ account }) => account],
    ['Status', ({ status }) => status],
    ['Tokens', ({ tokens }) => known(tokens, formatTokens)],
    ['Input', ({ inputTokens }) => known(inputTokens, formatTokens)],
    ['Output', ({ outputTokens }) => known(outputTokens, formatTokens)],
    ['Cost', ({ costUSD }) => known(costUSD, formatCost)],
    ['Latency', ({ latencyMs }) => known(latencyMs, formatDuration)],
    ['Attempts', ({ attempts }) => String(attempts)],
    ['Characters', ({ characters }) => characters.toLocaleString('en-US')],
  ];
  const cells = [
    ['', `Conversation ${original.conversation}`, `Conversation ${again.conversation}`],
    ...rows.map(([name, of]) => [name, cell(of(original)), cell(of(again))]),
  ];
  return `${[
    '# Comparison of two answers',
    markdownTable(cells),
    ...(sameRequest ? [] : ['> They were not asked the same.']),
    '## Difference',
    diff === null ? '_The answers are too long and too different for a list of changes._' : '',
    diff === '' ? '_The answers are equal._' : '',
    diff ? fenced(diff, 'diff') : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** A table that can also be read as text: its columns are as wide as their widest cell. */
function markdownTable(cells: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, index) => (row[index] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}
