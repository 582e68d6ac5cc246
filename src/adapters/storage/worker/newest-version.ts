import type { Connection } from '../sqlite/connection.ts';
import { checksumOf } from './checksums.ts';
import { integer, text } from './row.ts';

type Rows = Pick<Connection, 'all' | 'get' | 'run'>;

/** Brings `documents` back in line with the newest version that there is; deletes a document that has none left. */
export function showNewestVersion(database: Rows, id: number): void {
  const newest = database.get(
    'SELECT version, task_id, format, size, created_at, content FROM document_versions WHERE document_id = ? ORDER BY version DESC LIMIT 1',
    [id],
  );
  if (newest === null) {
    database.run('DELETE FROM documents WHERE id = ?', [id]);
    return;
  }
  const title = text(database.get('SELECT title FROM documents WHERE id = ?', [id]) ?? {}, 'title');
  const content = text(newest, 'content');
  database.run(
    `UPDATE documents SET version = ?, task_id = ?, format = ?, size = ?, updated_at = ?, content = ?, checksum = ? WHERE id = ?`,
    [
      ...[integer(newest, 'version'), text(newest, 'task_id'), text(newest, 'format'), integer(newest, 'size')],
      ...[text(newest, 'created_at'), content, checksumOf([title, content]), id],
    ],
  );
}

/** The same for all documents, after rows were added or deleted one by one. One without any version gets its text as one. */
export function showNewestVersions(database: Rows): void {
  database.run(`INSERT INTO document_versions (document_id, version, task_id, format, size, author, reason, created_at, content)
    SELECT id, version, task_id, coalesce(format, 'markdown'), size, '', 'recovered', created_at, content FROM documents
    WHERE id NOT IN (SELECT document_id FROM document_versions)`);
  const behind = database.all(`SELECT d.id FROM documents d JOIN
    (SELECT document_id, max(version) AS newest FROM document_versions GROUP BY document_id) v ON v.document_id = d.id
    WHERE d.version <> v.newest`);
  for (const row of behind) showNewestVersion(database, integer(row, 'id'));
}
