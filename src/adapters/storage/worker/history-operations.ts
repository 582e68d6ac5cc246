import type {
  ConversationSummary,
  DocumentSummary,
  EntryQuery,
  HistoryFilter,
  HistoryQuery,
  UnfinishedRun,
} from '../../../core/history/history.ts';
import { phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import type { Page, RunOwner, RunRecord } from '../../../core/ports.ts';
import { textsIn } from '../conversation-texts.ts';
import type { Row, SqlValue } from '../sqlite/connection.ts';
import { runOf } from './journal-operations.ts';
import { matchExpression } from './match-expression.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, integerOrNull, json, jsonOrNull, text, textOrNull } from './row.ts';

const UNFINISHED = `status IN ('queued', 'running', 'suspended', 'interrupted')`;
const MOST_UNFINISHED = 100;
const RUN_OF_DOCUMENT = `CASE instr(task_id, '/') WHEN 0 THEN task_id ELSE substr(task_id, 1, instr(task_id, '/') - 1) END`;

export function historyRuns({ database }: OperationContext, query: HistoryQuery): Page<RunRecord> {
  const { sql, values } = filterOf(query, 'runs');
  const condition = `NOT (${UNFINISHED}) AND ${sql}`;
  const rows = database.all(
    `SELECT * FROM runs WHERE ${condition} ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?`,
    [...values, query.limit, query.offset ?? 0],
  );
  return { items: rows.map(runOf), total: total(database, 'runs', condition, values) };
}

export function historyCounts(
  { database }: OperationContext,
  { boundaries, workspace }: { readonly workspace?: string; readonly boundaries: readonly string[] },
): number[] {
  return [...boundaries, null].map((from, index) => {
    const until = index === 0 ? null : (boundaries[index - 1] ?? null);
    const span = { ...(from === null ? {} : { from }), ...(until === null ? {} : { until }) };
    const { sql, values } = filterOf({ ...span, ...(workspace === undefined ? {} : { workspace }) }, 'runs');
    return total(database, 'runs', `NOT (${UNFINISHED}) AND ${sql}`, values);
  });
}

export function historyUnfinished(
  { database }: OperationContext,
  filter: Pick<HistoryFilter, 'workspace'>,
): UnfinishedRun[] {
  const { sql, values } = filterOf(filter, 'runs');
  const rows = database.all(`SELECT * FROM runs WHERE ${UNFINISHED} AND ${sql} ORDER BY id DESC LIMIT ?`, [
    ...[...values, MOST_UNFINISHED],
  ]);
  return rows.map(runOf).map((run) => ({ run, live: run.owner !== null && database.isAlive(run.owner) !== false }));
}

export function historyConversations({ database }: OperationContext, query: EntryQuery): Page<ConversationSummary> {
  const search = searchOf(query, 'conversation_search');
  if (search === null) return { items: [], total: 0 };
  const filter = filterOf(query, 'entries', 'run_id');
  const condition = `${filter.sql} AND ${search.sql}`;
  const values = [...filter.values, ...search.values];
  const texts = search.values.length > 0 ? ', messages, response' : '';
  const rows = database.all(
    `SELECT id, task_id, run_id, type, model, account, status, tokens, cost, created_at${texts}
     FROM conversations WHERE ${condition} ORDER BY id DESC LIMIT ? OFFSET ?`,
    [...values, query.limit, query.offset ?? 0],
  );
  const phrases = phrasesOf(query.search ?? '');
  return {
    items: rows.map((row) => conversationOf(row, phrases)),
    total: total(database, 'conversations', condition, values),
  };
}

export function historyDocuments({ database }: OperationContext, query: EntryQuery): Page<DocumentSummary> {
  const search = searchOf(query, 'document_search');
  if (search === null) return { items: [], total: 0 };
  const { runId, ...rest } = query;
  const filter = filterOf(rest, 'entries', RUN_OF_DOCUMENT);
  // By the range of ids and not by the expression, so that the index is used.
  const ofRun = runId === undefined ? { sql: '1', values: [] } : { sql: INSIDE_RUN, values: insideRun(runId) };
  const condition = `${filter.sql} AND ${ofRun.sql} AND ${search.sql}`;
  const values = [...filter.values, ...ofRun.values, ...search.values];
  const texts = search.values.length > 0 ? ', content' : '';
  const rows = database.all(
    `SELECT id, task_id, ${RUN_OF_DOCUMENT} AS run_id, title, format, created_at${texts}
     FROM documents WHERE ${condition} ORDER BY id DESC LIMIT ? OFFSET ?`,
    [...values, query.limit, query.offset ?? 0],
  );
  const phrases = phrasesOf(query.search ?? '');
  return { items: rows.map((row) => documentOf(row, phrases)), total: total(database, 'documents', condition, values) };
}

export function deleteRuns({ database }: OperationContext, runIds: readonly string[]): string[] {
  return runIds.filter((runId) => deleteRun(database, runId));
}

export function deleteBefore(
  { database }: OperationContext,
  { before, workspace }: { readonly before: string; readonly workspace?: string },
): number {
  const { sql, values } = filterOf(workspace === undefined ? {} : { workspace }, 'runs');
  const rows = database.all(`SELECT run_id FROM runs WHERE updated_at < ? AND ${sql}`, [before, ...values]);
  const deleted = rows.filter((row) => deleteRun(database, text(row, 'run_id'))).length;
  if (workspace === undefined) {
    database.run('DELETE FROM conversations WHERE created_at < ? AND run_id NOT IN (SELECT run_id FROM runs)', [
      before,
    ]);
    database.run(`DELETE FROM documents WHERE created_at < ? AND ${RUN_OF_DOCUMENT} NOT IN (SELECT run_id FROM runs)`, [
      before,
    ]);
  }
  return deleted;
}

/** Deletes a run and all that belongs to it but the ledger; false where there is none, or its process lives. */
function deleteRun(database: OperationDatabase, runId: string): boolean {
  const row = database.get('SELECT owner FROM runs WHERE run_id = ?', [runId]);
  if (row === null) return false;
  const owner = jsonOrNull<RunOwner>(row, 'owner');
  if (owner !== null && database.isAlive(owner) !== false) return false;
  const blobs = database.all(
    'SELECT DISTINCT blob_hash AS hash FROM journal WHERE run_id = ? AND blob_hash IS NOT NULL',
    [runId],
  );
  database.run('DELETE FROM conversations WHERE run_id = ?', [runId]);
  database.run(`DELETE FROM documents WHERE ${INSIDE_RUN}`, insideRun(runId));
  database.run(`DELETE FROM agents WHERE ${INSIDE_RUN}`, insideRun(runId));
  // Journal, tasks and findings go with the run.
  database.run('DELETE FROM runs WHERE run_id = ?', [runId]);
  for (const blob of blobs) {
    database.run('DELETE FROM blobs WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM journal WHERE blob_hash = ?1)', [
      text(blob, 'hash'),
    ]);
  }
  database.run('INSERT OR IGNORE INTO deletions (run_id, at) VALUES (?, ?)', [runId, new Date().toISOString()]);
  return true;
}

const INSIDE_RUN = '(task_id = ? OR (task_id >= ? AND task_id < ?))';

/** Values for {@link INSIDE_RUN}: '0' follows '/' in the order of characters, so that all ids below the run are between. */
function insideRun(runId: string): string[] {
  return [runId, `${runId}/`, `${runId}0`];
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** What a filter says of rows; entries know their workspace through their run. */
function filterOf(
  filter: HistoryFilter & { readonly runId?: string },
  rows: 'runs' | 'entries',
  runColumn = 'run_id',
): Condition {
  const parts: [string, string | undefined][] = [
    [`${runColumn} = ?`, filter.runId],
    ['created_at >= ?', filter.from],
    ['created_at < ?', filter.until],
  ];
  if (filter.workspace === '') {
    // Runs without a folder; the stored value is either.
    parts.push([
      rows === 'runs'
        ? `coalesce(workspace, '') = ?`
        : `${runColumn} IN (SELECT run_id FROM runs WHERE coalesce(workspace, '') = ?)`,
      '',
    ]);
  } else {
    parts.push([
      rows === 'runs' ? 'workspace = ?' : `${runColumn} IN (SELECT run_id FROM runs WHERE workspace = ?)`,
      filter.workspace,
    ]);
  }
  const given = parts.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  return { sql: ['1', ...given.map(({ sql }) => sql)].join(' AND '), values: given.map(({ value }) => value) };
}

/** What a search says of rows; null: it can match nothing. */
function searchOf({ search = '' }: EntryQuery, index: 'conversation_search' | 'document_search'): Condition | null {
  const match = matchExpression(search);
  if (match === '') return null;
  if (match === null) return { sql: '1', values: [] };
  return { sql: `id IN (SELECT docid FROM ${index} WHERE ${index} MATCH ?)`, values: [match] };
}

function total(database: OperationDatabase, table: string, condition: string, values: readonly SqlValue[]): number {
  return integer(database.get(`SELECT count(*) AS total FROM ${table} WHERE ${condition}`, values) ?? {}, 'total');
}

function conversationOf(row: Row, phrases: readonly (readonly string[])[]): ConversationSummary {
  const texts =
    row.messages === undefined ? [] : [...textsIn(json(row, 'messages')), textOrNull(row, 'response') ?? ''];
  return {
    id: integer(row, 'id'),
    taskId: text(row, 'task_id'),
    runId: text(row, 'run_id'),
    type: text(row, 'type'),
    model: text(row, 'model'),
    account: text(row, 'account'),
    status: text(row, 'status'),
    tokens: integerOrNull(row, 'tokens'),
    costUSD: integerOrNull(row, 'cost'),
    createdAt: text(row, 'created_at'),
    snippet: snippetOf(phrases, texts),
  };
}

function documentOf(row: Row, phrases: readonly (readonly string[])[]): DocumentSummary {
  const title = text(row, 'title');
  const texts = row.content === undefined ? [] : [text(row, 'content'), title];
  return {
    id: integer(row, 'id'),
    taskId: text(row, 'task_id'),
    runId: text(row, 'run_id'),
    title,
    format: text(row, 'format') as DocumentSummary['format'],
    createdAt: text(row, 'created_at'),
    snippet: snippetOf(phrases, texts),
  };
}
