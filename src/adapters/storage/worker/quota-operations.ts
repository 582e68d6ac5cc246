import { type BudgetRow, reserveLines, settleLines } from '../../../core/accounts/budget-ledger.ts';
import { applyLesson, type LessonContext } from '../../../core/accounts/learn-pace.ts';
import { type Pace, paceOf } from '../../../core/accounts/lessons.ts';
import {
  allocateSlots,
  INITIAL_PACE,
  type PaceState,
  type SlotRequest,
  sendsBefore,
} from '../../../core/accounts/pacing.ts';
import type { QuotaPresent } from '../../../core/accounts/quota-store.ts';
import {
  type CallTokens,
  EMPTY_TOKENS,
  reportTokens,
  settleTokens,
  type TokenGrant,
  type TokenReport,
  type TokenRequest,
  type TokenWindow,
  takeTokens,
  tokensUsed,
} from '../../../core/accounts/token-window.ts';
import type { BudgetLine, QuotaStore, ReservationOutcome, RunOwner, SlotBlock } from '../../../core/ports.ts';
import type { Row } from '../sqlite/connection.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, text } from './row.ts';

/** Scopes of past days and months are of no use after this time; what was spent stays in the `usage` table. */
const PAST_SCOPES_KEPT_MS = 62 * 86_400_000;

export function drawSlots({ database }: OperationContext, key: string, request: SlotRequest): SlotBlock {
  const { state, sendAt, pace } = allocateSlots(readPace(database, key), request);
  writePace(database, key, state);
  return { sendAt, pace };
}

export function learn({ database }: OperationContext, key: string, context: LessonContext): Pace {
  const { state, pace } = applyLesson(readPace(database, key), context);
  writePace(database, key, state);
  return pace;
}

export function takeQuotaTokens({ database }: OperationContext, key: string, request: TokenRequest): TokenGrant {
  const { window, grant } = takeTokens(readTokens(database, key), request);
  writeTokens(database, key, window);
  return grant;
}

type PresentRequest = Omit<Parameters<QuotaStore['present']>[0], 'key'>;

export function readQuota({ database }: OperationContext, key: string, { limits, now }: PresentRequest): QuotaPresent {
  const state = readPace(database, key);
  const tokens = tokensUsed(readTokens(database, key), now);
  return { pace: paceOf(limits, state.lessons, now), sent: sendsBefore(state, now), tokens };
}

export function reportQuotaTokens({ database }: OperationContext, key: string, report: TokenReport): void {
  writeTokens(database, key, reportTokens(readTokens(database, key), report));
}

export function settleQuotaTokens(
  { database }: OperationContext,
  key: string,
  ticket: number,
  tokens: CallTokens,
): void {
  writeTokens(database, key, settleTokens(readTokens(database, key), ticket, tokens));
}

export function reserve({ database, owner }: OperationContext, lines: readonly BudgetLine[]): ReservationOutcome {
  let outcome = reserveLines(readBudgets(database, scopesOf(lines)), lines);
  // What a crashed process had reserved will never come back: without this, waiting for it would never end.
  if (!outcome.granted && outcome.mayFree && settleAbandoned(database)) {
    outcome = reserveLines(readBudgets(database, scopesOf(lines)), lines);
  }
  if (!outcome.granted) return outcome;
  writeBudgets(database, outcome.rows);
  const row = database.get('INSERT INTO reservations (id, owner, lines, at) VALUES (?, ?, ?, ?) RETURNING id', [
    ...[database.newId(), JSON.stringify(owner), JSON.stringify(lines), new Date().toISOString()],
  ]);
  return { granted: true, reservationId: String(integer(row ?? {}, 'id')) };
}

export function settle(
  { database }: OperationContext,
  reservationId: string,
  actual: Readonly<Record<string, number>>,
): void {
  const row = database.get('SELECT id, owner, lines FROM reservations WHERE id = ?', [Number(reservationId)]);
  if (row !== null) settleRow(database, row, actual);
}

export function budgetUsage({ database }: OperationContext, scopes: readonly string[]): Record<string, BudgetRow> {
  const rows = readBudgets(database, scopes);
  return Object.fromEntries(scopes.map((scope) => [scope, rows.get(scope) ?? { spent: 0, reserved: 0 }]));
}

/**
 * Settles the reservations of processes that are gone, at the full amount, because their calls may have been billed. True
 * when there were any.
 */
export function settleAbandoned(database: OperationDatabase): boolean {
  const rows = database.all('SELECT id, owner, lines FROM reservations');
  const abandoned = rows.filter((row) => database.isAlive(json<RunOwner>(row, 'owner')) === false);
  for (const row of abandoned) settleRow(database, row, {});
  return abandoned.length > 0;
}

/** Forgets the budgets of days and months long past. */
export function prunePastScopes(database: OperationDatabase, now: number): void {
  database.run(
    `DELETE FROM budgets WHERE updated_at < ? AND reserved = 0
     AND (scope LIKE 'day:%' OR scope LIKE 'month:%' OR scope LIKE 'day-tokens:%' OR scope LIKE 'requests-day:%' OR scope LIKE 'account-day:%' OR scope LIKE 'account-month:%')`,
    [new Date(now - PAST_SCOPES_KEPT_MS).toISOString()],
  );
}

function settleRow(database: OperationDatabase, row: Row, actual: Readonly<Record<string, number>>): void {
  const lines = json<readonly BudgetLine[]>(row, 'lines');
  writeBudgets(database, settleLines(readBudgets(database, scopesOf(lines)), lines, actual));
  database.run('DELETE FROM reservations WHERE id = ?', [integer(row, 'id')]);
}

function scopesOf(lines: readonly BudgetLine[]): string[] {
  return lines.map(({ scope }) => scope);
}

function readBudgets(database: OperationDatabase, scopes: readonly string[]): Map<string, BudgetRow> {
  const rows = database.all(
    'SELECT scope, spent, reserved FROM budgets WHERE scope IN (SELECT value FROM json_each(?))',
    [JSON.stringify(scopes)],
  );
  return new Map(
    rows.map((row) => [text(row, 'scope'), { spent: integer(row, 'spent'), reserved: integer(row, 'reserved') }]),
  );
}

function writeBudgets(database: OperationDatabase, rows: ReadonlyMap<string, BudgetRow>): void {
  const at = new Date().toISOString();
  for (const [scope, { spent, reserved }] of rows) {
    database.run(
      `INSERT INTO budgets (scope, spent, reserved, updated_at) VALUES (?, ?, ?, ?) ON CONFLICT (scope) DO UPDATE
       SET spent = excluded.spent, reserved = excluded.reserved, updated_at = excluded.updated_at`,
      [scope, spent, reserved, at],
    );
  }
}

function readPace(database: OperationDatabase, key: string): PaceState {
  return readState<PaceState>(database, `pace:${key}`) ?? INITIAL_PACE;
}

function writePace(database: OperationDatabase, key: string, state: PaceState): void {
  writeState(database, `pace:${key}`, state);
}

function readTokens(database: OperationDatabase, key: string): TokenWindow {
  return readState<TokenWindow>(database, `tokens:${key}`) ?? EMPTY_TOKENS;
}

function writeTokens(database: OperationDatabase, key: string, window: TokenWindow): void {
  writeState(database, `tokens:${key}`, window);
}

function readState<T>(database: OperationDatabase, key: string): T | null {
  const row = database.get('SELECT state FROM quota WHERE key = ?', [key]);
  return row === null ? null : json<T>(row, 'state');
}

function writeState(database: OperationDatabase, key: string, state: PaceState | TokenWindow): void {
  database.run('INSERT INTO quota (key, state) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET state = excluded.state', [
    key,
    JSON.stringify(state),
  ]);
}
