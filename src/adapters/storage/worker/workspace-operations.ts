import type { KnownWorkspace } from '../../../core/history/history.ts';
import type { OperationContext } from './operation.ts';
import { integer, json, text, textOrNull } from './row.ts';

/** Every workspace that a run was made in or that was identified, those with most runs first. */
export function readWorkspaces({ database }: OperationContext): KnownWorkspace[] {
  const rows = database.all(
    `SELECT path, sum(runs) AS runs,
       coalesce((SELECT identities FROM workspaces WHERE workspaces.path = every.path), '[]') AS identities,
       (SELECT attached_to FROM workspaces WHERE workspaces.path = every.path) AS attached_to
     FROM (
       SELECT coalesce(workspace, '') AS path, count(*) AS runs FROM runs GROUP BY workspace
       UNION ALL SELECT path, 0 FROM workspaces
     ) AS every GROUP BY path ORDER BY runs DESC, path`,
  );
  return rows.map((row) => ({
    path: text(row, 'path'),
    runs: integer(row, 'runs'),
    identities: json<readonly string[]>(row, 'identities'),
    attachedTo: textOrNull(row, 'attached_to'),
  }));
}

export function identifyWorkspace({ database }: OperationContext, path: string, identities: readonly string[]): void {
  database.run(
    `INSERT INTO workspaces (path, identities) VALUES (?1, ?2)
     ON CONFLICT (path) DO UPDATE SET identities = excluded.identities WHERE identities <> excluded.identities`,
    [path, JSON.stringify(identities)],
  );
}

export function attachWorkspace({ database }: OperationContext, path: string, to: string | null): void {
  database.run(
    `INSERT INTO workspaces (path, attached_to) VALUES (?1, ?2)
     ON CONFLICT (path) DO UPDATE SET attached_to = excluded.attached_to`,
    [path, to],
  );
}
