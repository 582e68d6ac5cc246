import type { Command } from 'commander';
import { DOCUMENT_KINDS, type DocumentKind } from '../../../core/documents/document.ts';
import { listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { bytes, localTime } from '../format.ts';
import { table } from '../layout.ts';
import { commaList, oneOf, positive, refuseUnknown } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine } from '../sanitize.ts';
import type { Session } from '../session.ts';
import type { SaveFlags } from './docs-changes.ts';

const SUBCOMMANDS = ['show', 'versions', 'diff', 'save', 'tag', 'rename', 'restore', 'export', 'delete', 'undelete'];

interface ListFlags {
  readonly limit: number;
  readonly tag?: string;
  readonly kind?: DocumentKind;
  readonly search?: string;
}

/** `ensemble docs`. */
export function registerDocs(program: Command, perform: Perform): void {
  const docs = program
    .command('docs')
    .description('stored documents and their versions: list, show, compare, save, export')
    .usage('[options] [command]')
    .argument('[unknown...]')
    .option('--limit <n>', 'at most this many, the latest first', positive, 20)
    .option('--tag <tag>', 'only those with this tag')
    .option('--kind <kind>', `only these: ${DOCUMENT_KINDS.join(', ')}`, oneOf('kind of document', DOCUMENT_KINDS))
    .option('--search <text>', 'only those with these words in title, tags or text')
    .action((rest: string[], flags: ListFlags, command: Command) => {
      refuseUnknown('docs', rest, SUBCOMMANDS);
      return perform(command.optsWithGlobals(), (session) => list(session, flags));
    });
  registerReading(docs, perform);
  registerChanges(docs, perform);
}

/** Commands that look at documents. */
function registerReading(docs: Command, perform: Perform): void {
  docs
    .command('show')
    .description('print a document')
    .argument('<id>', 'its number', positive)
    .argument('[version]', 'a version (default: the newest)', positive)
    .action((id: number, version: number | undefined, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await reading()).show(session, id, version)),
    );
  docs
    .command('versions')
    .description('its versions: who made them, when and why')
    .argument('<id>', 'its number', positive)
    .option('--limit <n>', 'at most this many, newest first', positive)
    .action((id: number, _flags: unknown, command: Command) => {
      const all = command.optsWithGlobals();
      return perform(all, async (session) => (await reading()).versions(session, id, Number(all.limit)));
    });
  docs
    .command('diff')
    .description('compare two versions of a document')
    .argument('<id>', 'its number', positive)
    .argument('[from]', 'a version (default: the one before the newest)', positive)
    .argument('[to]', 'a version (default: the newest)', positive)
    .action((id: number, from: number | undefined, to: number | undefined, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await reading()).diff(session, id, from, to)),
    );
  docs
    .command('export')
    .description('write documents to files')
    .argument('<ids...>', 'their numbers')
    .option('--version-of <n>', 'a version (default: the newest)', positive)
    .option('--out <file>', 'the file, or an existing folder (default: their titles in this folder)')
    .action((ids: string[], flags: { readonly out?: string; readonly versionOf?: number }, command: Command) =>
      perform(command.optsWithGlobals(), async (session) =>
        (await reading()).exportDocuments(session, ids.map(positive), flags.versionOf, flags.out),
      ),
    );
}

/** Commands that change documents; none of them overwrites a text. */
function registerChanges(docs: Command, perform: Perform): void {
  docs
    .command('save')
    .description('keep a file as a document, or as a new version of it')
    .argument('<file>', 'a file; - is standard input')
    .option('--title <title>', "its title (default: the file's name); the same one again makes a version")
    .option('--tag <a,b>', 'its tags')
    .option('--format <format>', 'markdown, text or json (default: recognised)', oneOf('format', FORMATS))
    .option('--document <id>', 'the document that it is a new version of', positive)
    .option('--reason <text>', 'why')
    .action((file: string, flags: Omit<SaveFlags, 'tags'>, command: Command) => {
      const all = command.optsWithGlobals();
      // The command above has an option of this name, which takes it.
      const tags = commaList(String(all.tag ?? ''));
      return perform(all, async (session) => (await changes()).save(session, file, { ...flags, tags }));
    });
  docs
    .command('tag')
    .description('add tags (+a) and remove them (-b)')
    .usage('<id> [+tag...] [-tag...]')
    .argument('<id>', 'its number', positive)
    .argument('[changes...]')
    .allowUnknownOption()
    .action((id: number, given: string[], _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).tag(session, id, given)),
    );
  docs
    .command('rename')
    .description('give a document another title')
    .argument('<id>', 'its number', positive)
    .argument('<title>')
    .action((id: number, title: string, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).rename(session, id, title)),
    );
  docs
    .command('restore')
    .description('make an earlier version the newest one')
    .argument('<id>', 'its number', positive)
    .argument('<version>', 'the version', positive)
    .action((id: number, version: number, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).restore(session, id, version)),
    );
  for (const name of ['delete', 'undelete'] as const) {
    docs
      .command(name)
      .description(name === 'delete' ? 'delete documents; undelete brings them back' : 'bring deleted documents back')
      .argument('<ids...>', 'their numbers')
      .action((ids: string[], _flags: unknown, command: Command) =>
        perform(command.optsWithGlobals(), async (session) => (await changes())[name](session, ids.map(positive))),
      );
  }
}

const FORMATS = ['markdown', 'text', 'json'] as const;

const reading = () => import('./docs-reading.ts');
const changes = () => import('./docs-changes.ts');

async function list(session: Session, { limit, tag, kind, search }: ListFlags): Promise<number> {
  const { ensemble } = await session.open();
  const { items, total } = await ensemble.stores.documents.list({
    limit,
    ...(tag === undefined ? {} : { tag }),
    ...(kind === undefined ? {} : { kind }),
    ...(search === undefined ? {} : { search }),
  });
  const filtered = tag !== undefined || kind !== undefined || search !== undefined;
  const none = filtered
    ? 'No document is like that.'
    : 'No documents yet. A review stores its report, "ensemble run --save-doc" its result, "ensemble docs save" a file.';
  const about =
    search === undefined ? ({ title }: Item) => title : ({ title, snippet }: Item) => snippet?.text ?? title;
  session.emit({
    json: () => listDocument(items, total),
    text: () =>
      items.length === 0
        ? none
        : table(
            items,
            [
              { title: 'Id', text: ({ id }) => String(id), align: 'right', paint: session.style.bold },
              { title: 'Changed', text: ({ updatedAt }) => localTime(updatedAt) },
              { title: 'Kind', text: (row) => row.kind },
              { title: 'Version', text: ({ version }) => String(version), align: 'right' },
              { title: 'Size', text: ({ size }) => bytes(size), align: 'right' },
              { title: 'Tags', text: ({ tags }) => oneLine(tags.join(', ')) },
              { title: search === undefined ? 'Title' : 'Where', text: (row) => oneLine(about(row)), flexible: true },
            ],
            session.tableColumns,
          ),
  });
  return EXIT.completed;
}

type Item = { readonly title: string; readonly snippet: { readonly text: string } | null };
