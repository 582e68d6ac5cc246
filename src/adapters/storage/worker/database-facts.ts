import type { DatabaseStatus } from '../../../core/maintenance.ts';
import type { OperationDatabase } from './operation-database.ts';
import { integer, json, text } from './row.ts';

const COUNTED = ['conversations', 'documents', 'prompts', 'runs', 'tasks', 'journal', 'usage', 'audit'] as const;

/** In the audit log: a check of the whole database, with its outcome. */
export const CHECKED = 'database-checked';

/** What the rows of a database say of it, wherever it lies. */
export function factsOf(
  database: Pick<OperationDatabase, 'get'>,
): Pick<DatabaseStatus, 'version' | 'reclaimableBytes' | 'rows' | 'lastCheck'> {
  const pragma = (name: string) => integer(database.get(`PRAGMA ${name}`) ?? {}, name);
  const rows = COUNTED.map((table) => {
    return [table, integer(database.get(`SELECT count(*) AS total FROM ${table}`) ?? {}, 'total')] as const;
  });
  const check = database.get('SELECT at, detail FROM audit WHERE action = ? ORDER BY id DESC LIMIT 1', [CHECKED]);
  return {
    version: pragma('user_version'),
    reclaimableBytes: pragma('freelist_count') * pragma('page_size'),
    rows: Object.fromEntries(rows),
    lastCheck: check && { at: text(check, 'at'), ...json<{ problems: number; mended: number }>(check, 'detail') },
  };
}
