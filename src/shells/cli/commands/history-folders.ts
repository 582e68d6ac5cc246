import path from 'node:path';
import type { Command } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import { attachHistory, detachHistory } from '../../../core/history/attach-history.ts';
import { listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { grouped } from '../format.ts';
import { table } from '../layout.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';

/** `ensemble history folders`, `attach` and `detach`. */
export function registerFolders(history: Command, perform: Perform): void {
  history
    .command('folders')
    .description('the folders that there is history of')
    .action((_flags: unknown, command: Command) => perform(command.optsWithGlobals(), folders));
  const change = (name: string, description: string, work: (session: Session, folder: string) => Promise<number>) =>
    history
      .command(name)
      .description(description)
      .argument('<folder>', 'as "history folders" lists it')
      .action((folder: string, _flags: unknown, command: Command) =>
        perform(command.optsWithGlobals(), (session) => work(session, folder)),
      );
  change('attach', 'show the history of another folder with that of this one', attach);
  change('detach', 'undo "attach"', detach);
}

/** A folder as runs have it: `.` is the workspace of the command line. */
export async function workspaceAt(session: Session, folder: string): Promise<string> {
  const { ensemble, workspace } = await session.open();
  if (folder === '.') return workspace.root;
  const known = (await ensemble.history.workspaces()).map((one) => one.path);
  return known.includes(folder) ? folder : path.resolve(session.host.cwd, folder);
}

async function folders(session: Session): Promise<number> {
  const { ensemble, workspace } = await session.open();
  const known = (await ensemble.history.workspaces()).filter(({ runs, attachedTo }) => runs > 0 || attachedTo !== null);
  session.emit({
    json: () => listDocument(known.map(({ path: folder, runs, attachedTo }) => ({ path: folder, runs, attachedTo }))),
    text: () =>
      known.length === 0
        ? 'No runs yet.'
        : table(
            known,
            [
              { title: 'Runs', text: ({ runs }) => grouped(runs), align: 'right' },
              { title: 'Shown with', text: ({ attachedTo }) => (attachedTo === null ? '' : oneLine(attachedTo)) },
              {
                title: 'Folder',
                text: ({ path: folder }) =>
                  `${folder === '' ? '(no folder)' : oneLine(folder)}${folder === workspace.root ? ' (this one)' : ''}`,
                flexible: true,
              },
            ],
            session.tableColumns,
          ),
  });
  return EXIT.completed;
}

async function attach(session: Session, folder: string): Promise<number> {
  const { ensemble, workspace } = await session.open();
  const from = await known(session, folder);
  await attachHistory(ensemble, from, workspace.root);
  session.emit({
    json: () => listDocument([{ path: from, attachedTo: workspace.root }]),
    text: () => `The history of ${oneLine(from)} is shown with that of ${oneLine(workspace.root)}.`,
  });
  return EXIT.completed;
}

async function detach(session: Session, folder: string): Promise<number> {
  const { ensemble } = await session.open();
  const from = await known(session, folder);
  await detachHistory(ensemble, from);
  session.emit({
    json: () => listDocument([{ path: from, attachedTo: null }]),
    text: () => `The history of ${oneLine(from)} stands by itself again.`,
  });
  return EXIT.completed;
}

async function known(session: Session, folder: string): Promise<string> {
  const { ensemble } = await session.open();
  const wanted = await workspaceAt(session, folder);
  if ((await ensemble.history.workspaces()).some((one) => one.path === wanted)) return wanted;
  throw new EnsembleError('not-found', `There is no history of ${oneLine(wanted)}.`, {
    hint: 'See: ensemble history folders',
  });
}
