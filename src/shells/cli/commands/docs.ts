import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import type { DocumentRecord } from '../../../core/ports.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, localTime } from '../format.ts';
import { table } from '../layout.ts';
import { positive, refuseUnknown } from '../options.ts';
import { checkOutputFile, writeOutputFile } from '../output-file.ts';
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
    .description('list, show and export stored documents')
    .usage('[options] [command]')
    .argument('[unknown...]')
    .option('--limit <n>', 'at most this many, newest first', positive, 20)
    .action((rest: string[], flags: ListFlags, command: Command) => {
      refuseUnknown('docs', rest, ['show', 'export']);
      return perform(command.optsWithGlobals(), (session) => list(session, flags));
    });
  docs
    .command('show')
    .description('print a document')
    .argument('<id>', 'its number', positive)
    .action((id: number, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => show(session, id)),
    );
  docs
    .command('export')
    .description('write a document to a file')
    .argument('<id>', 'its number', positive)
    .option('--out <file>', 'the file (default: its title in this folder)')
    .action((id: number, { out }: { readonly out?: string }, command: Command) =>
      perform(command.optsWithGlobals(), (session) => exportDocument(session, id, out)),
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

async function read(session: Session, id: number): Promise<DocumentRecord> {
  const { ensemble } = await session.open();
  const document = await ensemble.stores.documents.get(id);
  if (document) return document;
  throw new EnsembleError('not-found', `There is no document ${id}.`, { hint: 'See: ensemble docs' });
}

/** Writes a document to a file that does not exist yet, or to the one that is named. */
async function exportDocument(session: Session, id: number, out: string | undefined): Promise<number> {
  const document = await read(session, id);
  const name = out ?? fileNameOf(document);
  const file = await checkOutputFile(session.host.cwd, name);
  if (out === undefined && existsSync(file)) {
    throw new EnsembleError('invalid-input', `${name} exists already.`, { hint: 'Name the file with --out.' });
  }
  await writeOutputFile(file, document.content);
  session.emit({ json: () => itemDocument({ id, file }), text: () => `Wrote ${oneLine(file)}.` });
  return EXIT.completed;
}

/** The title as a file name, the same on every system. */
function fileNameOf({ id, title, format }: DocumentRecord): string {
  const ending = { markdown: 'md', text: 'txt', json: 'json' }[format];
  const safe = title.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '');
  return `${safe.slice(0, 80) || `document-${id}`}.${ending}`;
}

async function show(session: Session, id: number): Promise<number> {
  const document = await read(session, id);
  session.emit({ json: () => itemDocument(document), text: () => stripControls(document.content) });
  return EXIT.completed;
}
