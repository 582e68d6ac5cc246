import path from 'node:path';
import type { Command } from 'commander';
import type { Backup } from '../../../core/maintenance.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, count, localTime } from '../format.ts';
import { table } from '../layout.ts';
import { refuseUnknown } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import { exportAll, status } from './database-export.ts';

const ORIGINS: Readonly<Record<Backup['origin'], string>> = {
  daily: 'by itself',
  manual: 'asked for',
  'before-restore': 'before a restore',
};

/** `ensemble database`: care for the file in which everything is kept. */
export function registerDatabase(program: Command, perform: Perform): void {
  const database = program
    .command('database')
    .description('back up, restore, export, check and compact the database')
    .usage('[command]')
    .argument('[unknown...]')
    .action((rest: string[], _flags: unknown, command: Command) => {
      refuseUnknown('database', rest, [
        'status',
        'backups',
        'backup',
        'restore',
        'export',
        'import',
        'check',
        'compact',
      ]);
      return perform(command.optsWithGlobals(), listBackups);
    });
  const add = (name: string, description: string, run: (session: Session) => Promise<number>) =>
    database
      .command(name)
      .description(description)
      .action((_flags: unknown, command: Command) => perform(command.optsWithGlobals(), run));
  add('status', 'where the database is, how it is, and who has it open', status);
  add('backups', 'list the backups', listBackups);
  add('backup', 'make a checked copy now', backUp);
  database
    .command('restore')
    .description('put a backup in the place of the database, after a backup of that')
    .argument('<file>', 'one of those that "database backups" lists')
    .action((file: string, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => restore(session, file)),
    );
  database
    .command('export')
    .description('write everything into a zip file of JSON and Markdown')
    .argument('[file]', 'a new file (default: ensemble-export-DATE.zip in this folder)')
    .action((file: string | undefined, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => exportAll(session, file)),
    );
  database
    .command('import')
    .description('take over what SuperGrok kept: conversations, documents, prompts')
    .argument('[file]', 'its database (default: ~/.supergrok/orchestration.db)')
    .action((file: string | undefined, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => importOrchestration(session, file)),
    );
  add('check', 'read everything, and mend what is damaged', check);
  add('compact', 'give the room of deleted rows back to the disk', compact);
}

async function listBackups(session: Session): Promise<number> {
  const { ensemble } = await session.open();
  const backups = await ensemble.stores.maintenance.backups();
  session.emit({
    json: () => listDocument(backups),
    text: () =>
      backups.length === 0
        ? 'No backups yet. One is made each day; "ensemble database backup" makes one now.'
        : table(
            backups,
            [
              { title: 'Made', text: ({ at }) => localTime(at), paint: session.style.bold },
              { title: 'Why', text: ({ origin }) => ORIGINS[origin] },
              { title: 'Size', text: ({ sizeBytes }) => bytes(sizeBytes), align: 'right' },
              { title: 'File', text: ({ file }) => file, flexible: true },
            ],
            session.tableColumns,
          ),
  });
  return EXIT.completed;
}

async function backUp(session: Session): Promise<number> {
  const { ensemble } = await session.open();
  const backup = await ensemble.stores.maintenance.backUp();
  session.emit({ json: () => itemDocument(backup), text: () => `${backup.file} (${bytes(backup.sizeBytes)})` });
  return EXIT.completed;
}

async function restore(session: Session, name: string): Promise<number> {
  const { ensemble } = await session.open();
  const { maintenance } = ensemble.stores;
  const wanted = path.resolve(session.host.cwd, name);
  const known = (await maintenance.backups()).find(({ file }) => file === wanted || path.basename(file) === name);
  await maintenance.restore(known?.file ?? wanted);
  const [undo] = (await maintenance.backups()).filter(({ origin }) => origin === 'before-restore');
  session.emit({
    json: () => itemDocument({ restored: known?.file ?? wanted, before: undo?.file ?? null }),
    text: () => [
      `Restored ${known?.file ?? wanted}`,
      ...(undo ? [`What was there before: ensemble database restore ${path.basename(undo.file)}`] : []),
    ],
  });
  return EXIT.completed;
}

async function importOrchestration(session: Session, name: string | undefined): Promise<number> {
  const { ensemble } = await session.open();
  const file =
    name === undefined
      ? path.join(session.host.home, '.supergrok', 'orchestration.db')
      : path.resolve(session.host.cwd, name);
  const taken = await ensemble.stores.maintenance.importOrchestration(file);
  session.emit({
    json: () => itemDocument(taken),
    text: () => [
      `Imported ${count(taken.conversations, 'conversation')}, ${count(taken.documents, 'document')} and ${count(taken.prompts, 'prompt')} from ${file}`,
      ...taken.problems.map((problem) => `Left out: ${oneLine(problem)}`),
    ],
  });
  return EXIT.completed;
}

async function check(session: Session): Promise<number> {
  const { ensemble } = await session.open();
  const found = await ensemble.stores.maintenance.check();
  session.emit({
    json: () => itemDocument(found),
    text: () =>
      found.problems.length === 0
        ? `Nothing is wrong. ${count(found.rows, 'row')} compared with their checksums.`
        : [...found.problems, `${found.mended} of ${count(found.problems.length, 'problem')} mended.`],
  });
  return found.mended < found.problems.length ? EXIT.storage : EXIT.completed;
}

async function compact(session: Session): Promise<number> {
  const { ensemble } = await session.open();
  const sizes = await ensemble.stores.maintenance.compact();
  session.emit({
    json: () => itemDocument(sizes),
    text: () => `${bytes(sizes.beforeBytes)} before, ${bytes(sizes.afterBytes)} now`,
  });
  return EXIT.completed;
}
