import { EnsembleError } from '../../../core/errors.ts';
import type { Json } from '../../../core/json.ts';
import type { OrchestrationImport } from '../../../core/maintenance.ts';
import { nameProblem } from '../../../core/prompts/prompt-rules.ts';
import { textsIn } from '../conversation-texts.ts';
import type { Connection, Row } from '../sqlite/connection.ts';
import { checksumOf } from './checksums.ts';
import type { Database } from './database.ts';
import { keepDocument } from './document-operations.ts';
import type { FileContext } from './operation.ts';
import { savePrompt } from './prompt-operations.ts';
import { integer, json, text, textOrNull } from './row.ts';

/** Rows that are read at once: a file of years fits into memory page by page. */
const PAGE = 200;

/** Before the ids of what was imported, so that it is known as such and never taken for a run of ours. */
const PREFIX = 'supergrok/';

/** Copies one row; false: it is there already. Throws for a row that cannot be used. */
type Copy = (context: FileContext, row: Row) => boolean;

/**
 * Takes over what S1's program kept: conversations, documents and prompts, all in one transaction. What was imported before is
 * known again. A row that cannot be used is left out and told. Throws `invalid-input` for a file that is no such database.
 * `trial`: the same work and the same result, but the transaction is rolled back.
 */
export function importOrchestration(context: FileContext, file: string, trial: boolean): OrchestrationImport {
  return context.database.readCopyOf(file, (source) => {
    requireTables(source, file);
    const takeAll = (): OrchestrationImport => {
      const problems: string[] = [];
      const take = (table: string, copy: Copy) => copyTable(context, source, { table, copy, problems });
      const conversations = take('conversations', copyConversation);
      const documents = take('documents', copyDocument);
      const prompts = take('prompts', copyPrompt);
      return { conversations, documents, prompts, problems };
    };
    if (!trial) return context.database.transaction('write', takeAll);
    try {
      return context.database.transaction('write', () => {
        throw new TrialEnd(takeAll());
      });
    } catch (error) {
      if (error instanceof TrialEnd) return error.result;
      throw error;
    }
  });
}

/** Rolls a trial back and carries its result out. */
class TrialEnd extends Error {
  readonly result: OrchestrationImport;

  constructor(result: OrchestrationImport) {
    super('a trial was rolled back');
    this.result = result;
  }
}

function requireTables(source: Connection, file: string): void {
  const tables = new Set(
    source.all(`SELECT name FROM sqlite_schema WHERE type = 'table'`).map((row) => text(row, 'name')),
  );
  const missing = ['conversations', 'documents', 'prompts'].filter((name) => !tables.has(name));
  if (missing.length === 0) return;
  throw new EnsembleError('invalid-input', `${file} holds no ${missing.join(', no ')}.`, {
    hint: 'Name the file orchestration.db of the folder .supergrok.',
  });
}

function copyTable(
  context: FileContext,
  source: Connection,
  { table, copy, problems }: { readonly table: string; readonly copy: Copy; readonly problems: string[] },
): number {
  let copied = 0;
  for (let last = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = source.all(`SELECT * FROM ${table} WHERE id > ? ORDER BY id LIMIT ${PAGE}`, [last]);
    for (const row of rows) {
      try {
        if (context.database.savepoint(() => copy(context, row))) copied++;
      } catch (error) {
        if (!(error instanceof EnsembleError)) throw error;
        problems.push(`${table} ${String(row.id)}: ${reasonOf(error)}`);
      }
    }
    const end = rows.at(-1);
    if (end === undefined) return copied;
    last = integer(end, 'id');
  }
}

/** What is wrong with a row: it is another program's, so nothing of ours is damaged. */
function reasonOf({ code, message }: EnsembleError): string {
  return code === 'storage-corrupt' ? message.replace(/^[^:]*: /, '') : message;
}

function copyConversation({ database }: FileContext, row: Row): boolean {
  const messages = JSON.stringify(messagesOf(row));
  const taskId = PREFIX + text(row, 'task_id');
  const at = timeOf(row);
  const known = 'SELECT 1 FROM conversations WHERE run_id = ? AND task_id = ? AND created_at = ? AND messages = ?';
  if (database.get(known, ['', taskId, at, messages])) return false;
  database.run(
    `INSERT INTO conversations (task_id, run_id, type, messages, model, account, status, tokens, cost, created_at, checksum)
     VALUES (?, '', ?, ?, ?, 'supergrok', 'completed', ?, ?, ?, ?)`,
    [
      ...[taskId, text(row, 'type'), messages, text(row, 'model'), row.tokens ?? null, row.cost ?? null, at],
      checksumOf([messages, null]),
    ],
  );
  return true;
}

function messagesOf(row: Row): Json {
  const messages = json(row, 'messages');
  if (!Array.isArray(messages) || (messages.length > 0 && [...textsIn(messages)].length === 0)) {
    throw new EnsembleError('invalid-input', 'its messages are no list of messages');
  }
  return messages;
}

function copyDocument({ database }: FileContext, row: Row): boolean {
  const [taskId, title, content] = [PREFIX + text(row, 'task_id'), text(row, 'title'), text(row, 'content')];
  const at = timeOf(row);
  const known = 'SELECT 1 FROM document_versions WHERE task_id = ? AND created_at = ? AND content = ?';
  if (database.get(known, [taskId, at, content])) return false;
  const given = textOrNull(row, 'format') ?? 'markdown';
  const format = (['markdown', 'text', 'json'] as const).find((one) => one === given) ?? 'text';
  const note = { author: '', reason: 'imported from SuperGrok' };
  keepDocument(database, { taskId, title, content, format, note }, at);
  return true;
}

/** A prompt whose name is taken by another text comes under a name of its own; nothing of the user's is overwritten. */
function copyPrompt(context: FileContext, row: Row): boolean {
  const template = text(row, 'template');
  const wanted = text(row, 'name').trim();
  const problem = nameProblem(wanted);
  if (problem !== null) throw new EnsembleError('invalid-input', problem);
  const name = freeName(context.database, wanted, template);
  if (name === null) return false;
  const draft = {
    name,
    template,
    description: textOrNull(row, 'description') ?? '',
    category: '',
    tags: ['supergrok'],
  };
  const given = row.variables === null ? [] : json(row, 'variables');
  if (!Array.isArray(given)) throw new EnsembleError('invalid-input', 'its variables are no list');
  const variables = given.map(String);
  savePrompt(context, { ...draft, variables, parameters: [] }, { author: '', reason: 'imported from SuperGrok' });
  return true;
}

/** The name itself, or the next with a number that is free; null: this very text is there already. */
function freeName(database: Database, wanted: string, template: string): string | null {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    const taken = database.get('SELECT template FROM prompts WHERE name = ?', [name]);
    if (taken === null) return name;
    if (text(taken, 'template') === template) return null;
  }
}

/** SQLite's own form of a time, which is UTC, as ours. */
function timeOf(row: Row): string {
  const written = textOrNull(row, 'created_at') ?? '';
  const time = new Date(/[zZ]|[+-]\d\d:\d\d$/.test(written) ? written : `${written.replace(' ', 'T')}Z`);
  if (Number.isNaN(time.getTime())) throw new EnsembleError('invalid-input', `its time "${written}" is none`);
  return time.toISOString();
}
