import type { Command } from 'commander';
import { EnsembleError } from '../../../core/errors.ts';
import type { ConversationSummary, EntryQuery } from '../../../core/history/history.ts';
import type { Snippet } from '../../../core/history/search-words.ts';
import type { Json } from '../../../core/json.ts';
import type { ConversationRecord } from '../../../core/ports.ts';
import { itemDocument, listDocument } from '../../../protocol/json-document.ts';
import { EXIT } from '../exit-codes.ts';
import { compact, localTime, usd } from '../format.ts';
import { type Column, table } from '../layout.ts';
import { dayOf, positive, refuseUnknown } from '../options.ts';
import type { Perform } from '../perform.ts';
import { oneLine, stripControls } from '../sanitize.ts';
import type { Session } from '../session.ts';
import type { Style } from '../style.ts';
import type { DeleteFlags } from './history-delete.ts';
import { registerFolders, workspaceAt } from './history-folders.ts';
import type { SaveFlags } from './prompt-changes.ts';

interface ListFlags {
  readonly last: number;
  readonly search?: string;
  readonly model?: string;
  readonly account?: string;
  readonly agent?: string;
  readonly status?: string;
  readonly kind?: string;
  readonly type?: string;
  readonly run?: string;
  readonly workspace?: string;
  readonly since?: string;
  readonly until?: string;
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
    .option('--model <model>', 'only calls of this model, such as xai/grok-4 or grok-4')
    .option('--account <name>', 'only calls at this account')
    .option('--agent <name>', 'only calls for this agent')
    .option('--status <status>', 'only those, such as completed, failed or rate-limited')
    .option('--kind <kind>', 'only of runs of this kind, such as review or run')
    .option('--type <type>', 'only calls of this type, such as review, aggregation or tool')
    .option('--run <id>', 'only of this run')
    .option('--workspace <folder>', 'only of this folder and what is attached to it; . is where you are')
    .option('--since <date>', 'from this day on (UTC), such as 2026-01-31')
    .option('--until <date>', 'before this day (UTC)')
    .action((rest: string[], flags: ListFlags, command: Command) => {
      refuseUnknown(fullName, rest, ['show', 'attach', 'detach', 'folders', 'delete']);
      return perform(command.optsWithGlobals(), (session) => list(session, flags));
    });
  registerFolders(history, perform);
  history
    .command('show')
    .description('print a conversation')
    .argument('<id>', 'its number', positive)
    .action((id: number, _flags: unknown, command: Command) =>
      perform(command.optsWithGlobals(), (session) => show(session, id)),
    );
  registerDelete(history, perform);
}

function registerDelete(history: Command, perform: Perform): void {
  history
    .command('delete')
    .description('delete runs with their conversations, findings and documents, after a backup')
    .usage('--before <date> | --older-than <days> | --all [--workspace <folder>]')
    .option('--before <date>', 'what was last touched before this day (UTC), such as 2026-01-31')
    .option('--older-than <days>', 'what was last touched so many days ago', positive)
    .option('--all', 'everything')
    .option('--workspace <folder>', 'only of this folder and what is attached to it; . is where you are')
    .option('--keep-documents', 'keep the documents that the runs made')
    .option('--no-backup', 'do not back up the database before')
    .action((_flags: unknown, command: Command) => {
      // The command above has an option --workspace, too, which takes it.
      const flags = command.optsWithGlobals<DeleteFlags>();
      return perform(command.optsWithGlobals(), async (session) =>
        (await import('./history-delete.ts')).deleteHistory(session, flags),
      );
    });
}

async function list(session: Session, flags: ListFlags): Promise<number> {
  const { ensemble } = await session.open();
  const query = await queryOf(session, flags);
  const { items, total } = await ensemble.history.conversations({ ...query, limit: flags.last });
  const isFiltered = Object.keys(query).length > 0;
  const whole = session.options.json ? await Promise.all(items.map((row) => withTexts(session, row))) : [];
  session.emit({
    json: () => listDocument(whole, total),
    text: () =>
      items.length === 0
        ? `No conversations ${isFiltered ? 'like this' : 'yet'}.`
        : withSnippets(
            items,
            [
              { title: 'Id', text: ({ id }) => String(id), align: 'right', paint: session.style.bold },
              { title: 'Began', text: ({ createdAt }) => localTime(createdAt) },
              { title: 'Type', text: ({ type }) => oneLine(type) },
              { title: 'Status', text: ({ status }) => oneLine(status) },
              { title: 'Tokens', text: ({ tokens }) => (tokens === null ? '' : compact(tokens)), align: 'right' },
              { title: 'Agent', text: ({ agent }) => oneLine(agent) },
              { title: 'Model', text: ({ model }) => oneLine(model), flexible: true },
            ],
            session,
          ),
  });
  return EXIT.completed;
}

/** A row as the database has it; one that is gone meanwhile stays as it was listed. */
async function withTexts(session: Session, row: ConversationSummary): Promise<object> {
  const { ensemble } = await session.open();
  return { ...row, ...(await ensemble.stores.conversations.get(row.id)) };
}

/** The table, and below each row the place that was found, its words in bold. */
function withSnippets(
  rows: readonly ConversationSummary[],
  columns: readonly Column<ConversationSummary>[],
  { style, tableColumns }: Session,
): string[] {
  const [head = '', ...lines] = table(rows, columns, tableColumns);
  const found = rows.map(({ snippet }) => snippet && snippetLine(snippet, style));
  return [head, ...lines.flatMap((line, index) => [line, ...(found[index] ? [`  ${found[index]}`] : [])])];
}

function snippetLine({ text, hits }: Snippet, style: Style): string {
  let line = '';
  let end = 0;
  for (const { start, end: after } of hits) {
    line += style.dim(stripControls(text.slice(end, start)));
    line += style.bold(stripControls(text.slice(start, after)));
    end = after;
  }
  return line + style.dim(stripControls(text.slice(end)));
}

async function queryOf(session: Session, flags: ListFlags): Promise<Omit<EntryQuery, 'limit'>> {
  const { search, model, account, agent, status, kind, type, run, workspace } = flags;
  const { ensemble } = await session.open();
  const models = model === undefined ? null : modelsLike(model, (await ensemble.history.facets()).models);
  const given = { search, account, agent, status, kind, type, runId: run };
  const from = dayOf('--since', flags.since);
  const until = dayOf('--until', flags.until);
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(models === null ? {} : { model: models }),
    ...(workspace === undefined ? {} : { workspace: await workspaceAt(session, workspace) }),
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { until }),
  };
}

/** A model by its whole name, or by the part behind the vendor; what nobody knows matches nothing. */
function modelsLike(wanted: string, known: readonly string[]): readonly string[] {
  const plain = wanted.toLowerCase();
  const like = known.filter((model) => model.toLowerCase() === plain || model.toLowerCase().endsWith(`/${plain}`));
  return like.length > 0 ? like : [wanted];
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
