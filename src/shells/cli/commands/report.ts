import type { Command } from 'commander';
import type { AgentFigures, CallFigures, PerformanceReport } from '../../../core/tracing/span-store.ts';
import { itemDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { count, duration, grouped, tokenSum, usd } from '../format.ts';
import { type Column, table } from '../layout.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import { sinceOf } from '../usage-report.ts';

interface ReportFlags {
  readonly run?: string;
  readonly since?: string;
}

/** `ensemble report`. */
export function registerReport(program: Command, perform: Perform): void {
  program
    .command('report')
    .description('how agents, accounts and models did: success, latency, tokens, cost')
    .option('--run <id>', 'one run instead of a time')
    .option('--since <date>', 'from this day on (UTC); default: 30 days ago')
    .action((flags: ReportFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => report(session, flags)),
    );
}

async function report(session: Session, { run, since }: ReportFlags): Promise<number> {
  const query = {
    runId: run ?? null,
    since: run === undefined || since !== undefined ? sinceOf(since, session.host.now()) : null,
  };
  const { ensemble } = await session.open();
  // An unknown run is an error, not an empty report.
  if (run !== undefined) await ensemble.runs.get(run);
  const figures = await ensemble.traces.report(query);
  session.emit({
    json: () => itemDocument({ ...query, ...figures }),
    text: () => lines(figures, query.since, session),
  });
  return EXIT.completed;
}

function lines(report: PerformanceReport, since: string | null, session: Session): string | string[] {
  const from = since === null ? '' : ` since ${since.slice(0, 10)}`;
  if (report.agents.length === 0) return `Nothing was traced${from}: no agent has done anything.`;
  const { style, tableColumns } = session;
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      'Agents',
      table(report.agents, [...figureColumns<AgentFigures>(session), ...agentColumns(report.agents)], tableColumns),
    ],
    ['Accounts', table(report.accounts, figureColumns(session), tableColumns)],
    ['Models', table(report.models, figureColumns(session), tableColumns)],
  ];
  return [
    style.bold(`Performance of ${count(report.runs, 'run')}${from}`),
    ...sections.flatMap(([title, rows]) => ['', style.bold(title), ...rows]),
    '',
    style.dim('Success, latency, tokens and cost are of calls to models; latency only of those that gave an answer.'),
  ];
}

function figureColumns<Row extends CallFigures>({ style }: Session): Column<Row>[] {
  return [
    { title: 'Name', text: ({ name }) => oneLine(name), flexible: true, paint: style.bold },
    { title: 'Calls', text: ({ calls }) => grouped(calls), align: 'right' },
    { title: 'Success', text: successOf, align: 'right' },
    { title: 'p50', text: ({ latencyMs }) => (latencyMs === null ? '-' : duration(latencyMs.p50)), align: 'right' },
    { title: 'p95', text: ({ latencyMs }) => (latencyMs === null ? '-' : duration(latencyMs.p95)), align: 'right' },
    { title: 'Tokens', text: ({ tokens }) => tokenSum(tokens), align: 'right' },
    { title: 'Cost', text: costOf, align: 'right' },
  ];
}

/** What no agent has done has no column: the names need the room. */
function agentColumns(agents: readonly AgentFigures[]): Column<AgentFigures>[] {
  const of = (all: number, failed = 0) => (failed === 0 ? grouped(all) : `${grouped(all)} (${grouped(failed)} failed)`);
  const columns: readonly (readonly [string, (row: AgentFigures) => readonly [number, number?]])[] = [
    ['Tasks', ({ tasks, failedTasks }) => [tasks, failedTasks]],
    ['Tools', ({ tools, failedTools }) => [tools, failedTools]],
    ['Handoffs', ({ handoffs }) => [handoffs]],
    ['Messages', ({ messages }) => [messages]],
  ];
  return columns
    .filter(([, figures]) => agents.some((row) => figures(row)[0] > 0))
    .map(([title, figures]) => ({ title, text: (row) => of(...figures(row)), align: 'right' }));
}

/** Rounded down, so that 100 % means that none failed. */
function successOf({ calls, success }: CallFigures): string {
  return calls === 0 ? '-' : `${Math.floor(success * 100)} %`;
}

function costOf({ costUSD, unknownCosts }: CallFigures): string {
  return `${usd(costUSD)}${unknownCosts > 0 ? '+' : ''}`;
}
