import type { Command } from 'commander';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { table } from '../layout.ts';
import { commaList, keyValue, positive, versionNumber } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';
import type { SaveFlags } from './prompt-changes.ts';
import type { ExportFlags, ImportFlags } from './prompt-exchange.ts';

interface RenderFlags {
  readonly vars?: Readonly<Record<string, string>>;
}

/** `ensemble prompt`. */
export function registerPrompt(program: Command, perform: Perform): void {
  const prompt = program.command('prompt').description('the prompt library: list, fill in, save, compare');
  prompt
    .command('list')
    .description('the templates there are')
    .action((_flags: unknown, command: Command) => perform(command.optsWithGlobals(), list));
  prompt
    .command('show')
    .description('a template and its variables')
    .argument('<name>')
    .action((name: string, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => show(session, name)),
    );
  prompt
    .command('render')
    .description('fill in a template')
    .argument('<name>')
    .option('--vars <key=value...>', 'values of its variables', keyValue)
    .action((name: string, flags: RenderFlags, command: Command) =>
      perform(command.optsWithGlobals(), (session) => render(session, name, flags.vars ?? {})),
    );
  registerChanges(prompt, perform);
  registerExchange(prompt, perform);
}

interface TagFlags {
  readonly remove?: readonly string[];
}

/** Commands that change prompts, and what there is to know about their versions. */
function registerChanges(prompt: Command, perform: Perform): void {
  prompt
    .command('save')
    .description('save a prompt as a new version')
    .argument('<name>')
    .option('--content <text>', 'its text, with or without front matter')
    .option('--file <file>', 'a file with it; - is standard input')
    .option('--description <text>', 'what it is for')
    .option('--category <name>', 'the category it belongs to')
    .option('--tags <a,b>', 'its tags', commaList)
    .option('--reason <text>', 'why it changes')
    .action((name: string, flags: SaveFlags, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).save(session, name, flags)),
    );
  prompt
    .command('versions')
    .description('its versions: who made them, when and why')
    .argument('<name>')
    .action((name: string, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).versions(session, name)),
    );
  prompt
    .command('diff')
    .description('compare two versions; 0 is the built-in one')
    .argument('<name>')
    .argument('[from]', 'a version (default: the one before the newest)', versionNumber)
    .argument('[to]', 'a version (default: the newest)', versionNumber)
    .action((name: string, from: number | undefined, to: number | undefined, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).diff(session, name, from, to)),
    );
  prompt
    .command('tag')
    .description('add tags to a prompt, or remove them')
    .argument('<name>')
    .argument('[tags...]', 'tags to add')
    .option('--remove <a,b>', 'tags to remove', commaList)
    .action((name: string, tags: string[], { remove = [] }: TagFlags, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).tag(session, name, tags, remove)),
    );
  prompt
    .command('delete')
    .description('delete a prompt of yours; restore brings it back')
    .argument('<name>')
    .action((name: string, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).remove(session, name)),
    );
  prompt
    .command('restore')
    .description('bring a deleted prompt or an earlier version back')
    .argument('<name>')
    .argument('[version]', 'its number (default: the last there was)', versionNumber)
    .action((name: string, version: number | undefined, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).restore(session, name, version ?? null)),
    );
}

/** Finding prompts, and moving them in and out. */
function registerExchange(prompt: Command, perform: Perform): void {
  prompt
    .command('search')
    .description('find prompts by words of name, tags and text')
    .argument('<words...>')
    .option('--limit <n>', 'at most this many', positive, 20)
    .action((words: string[], { limit }: { readonly limit: number }, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await changes()).search(session, words.join(' '), limit)),
    );
  prompt
    .command('export')
    .description('write prompts as *.prompt.md, or as JSON')
    .argument('[names...]', 'default: all')
    .option('--out <path>', 'a folder, or a file that ends in .json')
    .option('--category <name>', 'only those of this category')
    .action((names: string[], flags: ExportFlags, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await exchange()).exportPrompts(session, names, flags)),
    );
  prompt
    .command('import')
    .description('read prompts from *.prompt.md, JSON or folders, all or nothing')
    .argument('<paths...>')
    .option('--dry-run', 'only report what would be imported')
    .action((paths: string[], flags: ImportFlags, command: Command) =>
      perform(command.optsWithGlobals(), async (session) => (await exchange()).importPrompts(session, paths, flags)),
    );
}

const exchange = () => import('./prompt-exchange.ts');
const changes = () => import('./prompt-changes.ts');

async function list(session: Session): Promise<number> {
  const { ensemble } = await session.open();
  const prompts = await ensemble.prompts.list();
  session.emit({
    json: () => listDocument(prompts),
    text: () =>
      table(
        prompts,
        [
          { title: 'Name', text: ({ name }) => oneLine(name), paint: session.style.bold },
          { title: 'Category', text: ({ category }) => oneLine(category) },
          { title: 'Variables', text: ({ variables }) => oneLine(variables.join(', ')), paint: session.style.dim },
          { title: 'Description', text: ({ description }) => oneLine(description), flexible: true },
        ],
        session.tableColumns,
      ),
  });
  return EXIT.completed;
}

async function show(session: Session, name: string): Promise<number> {
  const { ensemble } = await session.open();
  const prompt = await ensemble.prompts.get(name);
  const usage = await ensemble.prompts.usage(name);
  const sum = (key: 'used' | 'accepted' | 'dismissed') => usage.reduce((total, one) => total + one[key], 0);
  const [used, accepted, dismissed] = [sum('used'), sum('accepted'), sum('dismissed')];
  const { style } = session;
  session.emit({
    json: () => itemDocument({ ...prompt, used, accepted, dismissed }),
    text: () => [
      style.bold(oneLine(prompt.name)),
      oneLine(prompt.description),
      style.dim(`Variables: ${oneLine(prompt.variables.join(', ')) || 'none'}`),
      ...(used > 0 ? [style.dim(`Used: ${used} (${accepted} accepted, ${dismissed} dismissed)`)] : []),
      '',
      stripControls(prompt.template),
    ],
  });
  return EXIT.completed;
}

async function render(session: Session, name: string, vars: Readonly<Record<string, string>>): Promise<number> {
  const { ensemble } = await session.open();
  const text = await ensemble.prompts.render(name, vars);
  session.emit({ json: () => itemDocument({ name, text }), text: () => stripControls(text) });
  return EXIT.completed;
}
