import type { RunOwner } from '../../../core/ports.ts';
import type { Row, SqlValue } from '../sqlite/connection.ts';
import type { Database } from './database.ts';

/**
 * A database as operations see it, inside a transaction that is begun and ended around them: the file, or one in memory.
 * Statements throw SqliteError.
 */
export interface OperationDatabase {
  /** The file, or what takes its place, for messages. */
  readonly file: string;
  all(sql: string, values?: readonly SqlValue[]): Row[];
  get(sql: string, values?: readonly SqlValue[]): Row | null;
  run(sql: string, values?: readonly SqlValue[]): void;
  /** Bytes that it takes. */
  size(): number;
  /** Whether the process of `owner` still runs; null: that cannot be known here. */
  isAlive(owner: RunOwner): boolean | null;
  /** Number of a new row that its caller will ask for again; null: SQLite numbers it. */
  newId(): number | null;
}

/** What every operation works with. */
export interface OperationContext {
  readonly database: OperationDatabase;
  /** This process: the owner of reservations made here. */
  readonly owner: RunOwner;
}

/** What operations on the file itself work with. */
export interface FileContext extends OperationContext {
  readonly database: Database;
}

/**
 * `read` and `write` run inside a transaction that they may share with others; `alone` manages its own locks. All are
 * synchronous: nothing may be awaited while the lock is held.
 */
export type OperationKind = 'read' | 'write' | 'alone';

/** A function of the worker that the client may call; arguments and result are structured clones. */
export interface Operation<Args extends readonly unknown[], Result> {
  readonly kind: OperationKind;
  run(context: OperationContext, ...args: Args): Result;
}

type Run<Args extends readonly unknown[], Result, Context = OperationContext> = (
  context: Context,
  ...args: Args
) => Result;

export function read<Args extends readonly unknown[], Result>(run: Run<Args, Result>): Operation<Args, Result> {
  return { kind: 'read', run };
}

export function write<Args extends readonly unknown[], Result>(run: Run<Args, Result>): Operation<Args, Result> {
  return { kind: 'write', run };
}

export function alone<Args extends readonly unknown[], Result>(
  run: Run<Args, Result, FileContext>,
): Operation<Args, Result> {
  return { kind: 'alone', run };
}
