import {
  type DocumentFilter,
  type DocumentFormat,
  type DocumentGroup,
  type DocumentKind,
  type DocumentPart,
  type DocumentQuery,
  type DocumentRecord,
  type DocumentStore,
  type DocumentSummary,
  type DocumentVersion,
  PART_BYTES,
} from '../../../core/documents/document.ts';
import { cutBetweenCharacters } from '../../../core/documents/document-rules.ts';
import { phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import type { Page } from '../../../core/page.ts';
import type { Row } from '../sqlite/connection.ts';
import { isIntact } from './checksums.ts';
import {
  allOf,
  type Condition,
  given,
  INSIDE_RUN,
  insideRun,
  isAnyOf,
  RUN_OF_DOCUMENT,
  searchOf,
  workspacesOf,
} from './history-filter.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, text, textOrNull } from './row.ts';
import { damagedRow } from './storage-errors.ts';

const COLUMNS = 'id, task_id, title, format, kind, workspace, version, size, tags, created_at, updated_at';
const THERE = 'deleted_at IS NULL';
/** Characters of a text that are looked through word by word for what was found. */
const LOOKED_THROUGH = 500_000;
const NEAR = 2_000;

export function listDocuments({ database }: OperationContext, query: DocumentQuery): Page<DocumentSummary> {
  const condition = conditionOf(database, query);
  if (condition === null) return { items: [], total: 0 };
  const page = [query.limit, query.offset ?? 0];
  const { sql, values } = condition;
  if (query.runId !== undefined) return listOfRun(database, query.runId, condition, page);
  const rows = database.all(
    `SELECT ${COLUMNS} FROM documents WHERE ${sql} ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?`,
    [...values, ...page],
  );
  return {
    items: rows.map((row) => summaryOf(row, snippetIn(database, row, query))),
    total: total(database, condition),
  };
}

/** The versions that a run has made, the last first. */
function listOfRun(
  database: OperationDatabase,
  runId: string,
  { sql, values }: Condition,
  page: readonly number[],
): Page<DocumentSummary> {
  const from = `FROM (SELECT id AS row, document_id, version, task_id, format, size, created_at AS updated_at
      FROM document_versions WHERE ${INSIDE_RUN}) v
    JOIN (SELECT id, title, kind, workspace, tags, created_at FROM documents WHERE ${sql}) d ON d.id = v.document_id`;
  const all = [...insideRun(runId), ...values];
  const rows = database.all(`SELECT ${COLUMNS} ${from} ORDER BY v.row DESC LIMIT ? OFFSET ?`, [...all, ...page]);
  const count = database.get(`SELECT count(*) AS total ${from}`, all);
  return { items: rows.map((row) => summaryOf(row, null)), total: integer(count ?? {}, 'total') };
}

export function groupDocuments(
  { database }: OperationContext,
  by: 'kind' | 'tag' | 'workspace',
  filter: DocumentFilter,
): DocumentGroup[] {
  const { sql, values } = filterOf(database, filter);
  if (by === 'tag') {
    const tagged = database.all(
      `SELECT tag.value AS key, count(*) AS count FROM documents, json_each(tags) AS tag
       WHERE tags <> '[]' AND ${sql} GROUP BY 1 ORDER BY 2 DESC, 1`,
      values,
    );
    const none = total(database, { sql: `tags = '[]' AND ${sql}`, values });
    return [...tagged.map(groupOf), ...(none > 0 ? [{ key: '', count: none }] : [])];
  }
  const column = by === 'kind' ? 'kind' : `coalesce(workspace, '')`;
  return database
    .all(`SELECT ${column} AS key, count(*) AS count FROM documents WHERE ${sql} GROUP BY 1 ORDER BY 2 DESC, 1`, values)
    .map(groupOf);
}

export function countDocumentsSince(
  { database }: OperationContext,
  { boundaries, ...filter }: Parameters<DocumentStore['counts']>[0],
): number[] {
  return [...boundaries, null].map((from, index) => {
    const until = index === 0 ? null : (boundaries[index - 1] ?? null);
    const span = { ...(from === null ? {} : { from }), ...(until === null ? {} : { until }) };
    return total(database, filterOf(database, { ...filter, ...span }));
  });
}

export function readDocument({ database }: OperationContext, id: number): DocumentRecord | null {
  const row = database.get(`SELECT ${COLUMNS}, content, checksum FROM documents WHERE id = ? AND ${THERE}`, [id]);
  if (row === null) return null;
  if (!isIntact('documents', row)) throw damagedRow(`document ${id}`);
  const { snippet: _, ...record } = summaryOf(row, null);
  return { ...record, content: text(row, 'content') };
}

export function readDocumentPart(
  { database }: OperationContext,
  id: number,
  part: NonNullable<Parameters<DocumentStore['read']>[1]>,
): DocumentPart | null {
  const { version = null, from = 0, bytes = PART_BYTES } = part;
  // A few bytes more than asked for show whether the last character is whole.
  const row = database.get(
    `SELECT v.version, v.task_id, v.format, v.size, v.author, v.reason, v.created_at, d.title, d.kind, d.tags,
      substr(CAST(v.content AS BLOB), ?3 + 1, ?4 + 4) AS part
     FROM documents d JOIN document_versions v ON v.document_id = d.id AND v.version = coalesce(?2, d.version)
     WHERE d.id = ?1 AND ${THERE}`,
    [id, version, from, bytes],
  );
  if (row === null) return null;
  const read = row.part instanceof Uint8Array ? row.part : new Uint8Array();
  const end = cutBetweenCharacters(read, bytes);
  const version_ = versionOf(row);
  return {
    ...version_,
    id,
    title: text(row, 'title'),
    kind: text(row, 'kind') as DocumentKind,
    tags: json(row, 'tags'),
    content: new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.subarray(0, end)),
    next: from + end < version_.size ? from + end : null,
  };
}

export function readDocumentVersions(
  { database }: OperationContext,
  id: number,
  { limit, offset = 0 }: Parameters<DocumentStore['versions']>[1],
): Page<DocumentVersion> {
  const there = `document_id = ? AND EXISTS (SELECT 1 FROM documents WHERE id = document_id AND ${THERE})`;
  const rows = database.all(
    `SELECT version, task_id, format, size, author, reason, created_at FROM document_versions WHERE ${there}
     ORDER BY version DESC LIMIT ? OFFSET ?`,
    [id, limit, offset],
  );
  const count = database.get(`SELECT count(*) AS total FROM document_versions WHERE ${there}`, [id]);
  return { items: rows.map(versionOf), total: integer(count ?? {}, 'total') };
}

/** What a query says of rows of `documents`; null: it can match nothing. */
function conditionOf(database: OperationDatabase, query: DocumentQuery): Condition | null {
  const { kind, runKind, tag } = query;
  const search = searchOf(query, 'document_search');
  if (search === null) return null;
  return allOf([
    filterOf(database, query),
    ...given('kind = ?', kind),
    ...given(`${RUN_OF_DOCUMENT} IN (SELECT run_id FROM runs WHERE kind = ?)`, runKind),
    ...(tag === '' ? [{ sql: `tags = '[]'`, values: [] }] : given(TAGGED, tag)),
    search,
  ]);
}

const TAGGED = `tags <> '[]' AND EXISTS (SELECT 1 FROM json_each(documents.tags) WHERE value = ?)`;

function filterOf(database: OperationDatabase, { workspace, from, until }: DocumentFilter): Condition {
  const places = workspacesOf(database, workspace);
  return allOf([
    { sql: THERE, values: [] },
    ...(places === null ? [] : [isAnyOf('workspace', places)]),
    ...given('updated_at >= ?', from),
    ...given('updated_at < ?', until),
  ]);
}

/** Row by row, so that no two large texts are in memory at once. */
function snippetIn(database: OperationDatabase, row: Row, { search = '' }: DocumentQuery): DocumentSummary['snippet'] {
  const phrases = phrasesOf(search);
  if (phrases.length === 0) return null;
  const kept = database.get('SELECT content FROM documents WHERE id = ?', [integer(row, 'id')]);
  const content = text(kept ?? {}, 'content');
  const near = content.length <= LOOKED_THROUGH ? content : around(content, phrases[0]?.[0] ?? '');
  return snippetOf(phrases, [near, text(row, 'title')]);
}

/** Of a large text the neighbourhood of a word, which is found without looking at each word before it. */
function around(content: string, word: string): string {
  const at = content.toLowerCase().indexOf(word);
  return at === -1 ? content.slice(0, LOOKED_THROUGH) : content.slice(Math.max(0, at - NEAR), at + NEAR);
}

function summaryOf(row: Row, snippet: DocumentSummary['snippet']): DocumentSummary {
  return {
    id: integer(row, 'id'),
    taskId: text(row, 'task_id'),
    runId: runIdOf(row),
    title: text(row, 'title'),
    format: text(row, 'format') as DocumentFormat,
    kind: text(row, 'kind') as DocumentKind,
    workspace: textOrNull(row, 'workspace'),
    version: integer(row, 'version'),
    size: integer(row, 'size'),
    tags: json(row, 'tags'),
    createdAt: text(row, 'created_at'),
    updatedAt: text(row, 'updated_at'),
    snippet,
  };
}

function versionOf(row: Row): DocumentVersion {
  return {
    version: integer(row, 'version'),
    taskId: text(row, 'task_id'),
    runId: runIdOf(row),
    format: text(row, 'format') as DocumentFormat,
    size: integer(row, 'size'),
    author: text(row, 'author'),
    reason: text(row, 'reason'),
    createdAt: text(row, 'created_at'),
  };
}

function runIdOf(row: Row): string {
  return text(row, 'task_id').split('/', 1)[0] ?? '';
}

function groupOf(row: Row): DocumentGroup {
  return { key: text(row, 'key'), count: integer(row, 'count') };
}

function total(database: OperationDatabase, { sql, values }: Condition): number {
  return integer(database.get(`SELECT count(*) AS total FROM documents WHERE ${sql}`, values) ?? {}, 'total');
}
