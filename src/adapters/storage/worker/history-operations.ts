import type {
  ConversationSummary,
  EntryQuery,
  HistoryFacets,
  HistoryFilter,
  HistoryQuery,
  UnfinishedRun,
} from '../../../core/history/history.ts';
import { phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import type { Page, RunRecord } from '../../../core/ports.ts';
import { textsIn } from '../conversation-texts.ts';
import type { Row } from '../sqlite/connection.ts';
import { conversationFacts } from './conversation-facts.ts';
import { conversationHits, idList, WITH_IDS } from './conversation-hits.ts';
import {
  allOf,
  type Condition,
  conversationsWith,
  ENDED,
  isAnyOf,
  leavesFew,
  runsWith,
  UNFINISHED,
  workspacesOf,
} from './history-filter.ts';
import { runOf } from './journal-operations.ts';
import { matchExpression } from './match-expression.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, text, textOrNull } from './row.ts';

const MOST_UNFINISHED = 100;

/** The statement of a page of ended runs in one workspace (null: in all); a test asks SQLite how it does it. */
export function runsStatement(
  database: OperationDatabase,
  query: HistoryQuery,
  workspace: { readonly path: string | null } | null,
): Condition & { readonly condition: Condition } {
  const { after, limit, workspace: _, ...filter } = query;
  const condition = allOf([
    { sql: ENDED, values: [] },
    ...(workspace === null ? [] : [{ sql: 'workspace IS ?', values: [workspace.path] }]),
    runsWith(database, filter),
  ]);
  const page = allOf([
    condition,
    ...(after ? [{ sql: '(created_at, run_id) < (?, ?)', values: [after.createdAt, after.runId] }] : []),
  ]);
  const sql = `SELECT * FROM runs WHERE ${page.sql} ORDER BY created_at DESC, run_id DESC LIMIT ?`;
  return { sql, values: [...page.values, limit], condition };
}

export function historyRuns({ database }: OperationContext, query: HistoryQuery): Page<RunRecord> {
  // One after the other, because only so each of them is read in the order of its index.
  const found = eachPlace(database, query).map((place) => {
    const { sql, values, condition } = runsStatement(database, query, place);
    return { rows: database.all(sql, values).map(runOf), total: total(database, 'runs', condition) };
  });
  const rows = found.flatMap((part) => part.rows);
  const items = found.length === 1 ? rows : rows.sort(newestFirst).slice(0, query.limit);
  return { items, total: found.reduce((sum, part) => sum + part.total, 0) };
}

function newestFirst(a: RunRecord, b: RunRecord): number {
  const order = a.createdAt === b.createdAt ? a.runId < b.runId : a.createdAt < b.createdAt;
  return order ? 1 : -1;
}

function eachPlace(
  database: OperationDatabase,
  { workspace }: HistoryFilter,
): ({ readonly path: string | null } | null)[] {
  return workspacesOf(database, workspace)?.map((path) => ({ path })) ?? [null];
}

export function historyCounts(
  { database }: OperationContext,
  { boundaries, ...filter }: HistoryFilter & { readonly boundaries: readonly string[] },
): number[] {
  const places = eachPlace(database, filter);
  return [...boundaries, null].map((from, index) => {
    const until = index === 0 ? null : (boundaries[index - 1] ?? null);
    const span = { ...(from === null ? {} : { from }), ...(until === null ? {} : { until }) };
    const query = { ...filter, ...span, limit: 0 };
    return places.reduce(
      (sum, place) => sum + total(database, 'runs', runsStatement(database, query, place).condition),
      0,
    );
  });
}

export function historyUnfinished({ database }: OperationContext, filter: HistoryFilter): UnfinishedRun[] {
  const places = workspacesOf(database, filter.workspace);
  // The sign keeps SQLite from the index of the workspace, in which all ended runs stand as well.
  const { sql, values } = allOf([
    ...(places === null ? [] : [isAnyOf('+workspace', places)]),
    runsWith(database, filter),
  ]);
  const rows = database.all(`SELECT * FROM runs WHERE ${UNFINISHED} AND ${sql} ORDER BY id DESC LIMIT ?`, [
    ...values,
    MOST_UNFINISHED,
  ]);
  return rows.map(runOf).map((run) => ({ run, live: run.owner !== null && database.isAlive(run.owner) !== false }));
}

/** A page by ids first: their indexes hold what is asked for, so that no text is read that is not shown. */
export function conversationsStatement(columns: string, condition: Condition): string {
  return `SELECT ${columns} FROM conversations WHERE id IN (
    SELECT id FROM conversations WHERE ${condition.sql} ORDER BY id DESC LIMIT ?) ORDER BY id DESC`;
}

const SUMMARY = 'id, task_id, run_id, type, model, account, status, tokens, cost, created_at, agent, rerun_of';

export function historyConversations({ database }: OperationContext, query: EntryQuery): Page<ConversationSummary> {
  const { afterId, ...whole } = query;
  const match = matchExpression(query.search ?? '');
  if (match === '') return { items: [], total: 0 };
  if (match !== null) {
    const few = leavesFew(database, whole);
    const filter = conversationsWith(database, whole, few ? 'gathered' : 'each');
    const gathered = few ? null : conversationsWith(database, whole, runsOf(whole));
    const page = { limit: query.limit, belowId: afterId, few, gathered };
    const { ids, total: found } = conversationHits(database, match, filter, page);
    const rows = database.all(`SELECT ${SUMMARY}, messages, response ${WITH_IDS}`, [idList(ids)]);
    const phrases = phrasesOf(query.search ?? '');
    return { items: rows.map((row) => conversationOf(row, phrases)), total: found };
  }
  const runs = runsOf(query);
  const filter = conversationsWith(database, whole, runs);
  const condition = conversationsWith(database, query, runs);
  const rows = database.all(conversationsStatement(SUMMARY, condition), [...condition.values, query.limit]);
  return { items: rows.map((row) => conversationOf(row, [])), total: total(database, 'conversations', filter) };
}

/** Conversations of some time are in one index with their run; others are found by the runs that fit. */
function runsOf({ from }: EntryQuery): 'each' | 'gathered' {
  return from === undefined ? 'gathered' : 'each';
}

export function historyFacets({ database }: OperationContext): HistoryFacets {
  const distinct = (column: string) => distinctValues(database, 'conversations', column);
  return {
    models: distinct('model'),
    accounts: distinct('account'),
    agents: distinct('agent'),
    kinds: distinctValues(database, 'runs', 'kind'),
  };
}

/** The different values of an indexed column: one step in the index each, however many rows there are. */
function distinctValues(database: OperationDatabase, table: 'conversations' | 'runs', column: string): string[] {
  const next = `SELECT min(${column}) FROM ${table} WHERE ${column} > value`;
  const rows = database.all(
    `WITH RECURSIVE each (value) AS (
       SELECT min(${column}) FROM ${table} UNION ALL SELECT (${next}) FROM each WHERE value IS NOT NULL
     ) SELECT value FROM each WHERE value IS NOT NULL AND value <> ''`,
  );
  return rows.map((row) => text(row, 'value'));
}

function total(database: OperationDatabase, table: string, { sql, values }: Condition): number {
  return integer(database.get(`SELECT count(*) AS total FROM ${table} WHERE ${sql}`, values) ?? {}, 'total');
}

function conversationOf(row: Row, phrases: readonly (readonly string[])[]): ConversationSummary {
  const texts =
    row.messages === undefined ? [] : [...textsIn(json(row, 'messages')), textOrNull(row, 'response') ?? ''];
  return {
    ...conversationFacts(row),
    snippet: snippetOf(phrases, texts),
  };
}
