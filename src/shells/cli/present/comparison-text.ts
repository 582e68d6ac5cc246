import type { AnswerComparison, ComparedCall } from '../../../core/history/compare-answers.ts';
import { diffText } from '../diff-text.ts';
import { duration, grouped, usd } from '../format.ts';
import { table } from '../layout.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';

/** Two answers for a terminal: a table of their figures, and the difference of their texts. */
export function comparisonText(comparison: AnswerComparison, { style, tableColumns, host }: Session): string[] {
  const { original, again, sameRequest, diff } = comparison;
  const known = (value: number | null, show: (value: number) => string) => (value === null ? 'unknown' : show(value));
  const rows: readonly (readonly [string, (call: ComparedCall) => string])[] = [
    ['Model', ({ model }) => oneLine(model)],
    ['Account', ({ account }) => oneLine(account)],
    ['Status', ({ status }) => oneLine(status)],
    ['Tokens', ({ tokens }) => known(tokens, grouped)],
    ['  input', ({ inputTokens }) => known(inputTokens, grouped)],
    ['  output', ({ outputTokens }) => known(outputTokens, grouped)],
    ['Cost', ({ costUSD }) => usd(costUSD)],
    ['Latency', ({ latencyMs }) => known(latencyMs, duration)],
    ['Attempts', ({ attempts }) => String(attempts)],
    ['Characters', ({ characters }) => grouped(characters)],
  ];
  const cells = rows.map(([name, of]) => ({ name, before: of(original), after: of(again) }));
  const head = table(
    cells,
    [
      { title: '', text: ({ name }) => name, paint: style.dim },
      { title: `Conversation ${original.conversation}`, text: ({ before }) => before },
      { title: `Conversation ${again.conversation}`, text: ({ after }) => after },
    ],
    tableColumns,
  );
  return [
    ...head,
    ...(sameRequest ? [] : ['', style.yellow('They were not asked the same.')]),
    '',
    ...(diff === null ? ['The answers are too long and too different for a diff.'] : []),
    ...(diff === '' ? ['The answers are equal.'] : []),
    ...(diff ? [diffText(diff, style, host.stdout.isTTY === true)] : []),
  ];
}
