import { EnsembleError } from '../../../core/errors.ts';
import type { Connection } from '../sqlite/connection.ts';
import { INITIAL } from './migrations/0001-initial.ts';
import { LIBRARY_AND_HISTORY } from './migrations/0002-library-and-history.ts';
import { FINDING_DECISIONS } from './migrations/0003-finding-decisions.ts';
import { QUOTA_STATE } from './migrations/0004-quota-state.ts';
import { MESSAGES } from './migrations/0005-messages.ts';
import { CHECKSUMS } from './migrations/0006-checksums.ts';
import { APPROVALS } from './migrations/0007-approvals.ts';
import { SPANS } from './migrations/0008-spans.ts';
import { TASK_PARENTS } from './migrations/0009-task-parents.ts';
import { AUDIT_APPEND_ONLY } from './migrations/0010-audit-append-only.ts';
import { HISTORY_FILTERS } from './migrations/0011-history-filters.ts';
import { DOCUMENT_VERSIONS } from './migrations/0012-document-versions.ts';
import { TASK_TRACE } from './migrations/0013-task-trace.ts';
import { PROMPT_USAGE } from './migrations/0014-prompt-usage.ts';
import { HISTORY_SINCE } from './migrations/0015-history-since.ts';
import { integer } from './row.ts';

/**
 * The schema, step by step; step n makes version n. Append only: a step that any user may have run never changes, a
 * mistake in it is mended by another step.
 */
export const MIGRATIONS: readonly string[] = [
  INITIAL,
  LIBRARY_AND_HISTORY,
  FINDING_DECISIONS,
  QUOTA_STATE,
  MESSAGES,
  CHECKSUMS,
  APPROVALS,
  SPANS,
  TASK_PARENTS,
  AUDIT_APPEND_ONLY,
  HISTORY_FILTERS,
  DOCUMENT_VERSIONS,
  TASK_TRACE,
  PROMPT_USAGE,
  HISTORY_SINCE,
];

/** The full-text indexes of the newest schema. */
export const SEARCH_INDEXES = ['conversation_search', 'document_search', 'prompt_search'];

/** The version this program reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Written into the file's header ("Ensb"), so that no other program's database is ever migrated. */
export const APPLICATION_ID = 0x456e7362;

/** Version of the open file, 0 for a new one. */
export function schemaVersion(connection: Connection): number {
  return integer(connection.get('PRAGMA user_version') ?? {}, 'user_version');
}

/**
 * Brings the file to {@link SCHEMA_VERSION} in one transaction, after `backUp` unless it is new. Another process may do
 * the same at the same moment: the version is read again under the lock. Throws `storage-newer-version` and leaves the
 * file alone where it comes from a newer program, `storage-failed` where it is another program's.
 */
export function migrate(connection: Connection, file: string, backUp: () => void): void {
  // Before the version: another process may be making the schema of a new file at this moment.
  const isEmpty = integer(connection.get('SELECT count(*) AS tables FROM sqlite_schema') ?? {}, 'tables') === 0;
  const version = schemaVersion(connection);
  refuseNewer(version, file);
  if (version === SCHEMA_VERSION) return;
  if (version > 0) backUp();
  else if (!isEmpty) throw foreignDatabase(file);
  connection.execute('BEGIN IMMEDIATE');
  try {
    const from = schemaVersion(connection);
    refuseNewer(from, file);
    for (const step of MIGRATIONS.slice(from)) connection.execute(step);
    connection.execute(`PRAGMA application_id=${APPLICATION_ID}; PRAGMA user_version=${SCHEMA_VERSION}; COMMIT`);
  } catch (error) {
    connection.rollBack();
    throw error;
  }
}

/** Throws `storage-newer-version` for a version that this program does not know. */
export function refuseNewer(version: number, file: string): void {
  if (version <= SCHEMA_VERSION) return;
  throw new EnsembleError(
    'storage-newer-version',
    `The database ${file} has version ${version}; this program knows versions up to ${SCHEMA_VERSION}.`,
    { hint: 'Update Ensemble, or choose another database file.' },
  );
}

function foreignDatabase(file: string): EnsembleError {
  return new EnsembleError('storage-failed', `${file} is a database of another program.`, {
    hint: 'Choose another database file.',
  });
}
