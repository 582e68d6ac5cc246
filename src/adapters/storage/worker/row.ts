import { EnsembleError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import type { TokenUsage } from '../../../core/model.ts';
import type { Row } from '../sqlite/connection.ts';

// Reads columns of rows that our own statements return, as our own code wrote them. Anything else is damage that SQLite
// cannot see, and throws `storage-corrupt`.

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw damaged(column, 'text');
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw damaged(column, 'number');
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

/** A JSON column, in the shape in which our own code wrote it. */
export function json<T = Json>(row: Row, column: string): T {
  try {
    return JSON.parse(text(row, column)) as T;
  } catch {
    throw damaged(column, 'JSON');
  }
}

export function jsonOrNull<T>(row: Row, column: string): T | null {
  return row[column] === null ? null : json<T>(row, column);
}

/** JSON text for a nullable column. */
export function toJsonOrNull(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** USD to millionths of it, the unit in which sums stay exact. */
export function toMicros(usd: number | null): number | null {
  return usd === null ? null : Math.round(usd * 1_000_000);
}

/** A `*_micros` column in USD. */
export function usd(row: Row, column: string): number | null {
  const micros = integerOrNull(row, column);
  return micros === null ? null : micros / 1_000_000;
}

/** Sums over rows of the ledger: columns `input`, `output`, `cached`, `reasoning`, `estimated`, `cost_micros`, `unknown_costs`. */
export function spendingOf(row: Row): {
  readonly tokens: TokenUsage;
  readonly costUSD: number;
  readonly unknownCosts: number;
} {
  return {
    tokens: {
      input: integer(row, 'input'),
      output: integer(row, 'output'),
      cached: integer(row, 'cached'),
      reasoning: integer(row, 'reasoning'),
      estimated: integer(row, 'estimated') > 0,
    },
    costUSD: integer(row, 'cost_micros') / 1_000_000,
    unknownCosts: integer(row, 'unknown_costs'),
  };
}

function damaged(column: string, expected: string): EnsembleError {
  return new EnsembleError('storage-corrupt', `The database is damaged: a column ${column} holds no ${expected}.`, {
    hint: 'The folder .backups beside the database has its last good copies.',
  });
}
