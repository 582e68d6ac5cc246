import type { Command } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, localTime } from '../format.ts';
import { table } from '../layout.ts';
import { positive, refuseUnknown } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';

interface ListFlags {
  readonly limit: number;
}

/** `ensemble docs`. */
export function registerDocs(program: Command, perform: Perform): void {
  const docs = program
    .command('docs')
    .description('list and show stored documents')
    .usage('[options] [command]')
    .argument('[unknown...]')
    .option('--limit <n>', 'at most this many, newest first', positive, 20)
    .action((rest: string[], flags: ListFlags, command: Command) => {
      refuseUnknown('docs', rest, ['show']);
      return perform(command.optsWithGlobals(), (session) => list(session, flags));
    });
  docs
    .command('show')
    .description('print a document')
    .argument('<id>', 'its number', positive)
    .action((id: number, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => show(session, id)),
    );
}

async function list(session: Session, { limit }: ListFlags): Promise<number> {
  const { ensemble } = await session.open();
  const { items, total } = await ensemble.stores.documents.list({ limit });
  session.emit({
    json: () => listDocument(items, total),
    text: () =>
      items.length === 0
        ? 'No documents yet. A review stores its report, "ensemble run --save-doc" its result.'
        : table(
            items,
            [
              { title: 'Id', text: ({ id }) => String(id), align: 'right', paint: session.style.bold },
              { title: 'Made', text: ({ createdAt }) => localTime(createdAt) },
              { title: 'Size', text: ({ content }) => bytes(Buffer.byteLength(content)), align: 'right' },
              { title: 'Title', text: ({ title }) => oneLine(title), flexible: true },
            ],
            session.columns,
          ),
  });
  return EXIT.completed;
}

async function show(session: Session, id: number): Promise<number> {
  const { ensemble } = await session.open();
  const document = await ensemble.stores.documents.get(id);
  if (!document) throw new EnsembleError('not-found', `There is no document ${id}.`, { hint: 'See: ensemble docs' });
  session.emit({ json: () => itemDocument(document), text: () => stripControls(document.content) });
  return EXIT.completed;
}
