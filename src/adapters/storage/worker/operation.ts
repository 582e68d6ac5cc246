import type { RunOwner } from '../../../core/ports.ts';
import type { Database } from './database.ts';
import type { OperationDatabase } from './operation-database.ts';

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
