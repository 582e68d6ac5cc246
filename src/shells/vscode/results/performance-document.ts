import type { AgentFigures, CallFigures, PerformanceReport } from '../../../core/tracing/span-store.ts';
import { formatCost, formatDuration, formatTokens } from '../views/format.ts';

/** What a performance report is about. */
export interface PerformanceScope {
  /** As a heading, such as `Last 7 Days`. */
  readonly title: string;
  /** When it was made, as people read it. */
  readonly madeAt: string;
}

/** One column: its head, and the cell of a row. */
type Column<Row> = readonly [head: string, cell: (row: Row) => string];

/** The report as markdown; the tables are aligned, because the text is also read as it is. */
export function performanceDocument(report: PerformanceReport, { title, madeAt }: PerformanceScope): string {
  const head = [`# Performance: ${title}`];
  if (report.agents.length === 0) {
    return `${[...head, 'No agent has done anything in this time.', 'Run a review or a task, and what its agents did is told here.'].join('\n\n')}\n`;
  }
  const runs = report.runs === 1 ? '1 run' : `${report.runs} runs`;
  const parts = [
    ...head,
    `${runs}, as of ${madeAt}. Success, latency, tokens and cost are of calls to models; latency only of those that gave an answer.`,
    '## Agents',
    table(report.agents, [...figureColumns<AgentFigures>('Agent'), ...agentColumns(report.agents)]),
    '## Accounts',
    table(report.accounts, figureColumns('Account')),
    '## Models',
    table(report.models, figureColumns('Model')),
    ...unknownCosts(report),
  ];
  return `${parts.join('\n\n')}\n`;
}

function figureColumns<Row extends CallFigures>(name: string): Column<Row>[] {
  return [
    [name, (row) => row.name],
    ['Calls', ({ calls }) => String(calls)],
    ['Failed', ({ failedCalls }) => String(failedCalls)],
    // Rounded down, so that 100 % means that none failed.
    ['Success', ({ calls, success }) => (calls === 0 ? '-' : `${Math.floor(success * 100)} %`)],
    ['p50', ({ latencyMs }) => (latencyMs === null ? '-' : formatDuration(latencyMs.p50))],
    ['p95', ({ latencyMs }) => (latencyMs === null ? '-' : formatDuration(latencyMs.p95))],
    ['Tokens', ({ tokens }) => `${tokens.estimated ? '~' : ''}${formatTokens(tokens.input + tokens.output)}`],
    ['Cost', ({ costUSD, unknownCosts: unknown }) => `${formatCost(costUSD)}${unknown > 0 ? '+' : ''}`],
  ];
}

/** What no agent has done has no column. */
function agentColumns(agents: readonly AgentFigures[]): Column<AgentFigures>[] {
  const columns: readonly (readonly [string, (row: AgentFigures) => number])[] = [
    ['Tasks', ({ tasks }) => tasks],
    ['Failed Tasks', ({ failedTasks }) => failedTasks],
    ['Tools', ({ tools }) => tools],
    ['Failed Tools', ({ failedTools }) => failedTools],
    ['Handoffs', ({ handoffs }) => handoffs],
    ['Messages', ({ messages }) => messages],
  ];
  return columns
    .filter(([head, figure]) => head === 'Tasks' || agents.some((row) => figure(row) > 0))
    .map(([head, figure]) => [head, (row) => String(figure(row))]);
}

function unknownCosts({ accounts }: PerformanceReport): string[] {
  const unknown = accounts.reduce((sum, one) => sum + one.unknownCosts, 0);
  if (unknown === 0) return [];
  return [
    `\\+ The price of ${unknown === 1 ? '1 call' : `${unknown} calls`} is unknown, so the cost is a lower bound.`,
  ];
}

function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [columns.map(([head]) => head), ...rows.map((row) => columns.map(([, cell]) => escaped(cell(row))))];
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((line) => line[index]?.length ?? 0)));
  const pad = (text: string, index: number) =>
    index === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[index] ?? 0);
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head = [], ...body] = cells.map((line) => line.map(pad));
  return [head, rule, ...body].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Names come from models and vendors. */
function escaped(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\|`*_[\]<>]/g, '\\$&');
}
