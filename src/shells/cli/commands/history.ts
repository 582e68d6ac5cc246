import type { Command } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import type { ConversationRecord } from '../../../core/ports.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { compact, localTime, usd } from '../format.ts';
import { table } from '../layout.ts';
import { positive, refuseUnknown } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';
import type { SaveFlags } from './prompt-changes.ts';

interface ListFlags {
  readonly last: number;
  readonly search?: string;
}

/** `ensemble history`, and `ensemble library history` as S0 calls it. */
export function registerHistory(program: Command, perform: Perform): void {
  register(program, 'history', perform);
  const library = program.command('library', { hidden: true }).description('the same as history, prompt save');
  register(library, 'library history', perform);
  library
    .command('save-prompt')
    .description('save a prompt, as "prompt save" does')
    .requiredOption('--name <name>', 'its name')
    .requiredOption('--content <text>', 'its text')
    .option('--description <text>', 'what it is for')
    .action((flags: SaveFlags & { readonly name: string }, command: Command) =>
      perform(command.optsWithGlobals(), async (session) =>
        (await import('./prompt-changes.ts')).save(session, flags.name, flags),
      ),
    );
}

function register(parent: Command, fullName: string, perform: Perform): void {
  const history = parent
    .command('history')
    .description('list and show conversations with models')
    .usage('[options] [command]')
    .argument('[unknown...]')
    .option('--last <n>', 'at most this many, newest first', positive, 20)
    .option('--search <text>', 'only those whose request or answer holds this text')
    .action((rest: string[], flags: ListFlags, command: Command) => {
      refuseUnknown(fullName, rest, ['show']);
      return perform(command.optsWithGlobals(), (session) => list(session, flags));
    });
  history
    .command('show')
    .description('print a conversation')
    .argument('<id>', 'its number', positive)
    .action((id: number, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => show(session, id)),
    );
}

async function list(session: Session, { last, search }: ListFlags): Promise<number> {
  const { ensemble } = await session.open();
  const query = { limit: last, ...(search === undefined ? {} : { search }) };
  const { items, total } = await ensemble.stores.conversations.list(query);
  session.emit({
    json: () => listDocument(items, total),
    text: () =>
      items.length === 0
        ? `No conversations ${search === undefined ? 'yet' : 'with this text'}.`
        : table(
            items,
            [
              { title: 'Id', text: ({ id }) => String(id), align: 'right', paint: session.style.bold },
              { title: 'Began', text: ({ createdAt }) => localTime(createdAt) },
              { title: 'Type', text: ({ type }) => oneLine(type) },
              { title: 'Status', text: ({ status }) => oneLine(status) },
              { title: 'Tokens', text: ({ tokens }) => (tokens === null ? '' : compact(tokens)), align: 'right' },
              { title: 'Model', text: ({ model }) => oneLine(model), flexible: true },
            ],
            session.columns,
          ),
  });
  return EXIT.completed;
}

async function show(session: Session, id: number): Promise<number> {
  const { ensemble } = await session.open();
  const conversation = await ensemble.stores.conversations.get(id);
  if (!conversation)
    throw new EnsembleError('not-found', `There is no conversation ${id}.`, { hint: 'See: ensemble history' });
  session.emit({ json: () => itemDocument(conversation), text: () => transcript(conversation, session) });
  return EXIT.completed;
}

function transcript(conversation: ConversationRecord, { style }: Session): string[] {
  const { id, type, model, account, status, createdAt, taskId, tokens, costUSD, messages, response } = conversation;
  const head = [
    style.bold(`Conversation ${id}: ${oneLine(type)}, ${oneLine(status)}`),
    style.dim(`${localTime(createdAt)}, ${oneLine(model)} on ${oneLine(account)}, task ${oneLine(taskId)}`),
    style.dim(`${tokens === null ? 'unknown' : compact(tokens)} tokens, cost ${usd(costUSD)}`),
  ];
  const turn = (role: string, content: string) => ['', style.cyan(`${role}:`), stripControls(content)];
  return [
    ...head,
    ...(Array.isArray(messages) ? messages : []).flatMap((message: Json) => {
      const { role, content } = message as { readonly role?: Json; readonly content?: Json };
      return turn(oneLine(String(role)), typeof content === 'string' ? content : JSON.stringify(content));
    }),
    ...(response === null ? [] : turn('answer', response)),
  ];
}
