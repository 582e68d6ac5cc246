import type { EntryQuery, HistoryFilter } from '../../../core/history/history.ts';
import type { SqlValue } from '../sqlite/connection.ts';
import { matchExpression } from './match-expression.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, textOrNull } from './row.ts';

/** Statuses of runs that have not ended: the same words as in the indexes `runs_unfinished` and `runs_ended`. */
export const UNFINISHED = `status IN ('queued', 'running', 'suspended', 'interrupted')`;
/** Runs that have ended, as SQLite knows it from the indexes. */
export const ENDED = `status NOT IN ('queued', 'running', 'suspended', 'interrupted')`;

/** The run of a document, by its task. */
export const RUN_OF_DOCUMENT = `CASE instr(task_id, '/') WHEN 0 THEN task_id ELSE substr(task_id, 1, instr(task_id, '/') - 1) END`;

/** What belongs to a run by its task id; by a range and not by an expression, so that the index is used. */
export const INSIDE_RUN = '(task_id = ? OR (task_id >= ? AND task_id < ?))';

/** Values for {@link INSIDE_RUN}: '0' follows '/' in the order of characters, so that all ids below the run are between. */
export function insideRun(runId: string): string[] {
  return [runId, `${runId}/`, `${runId}0`];
}

/** So many model calls are looked at one by one rather than all runs. */
export const FEW_CALLS = 1_000;

/** A part of a WHERE clause with its values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** All of them hold. */
export function allOf(conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return { sql: '1', values: [] };
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    values: conditions.flatMap(({ values }) => values),
  };
}

/** `sql` about a value, where there is one. */
export function given(sql: string, value: SqlValue | undefined): Condition[] {
  return value === undefined ? [] : [{ sql, values: [value] }];
}

/**
 * The workspaces that a filter names, with all that is attached to them, as the column has them; null: no restriction. Runs
 * without a folder have null or an empty text.
 */
export function workspacesOf(
  database: OperationDatabase,
  workspace: HistoryFilter['workspace'],
): (string | null)[] | null {
  if (workspace === undefined) return null;
  const rows = database.all(
    `WITH RECURSIVE shown (path) AS (
       SELECT value FROM json_each(?1) UNION
       SELECT workspaces.path FROM workspaces JOIN shown ON workspaces.attached_to = shown.path
     ) SELECT path FROM shown`,
    [JSON.stringify([workspace].flat())],
  );
  return rows.map((row) => textOrNull(row, 'path')).flatMap((path) => (path === '' ? [null, ''] : [path]));
}

/** What a filter says of runs, but for their workspace. */
export function runsWith(
  database: OperationDatabase,
  { from, until, kind, status, ...calls }: Omit<HistoryFilter, 'workspace'>,
): Condition {
  const made = callsWith(calls);
  return allOf([
    ...given('created_at >= ?', from),
    ...given('created_at < ?', until),
    // The sign keeps SQLite from the index of kinds, in which runs are in no order.
    ...given('+kind = ?', kind),
    ...given('status = ?', status),
    ...(made.length === 0 ? [] : [made.some((one) => isRare(database, one)) ? isOfCall(made) : hasCall(made)]),
  ]);
}

/** Whether few conversations meet the condition; SQLite stops counting where they are many. */
function isRare(database: OperationDatabase, { sql, values }: Condition): boolean {
  const counted = `SELECT count(*) AS calls FROM (SELECT 1 FROM conversations WHERE ${sql} LIMIT ?)`;
  return integer(database.get(counted, [...values, FEW_CALLS + 1]) ?? {}, 'calls') <= FEW_CALLS;
}

/** The few calls first, then their runs. */
function isOfCall(calls: readonly Condition[]): Condition {
  const { sql, values } = allOf(calls);
  return { sql: `run_id IN (SELECT run_id FROM conversations WHERE ${sql})`, values };
}

/**
 * One look into an index for each run: the runs are read in the order that they are listed in, and no list is made of all the
 * calls of a model, which may be those of every run.
 */
function hasCall(calls: readonly Condition[]): Condition {
  const { sql, values } = allOf(calls);
  return { sql: `EXISTS (SELECT 1 FROM conversations WHERE conversations.run_id = runs.run_id AND ${sql})`, values };
}

/**
 * What a query says of conversations. Of their run they know kind and workspace: `runs` tells whether that is looked up for each
 * conversation, where they are hits of a search, or whether all runs that fit are gathered first.
 */
export function conversationsWith(
  database: OperationDatabase,
  query: EntryQuery,
  runs: 'each' | 'gathered' = 'gathered',
): Condition {
  const { from, until, kind, status, afterId, runId, type, rerunOf, workspace, ...calls } = query;
  return allOf([
    ...given('run_id = ?', runId),
    ...given('id < ?', afterId),
    ...given('rerun_of = ?', rerunOf),
    ...given('type = ?', type),
    // Said twice where it can be, for the index of what has not completed.
    ...given(status === 'completed' ? 'status = ?' : `status = ? AND status <> 'completed'`, status),
    ...callsWith(calls),
    ...given('created_at >= ?', from),
    ...given('created_at < ?', until),
    ...ofRuns(database, { kind, workspace }, runs),
  ]);
}

/** Whether a query leaves few of all conversations. */
export function leavesFew(database: OperationDatabase, { runId, rerunOf, ...calls }: EntryQuery): boolean {
  return runId !== undefined || rerunOf !== undefined || callsWith(calls).some((one) => isRare(database, one));
}

function callsWith({ model, account, agent }: Pick<HistoryFilter, 'model' | 'account' | 'agent'>): Condition[] {
  const models = model === undefined ? undefined : JSON.stringify([model].flat());
  return [
    ...given('model IN (SELECT value FROM json_each(?))', models),
    ...given('account = ?', account),
    ...given('agent = ?', agent),
  ];
}

function ofRuns(
  database: OperationDatabase,
  { kind, workspace }: { readonly kind: string | undefined; readonly workspace: HistoryFilter['workspace'] },
  runs: 'each' | 'gathered',
): Condition[] {
  const places = workspacesOf(database, workspace);
  const conditions = [
    ...given('+kind = ?', kind),
    ...(places === null ? [] : [isAnyOf(runs === 'each' ? '+workspace' : 'workspace', places)]),
  ];
  return conditions.map(({ sql, values }) =>
    runs === 'each'
      ? { sql: `EXISTS (SELECT 1 FROM runs WHERE runs.run_id = conversations.run_id AND ${sql})`, values }
      : { sql: `run_id IN (SELECT run_id FROM runs WHERE ${sql})`, values },
  );
}

/** The column has one of the values; null counts as a value. */
export function isAnyOf(column: string, values: readonly (string | null)[]): Condition {
  return { sql: `(${values.map(() => `${column} IS ?`).join(' OR ') || '0'})`, values };
}

/** What a search says of rows; null: it can match nothing. */
export function searchOf(
  { search = '' }: Pick<EntryQuery, 'search'>,
  index: 'conversation_search' | 'document_search',
): Condition | null {
  const match = matchExpression(search);
  if (match === '') return null;
  if (match === null) return { sql: '1', values: [] };
  return { sql: `id IN (SELECT docid FROM ${index} WHERE ${index} MATCH ?)`, values: [match] };
}
