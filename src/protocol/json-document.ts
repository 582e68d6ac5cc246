import type { ErrorInfo } from '../core/errors.ts';

/** Version that every JSON document of ours carries. */
export const SCHEMA_VERSION = 1;

/** A list as every command and route prints it; `problems` names what could not be read. */
export interface ListDocument<T> {
  readonly schema: 1;
  readonly items: readonly T[];
  readonly total: number;
  readonly problems: readonly Problem[];
}

/** Something that was left out of a list, and why. */
export interface Problem {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

/** One thing. */
export interface ItemDocument<T> {
  readonly schema: 1;
  readonly item: T;
}

/** A failed command. */
export interface ErrorDocument {
  readonly schema: 1;
  readonly error: ErrorInfo;
}

/** Wraps a list. */
export function listDocument<T>(
  items: readonly T[],
  total = items.length,
  problems: readonly Problem[] = [],
): ListDocument<T> {
  return { schema: SCHEMA_VERSION, items, total, problems };
}

/** Wraps one thing. */
export function itemDocument<T>(item: T): ItemDocument<T> {
  return { schema: SCHEMA_VERSION, item };
}

/** Wraps an error. */
export function errorDocument(error: ErrorInfo): ErrorDocument {
  return { schema: SCHEMA_VERSION, error };
}
