import type { RunOwner } from '../../../core/ports.ts';
import type { Row, SqlValue } from '../sqlite/connection.ts';

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
