import {
  DELETED_DAYS,
  type DocumentFormat,
  type DocumentNote,
  type DocumentStore,
  type NewDocument,
  type NewVersion,
} from '../../../core/documents/document.ts';
import { noVersion, plainTags, plainTitle, SAVED, sizeOf } from '../../../core/documents/document-rules.ts';
import type { Row, SqlValue } from '../sqlite/connection.ts';
import { checksumOf, isIntact } from './checksums.ts';
import { INSIDE_RUN, insideRun, RUN_OF_DOCUMENT } from './history-filter.ts';
import { showNewestVersion } from './newest-version.ts';
import type { OperationContext } from './operation.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, text, textOrNull } from './row.ts';
import { damagedRow } from './storage-errors.ts';

const DAY_MS = 86_400_000;

/** What a run has made that is gone; what a person has saved is not. */
export const LOST_DOCUMENT = `task_id <> '' AND ${RUN_OF_DOCUMENT} NOT IN (SELECT run_id FROM runs)`;

/** A version as it is written. */
interface Version {
  readonly taskId: string;
  readonly artifact: string | null;
  readonly content: string;
  readonly format: DocumentFormat;
  readonly note: DocumentNote;
  readonly at: string;
}

export function saveDocument({ database }: OperationContext, document: NewDocument): number {
  return keepDocument(database, document, new Date().toISOString());
}

/** Keeps a document as of a moment: as a version of the one that it is a later text of, or as a new one. */
export function keepDocument(database: OperationDatabase, document: NewDocument, at: string): number {
  const { taskId, content, format, kind = 'document', artifact = null, note = SAVED } = document;
  const workspace = document.workspace === undefined ? workspaceOf(database, taskId) : document.workspace;
  const kept =
    artifact === null
      ? null
      : database.get('SELECT document_id AS id FROM document_versions WHERE task_id = ? AND artifact = ?', [
          ...[taskId, artifact],
        ]);
  if (kept !== null) return integer(kept, 'id');
  const title = plainTitle(document.title);
  const tags = plainTags(document.tags ?? []);
  const version = { taskId, artifact, content, format, note, at };
  const same = database.get(
    `SELECT id, tags FROM documents WHERE title = ? AND kind = ? AND workspace IS ? AND deleted_at IS NULL
     ORDER BY id DESC LIMIT 1`,
    [title, kind, workspace],
  );
  if (same !== null) {
    const id = integer(same, 'id');
    appendVersion(database, id, version);
    const before = json<readonly string[]>(same, 'tags');
    if (tags.some((tag) => !before.includes(tag))) setTags(database, id, plainTags([...before, ...tags]));
    return id;
  }
  const id = insertedId(
    database,
    `INSERT INTO documents (id, task_id, title, content, format, created_at, checksum, kind, workspace, size, tags, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
    [
      ...[database.newId(), taskId, title, content, format, at, checksumOf([title, content]), kind, workspace],
      ...[sizeOf(content), JSON.stringify(tags), at],
    ],
  );
  insertVersion(database, id, 1, version);
  return id;
}

export function addDocumentVersion({ database }: OperationContext, id: number, version: NewVersion): number {
  const document = requireDocument(database, id);
  return appendVersion(database, id, {
    taskId: version.taskId ?? '',
    artifact: null,
    content: version.content,
    format: version.format ?? (text(document, 'format') as DocumentFormat),
    note: version.note,
    at: new Date().toISOString(),
  });
}

export function restoreDocument(
  { database }: OperationContext,
  id: number,
  version: number,
  note: DocumentNote,
): number {
  requireDocument(database, id);
  const row = database.get('SELECT * FROM document_versions WHERE document_id = ? AND version = ?', [id, version]);
  if (row === null) throw noVersion(id, version);
  if (!isIntact('document_versions', row)) throw damagedRow(`version ${version} of document ${id}`);
  // It stays with the run that made the text: when that is deleted, no copy is left behind.
  return appendVersion(database, id, {
    taskId: text(row, 'task_id'),
    artifact: null,
    content: text(row, 'content'),
    format: text(row, 'format') as DocumentFormat,
    note,
    at: new Date().toISOString(),
  });
}

export function changeDocument(
  { database }: OperationContext,
  id: number,
  { title, tags }: Parameters<DocumentStore['change']>[1],
): void {
  requireDocument(database, id);
  if (tags !== undefined) setTags(database, id, plainTags(tags));
  if (title === undefined) return;
  const plain = plainTitle(title);
  const row = database.get('SELECT content FROM documents WHERE id = ?', [id]) ?? {};
  database.run('UPDATE documents SET title = ?, checksum = ? WHERE id = ?', [
    ...[plain, checksumOf([plain, text(row, 'content')]), id],
  ]);
}

export function deleteDocuments({ database }: OperationContext, ids: readonly number[]): number[] {
  const now = Date.now();
  database.run('DELETE FROM documents WHERE deleted_at < ?', [new Date(now - DELETED_DAYS * DAY_MS).toISOString()]);
  const at = new Date(now).toISOString();
  return changed(database, 'UPDATE documents SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL RETURNING id', [
    ...ids.map((id) => [at, id]),
  ]);
}

export function undeleteDocuments({ database }: OperationContext, ids: readonly number[]): number[] {
  return changed(
    database,
    'UPDATE documents SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL RETURNING id',
    [...ids.map((id) => [id])],
  );
}

/** Deletes the versions that a run has made, for good, and the documents that consist of nothing else. */
export function deleteDocumentsOf(database: OperationDatabase, runId: string): void {
  deleteVersions(database, INSIDE_RUN, insideRun(runId));
}

/** The same for what runs have made that are gone, before a moment. What a person has saved stays. */
export function deleteDocumentsBefore(database: OperationDatabase, before: string): void {
  deleteVersions(database, `created_at < ? AND ${LOST_DOCUMENT}`, [before]);
}

/** Documents that are there and not deleted. */
export function countDocuments(database: OperationDatabase): number {
  return integer(database.get('SELECT count(*) AS total FROM documents WHERE deleted_at IS NULL') ?? {}, 'total');
}

function deleteVersions(database: OperationDatabase, condition: string, values: readonly SqlValue[]): void {
  const deleted = database.all(`DELETE FROM document_versions WHERE ${condition} RETURNING document_id AS id`, values);
  for (const id of new Set(deleted.map((row) => integer(row, 'id')))) showNewestVersion(database, id);
}

function appendVersion(database: OperationDatabase, id: number, version: Version): number {
  const last = database.get('SELECT max(version) AS last FROM document_versions WHERE document_id = ?', [id]);
  const number = integer(last ?? {}, 'last') + 1;
  insertVersion(database, id, number, version);
  showNewestVersion(database, id);
  return number;
}

function insertVersion(database: OperationDatabase, id: number, number: number, version: Version): void {
  const { taskId, artifact, content, format, note, at } = version;
  database.run(
    `INSERT INTO document_versions (document_id, version, task_id, artifact, format, size, author, reason, created_at, checksum, content)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      ...[id, number, taskId, artifact, format, sizeOf(content), note.author, note.reason, at],
      ...[checksumOf([content]), content],
    ],
  );
}

function setTags(database: OperationDatabase, id: number, tags: readonly string[]): void {
  database.run('UPDATE documents SET tags = ? WHERE id = ?', [JSON.stringify(tags), id]);
}

function workspaceOf(database: OperationDatabase, taskId: string): string | null {
  const run = database.get('SELECT workspace FROM runs WHERE run_id = ?', [taskId.split('/', 1)[0] ?? '']);
  return run === null ? null : textOrNull(run, 'workspace');
}

function requireDocument(database: OperationDatabase, id: number): Row {
  const row = database.get('SELECT format FROM documents WHERE id = ? AND deleted_at IS NULL', [id]);
  if (row === null) throw noVersion(id);
  return row;
}

function changed(database: OperationDatabase, sql: string, each: readonly (readonly SqlValue[])[]): number[] {
  return each.flatMap((values) => database.all(sql, values).map((row) => integer(row, 'id')));
}

function insertedId(database: OperationDatabase, sql: string, values: readonly SqlValue[]): number {
  return integer(database.get(sql, values) ?? {}, 'id');
}
