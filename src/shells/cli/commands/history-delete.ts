import { EnsembleError } from '../../../core/errors.ts';
import { clearHistory } from '../../../core/history/clear-history.ts';
import type { DeletionCount, DeletionQuery } from '../../../core/history/history.ts';
import { itemDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, count, grouped } from '../format.ts';
import { dayOf } from '../options.ts';
import type { Session } from '../session.ts';
import { workspaceAt } from './history-folders.ts';

const DAY_MS = 86_400_000;

/** Which part of the history, and what is done about documents and the way back. */
export interface DeleteFlags {
  readonly before?: string;
  /** Days. */
  readonly olderThan?: number;
  readonly all?: boolean;
  readonly workspace?: string;
  readonly keepDocuments?: boolean;
  readonly backup: boolean;
}

/** `ensemble history delete`: says how much that is, asks, backs up, deletes. */
export async function deleteHistory(session: Session, flags: DeleteFlags): Promise<number> {
  const query = await queryOf(session, flags);
  const { ensemble } = await session.open();
  const found = await ensemble.history.deletable(query);
  if (found.runs + found.conversations + found.documents === 0) {
    session.emit({ json: () => itemDocument({ deleted: 0, freedBytes: 0 }), text: () => 'There is nothing that old.' });
    return EXIT.completed;
  }
  const { keepDocuments = false, backup } = flags;
  const details = [...factsOf(found, keepDocuments), ...(backup ? ['A backup is made before.'] : [])];
  if (!(await session.confirm({ title: `Delete ${count(found.runs, 'run')} of the history?`, details }))) {
    throw new EnsembleError('usage', 'Nothing was deleted.', {
      hint: 'Answer with y on a terminal, or add --yes where nobody can answer.',
    });
  }
  const signal = session.interrupts.arm(
    () => session.aside('Stopping after the runs that are being deleted.'),
    () => session.progress.stop(),
  );
  const onDeleted = (runs: number) => session.aside(`${grouped(runs)} of ${count(found.runs, 'run')} deleted`);
  const done = await clearHistory(ensemble, { ...query, keepDocuments, backUp: backup }, { signal, onDeleted });
  session.emit({
    json: () => itemDocument(done),
    text: () => [
      `${count(done.deleted, 'run')} deleted; the database is ${bytes(done.freedBytes)} smaller.`,
      ...(backup ? ['To undo it: ensemble database backups, then ensemble database restore FILE'] : []),
    ],
  });
  return signal.aborted ? EXIT.cancelled : EXIT.completed;
}

async function queryOf(session: Session, flags: DeleteFlags): Promise<DeletionQuery> {
  const { olderThan, all = false, workspace } = flags;
  const day = dayOf('--before', flags.before);
  const given = [day !== null, olderThan !== undefined, all].filter(Boolean).length;
  if (given !== 1)
    throw new EnsembleError('usage', 'Say which part of the history: --before, --older-than or --all.', {
      hint: 'See: ensemble history delete --help',
    });
  const before = day ?? new Date(session.host.now() - (olderThan ?? 0) * DAY_MS).toISOString();
  return { before, ...(workspace === undefined ? {} : { workspace: await workspaceAt(session, workspace) }) };
}

function factsOf({ conversations, documents }: DeletionCount, keepDocuments: boolean): string[] {
  return [
    `${count(conversations, 'conversation')} and all findings are deleted with that.`,
    ...(documents === 0
      ? []
      : [`${count(documents, 'document')} of these runs ${keepDocuments ? 'are kept' : 'are deleted, too'}.`]),
    'The record of what was spent stays.',
  ];
}
