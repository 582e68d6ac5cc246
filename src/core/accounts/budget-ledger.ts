import type { BudgetLine } from '../ports.ts';

/** What a budget scope holds, in its own unit (micro-USD or tokens). */
export interface BudgetRow {
  readonly spent: number;
  readonly reserved: number;
}

/** Answer of {@link reserveLines}: all rows as they are afterwards, or the first scope that did not fit. */
export type LedgerOutcome =
  | { readonly granted: true; readonly rows: Map<string, BudgetRow> }
  | {
      readonly granted: false;
      readonly scope: string;
      readonly limit: number;
      readonly used: number;
      readonly mayFree: boolean;
    };

const EMPTY: BudgetRow = { spent: 0, reserved: 0 };

/**
 * Reserves every line or none. `used` is what the refusing scope holds already; `mayFree` says that part of it is only
 * reserved, so that waiting may help, and that the line would fit if all of that came back.
 */
export function reserveLines(rows: ReadonlyMap<string, BudgetRow>, lines: readonly BudgetLine[]): LedgerOutcome {
  const next = new Map(rows);
  for (const { scope, limit, amount } of lines) {
    const { spent, reserved } = next.get(scope) ?? EMPTY;
    if (spent + reserved + amount > limit) {
      return { granted: false, scope, limit, used: spent + reserved, mayFree: reserved > 0 && spent + amount <= limit };
    }
    next.set(scope, { spent, reserved: reserved + amount });
  }
  return { granted: true, rows: next };
}

/** Turns reservations into spending; a scope that `actual` does not name settles at what was reserved. */
export function settleLines(
  rows: ReadonlyMap<string, BudgetRow>,
  reserved: readonly BudgetLine[],
  actual: Readonly<Record<string, number>>,
): Map<string, BudgetRow> {
  const next = new Map(rows);
  for (const { scope, amount } of reserved) {
    const row = next.get(scope) ?? EMPTY;
    next.set(scope, { spent: row.spent + (actual[scope] ?? amount), reserved: Math.max(0, row.reserved - amount) });
  }
  return next;
}
