import type { DeletionCount, DeletionOptions, DeletionQuery } from '../../../core/history/history.ts';
import type { RunOwner } from '../../../core/ports.ts';
import type { Row } from '../sqlite/connection.ts';
import { deleteDocumentsBefore, deleteDocumentsOf, LOST_DOCUMENT } from './document-operations.ts';
import { allOf, INSIDE_RUN, insideRun, isAnyOf, RUN_OF_DOCUMENT, workspacesOf } from './history-filter.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, jsonOrNull, text } from './row.ts';

/** Runs at work that are passed over on the way to the next that can be deleted. */
const MOST_OWNED = 1_000;

export function deleteRuns(
  { database }: OperationContext,
  runIds: readonly string[],
  { keepDocuments = false }: DeletionOptions = {},
): string[] {
  return runIds.filter((runId) => deleteRun(database, runId, keepDocuments));
}

export function deleteBefore(
  { database }: OperationContext,
  query: DeletionQuery & DeletionOptions & { readonly limit?: number },
): number {
  const { before, limit, keepDocuments = false } = query;
  let deleted = 0;
  for (const runId of oldRuns(database, query)) {
    if (deleted === limit) return deleted;
    if (deleteRun(database, runId, keepDocuments)) deleted++;
  }
  if (query.workspace === undefined) {
    // What never belonged to a run that is known, such as what was imported.
    database.run(`DELETE FROM conversations WHERE created_at < ? AND ${LOST('run_id')}`, [before]);
    if (!keepDocuments) deleteDocumentsBefore(database, before);
  }
  return deleted;
}

const LOST = (column: string) => `${column} NOT IN (SELECT run_id FROM runs)`;

export function deletable({ database }: OperationContext, query: DeletionQuery): DeletionCount {
  const runs = oldRuns(database, query);
  const theirs = JSON.stringify(runs);
  const count = (table: string, column: string, id: string, lost: string) => {
    const sql = `SELECT count(DISTINCT ${id}) AS total FROM ${table}
      WHERE ${column} IN (SELECT value FROM json_each(?1)) OR (?2 IS NOT NULL AND created_at < ?2 AND ${lost})`;
    return integer(database.get(sql, [theirs, query.workspace === undefined ? query.before : null]) ?? {}, 'total');
  };
  return {
    runs: runs.length,
    conversations: count('conversations', 'run_id', 'id', LOST('run_id')),
    documents: count('document_versions', RUN_OF_DOCUMENT, 'document_id', LOST_DOCUMENT),
  };
}

/** Runs that were last touched before a moment and that nobody works on, the oldest first. */
function oldRuns(
  database: OperationDatabase,
  { before, workspace, limit }: DeletionQuery & { limit?: number },
): string[] {
  const places = workspacesOf(database, workspace);
  const { sql, values } = allOf([
    { sql: 'updated_at < ?', values: [before] },
    ...(places === null ? [] : [isAnyOf('workspace', places)]),
  ]);
  const rows = database.all(`SELECT run_id, owner FROM runs WHERE ${sql} ORDER BY id LIMIT ?`, [
    ...values,
    limit === undefined ? -1 : limit + MOST_OWNED,
  ]);
  return rows.filter((row) => !isOwned(database, row)).map((row) => text(row, 'run_id'));
}

function isOwned(database: OperationDatabase, row: Row): boolean {
  const owner = jsonOrNull<RunOwner>(row, 'owner');
  return owner !== null && database.isAlive(owner) !== false;
}

/** Deletes a run and all that belongs to it but the ledger; false where there is none, or its process lives. */
function deleteRun(database: OperationDatabase, runId: string, keepDocuments: boolean): boolean {
  const row = database.get('SELECT owner FROM runs WHERE run_id = ?', [runId]);
  if (row === null || isOwned(database, row)) return false;
  const blobs = database.all(
    'SELECT DISTINCT blob_hash AS hash FROM journal WHERE run_id = ? AND blob_hash IS NOT NULL',
    [runId],
  );
  database.run('DELETE FROM conversations WHERE run_id = ?', [runId]);
  if (!keepDocuments) deleteDocumentsOf(database, runId);
  database.run(`DELETE FROM agents WHERE ${INSIDE_RUN}`, insideRun(runId));
  // Journal, tasks, messages, approvals, spans and findings go with the run.
  database.run('DELETE FROM runs WHERE run_id = ?', [runId]);
  for (const blob of blobs) {
    database.run('DELETE FROM blobs WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM journal WHERE blob_hash = ?1)', [
      text(blob, 'hash'),
    ]);
  }
  database.run('INSERT OR REPLACE INTO deletions (run_id, at, documents_kept) VALUES (?, ?, ?)', [
    ...[runId, new Date().toISOString(), Number(keepDocuments)],
  ]);
  return true;
}
