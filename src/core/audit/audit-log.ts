import type { Json } from '../json.ts';
import type { Page } from '../page.ts';

/** Something that was done, as it is kept for ever. */
export interface AuditEntry {
  /** 1, 2, 3, ... in the order in which it happened. */
  readonly id: number;
  /** ISO-8601 UTC. */
  readonly at: string;
  /** What was done, such as `agent-called`, `tool-called`, `approved`, `key-stored`, `settings-changed`, `send`. */
  readonly action: string;
  /** To what or by whom: a task's instance, an account, a workspace and endpoint. */
  readonly subject: string;
  /** Never holds a key. */
  readonly detail: Json;
}

/** Which entries; what is left out does not restrict. Newest first. */
export interface AuditQuery {
  readonly limit: number;
  readonly offset?: number;
  readonly action?: string;
  /** Part of the subject or of the detail; nothing in it is an operator. */
  readonly search?: string;
  /** ISO-8601 UTC, inclusive. */
  readonly since?: string;
}

/** The log of what agents and the person did. Entries are only ever added: the database itself refuses anything else. */
export interface AuditLog {
  record(action: string, subject: string, detail: Json): Promise<void>;
  has(action: string, subject: string): Promise<boolean>;
  list(query: AuditQuery): Promise<Page<AuditEntry>>;
}
