import type { SqlValue } from '../storage/sqlite/connection.ts';
import type { Row } from './archive-source.ts';

/** Columns that hold JSON as text; in the archive they are values. */
const JSON_COLUMNS: Readonly<Record<string, readonly string[]>> = {
  approvals: ['details'],
  audit: ['detail'],
  conversations: ['messages'],
  documents: ['tags'],
  findings: ['finding'],
  journal: ['payload'],
  messages: ['receivers', 'deliveries'],
  prompt_bases: ['draft'],
  prompts: ['variables', 'tags', 'parameters'],
  prompt_versions: ['variables', 'tags', 'parameters'],
  runs: ['owner', 'tokens', 'error'],
  spans: ['attributes', 'events'],
  workspaces: ['identities'],
  tasks: ['dependencies', 'attempts', 'tokens', 'output', 'error'],
};

/** The name of a column's values in the manifest. */
export function typeOf(table: string, column: { readonly name: string; readonly type: string }): string {
  if (JSON_COLUMNS[table]?.includes(column.name)) return 'json';
  return { INTEGER: 'integer', REAL: 'number', TEXT: 'text' }[column.type] ?? 'any';
}

/** A row with its JSON columns as values; what cannot be read as JSON stays a text. */
export function valuesOf(table: string, row: Row): Record<string, unknown> {
  const json = JSON_COLUMNS[table] ?? [];
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, json.includes(name) ? parsed(value) : plain(value)]),
  );
}

/** A row as a line of JSON. */
export function jsonLine(table: string, row: Row): string {
  return `${JSON.stringify(valuesOf(table, row))}\n`;
}

function parsed(value: SqlValue): unknown {
  if (typeof value !== 'string') return plain(value);
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function plain(value: SqlValue): unknown {
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;
}
