import { EnsembleError } from '../../core/errors.ts';
import type { UsagePeriod, UsageRecord } from '../../core/ports.ts';
import { tokenSum, usd } from './format.ts';
import { table } from './layout.ts';
import { oneLine } from './sanitize.ts';
import type { Session } from './session.ts';

const DEFAULT_DAYS = 30;

/** An ISO time from a day such as `2026-01-31`; 30 days before `now` (epoch ms) without one. Throws `usage` for nonsense. */
export function sinceOf(day: string | undefined, now: number): string {
  if (day === undefined) return new Date(now - DEFAULT_DAYS * 86_400_000).toISOString();
  const time = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00.000Z`) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new EnsembleError('usage', `"${oneLine(day)}" is not a day.`, { hint: 'Write it as 2026-01-31.' });
  }
  return new Date(time).toISOString();
}

/** The ledger as CSV (RFC 4180); an unknown cost is empty, never 0. */
export function csvOf(rows: readonly (UsagePeriod | UsageRecord)[]): string {
  const lines = rows.map((row) => ('period' in row ? periodCells(row) : attemptCells(row)));
  const head = rows[0] !== undefined && 'period' in rows[0] ? PERIOD_HEAD : ATTEMPT_HEAD;
  return [head, ...lines].map((cells) => cells.map(csvCell).join(',')).join('\r\n');
}

/** The ledger for people. */
export function usageTable(
  rows: readonly (UsagePeriod | UsageRecord)[],
  { style, tableColumns }: Session,
): string[] | string {
  if (rows.length === 0) return 'Nothing was used in that time.';
  return table(
    rows,
    [
      { title: 'When', text: (row) => ('period' in row ? row.period : row.at.slice(0, 19).replace('T', ' ')) },
      { title: 'Account', text: (row) => oneLine(row.account), paint: style.bold },
      { title: 'Model', text: (row) => oneLine(row.model), flexible: true, paint: style.dim },
      { title: 'Calls', text: callsOf, align: 'right' },
      { title: 'Tokens', text: (row) => tokenSum(row.tokens), align: 'right' },
      { title: 'Cost', text: costOf, align: 'right' },
    ],
    tableColumns,
  );
}

function callsOf(row: UsagePeriod | UsageRecord): string {
  if (!('period' in row)) return row.outcome;
  return `${row.calls}${row.failures > 0 ? ` (${row.failures} failed)` : ''}`;
}

function costOf(row: UsagePeriod | UsageRecord): string {
  if (!('period' in row)) return usd(row.costUSD);
  return `${usd(row.costUSD)}${row.unknownCosts > 0 ? '+' : ''}`;
}

type Cell = string | number | boolean | null;

const TOKENS = ['input', 'output', 'cached', 'reasoning', 'estimated'] as const;
const PERIOD_HEAD = ['period', 'account', 'model', 'calls', 'failures', ...TOKENS, 'costUSD', 'unknownCosts'];
const ATTEMPT_HEAD = [
  ...['at', 'account', 'model', 'outcome', ...TOKENS, 'costUSD', 'possiblyBilled', 'latencyMs', 'runId', 'instanceId'],
  'agent',
];

function periodCells(row: UsagePeriod): Cell[] {
  const { period, account, model, calls, failures, tokens, costUSD, unknownCosts } = row;
  return [period, account, model, calls, failures, ...TOKENS.map((name) => tokens[name]), costUSD, unknownCosts];
}

function attemptCells(row: UsageRecord): Cell[] {
  const { at, account, model, outcome, tokens, costUSD, possiblyBilled, latencyMs, runId, instanceId, agent } = row;
  const counts = TOKENS.map((name) => tokens[name]);
  return [at, account, model, outcome, ...counts, costUSD, possiblyBilled, latencyMs, runId, instanceId, agent];
}

/** Names come from vendors and settings: a spreadsheet must not take one for a formula. */
function csvCell(value: Cell): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
