import type {
  ConversationSummary,
  DocumentSummary,
  EntryQuery,
  HistoryFilter,
  HistoryQuery,
  HistoryStore,
  UnfinishedRun,
} from '../../../core/history/history.ts';
import { matchesPhrases, phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import type { Page, RunRecord } from '../../../core/ports.ts';
import { isAlive } from '../process-identity.ts';
import { copyOf } from './copy-of.ts';
import { textsOf } from './memory-conversations.ts';
import type { MemoryJournal } from './memory-journal.ts';
import type { MemoryStores } from './memory-stores.ts';

const UNFINISHED: ReadonlySet<string> = new Set(['queued', 'running', 'suspended', 'interrupted']);
const MOST_UNFINISHED = 100;

/** The history of what is kept in memory. */
export class MemoryHistory implements HistoryStore {
  readonly #journal: MemoryJournal;
  readonly #stores: MemoryStores;

  constructor(journal: MemoryJournal, stores: MemoryStores) {
    this.#journal = journal;
    this.#stores = stores;
  }

  async runs(query: HistoryQuery): Promise<Page<RunRecord>> {
    return pageOf(this.#ended(query), query);
  }

  async counts({ boundaries, ...filter }: Parameters<HistoryStore['counts']>[0]): Promise<readonly number[]> {
    const runs = this.#ended(filter);
    return [...boundaries, ''].map((from, index) => {
      const until = boundaries[index - 1];
      return runs.filter((run) => run.createdAt >= from && (until === undefined || run.createdAt < until)).length;
    });
  }

  async unfinished(filter: Pick<HistoryFilter, 'workspace'>): Promise<readonly UnfinishedRun[]> {
    return this.#journal
      .records()
      .filter((run) => UNFINISHED.has(run.status) && isInside(run, filter))
      .slice(0, MOST_UNFINISHED)
      .map((run) => ({ run, live: isLive(run) }));
  }

  async conversations(query: EntryQuery): Promise<Page<ConversationSummary>> {
    const phrases = phrasesOf(query.search ?? '');
    const rows = this.#stores.conversations.rows.filter((row) => {
      return this.#fits(row.runId, row.createdAt, query) && matchesPhrases(phrases, textsOf(row));
    });
    const { items, total } = pageOf(rows, query);
    const summaries = items.map((row) => {
      const { messages: _, response: __, ...summary } = row;
      return { ...summary, snippet: snippetOf(phrases, textsOf(row)) };
    });
    return { items: summaries, total };
  }

  async documents(query: EntryQuery): Promise<Page<DocumentSummary>> {
    const phrases = phrasesOf(query.search ?? '');
    const rows = this.#stores.documents.rows.filter((row) => {
      return this.#fits(runOf(row.taskId), row.createdAt, query) && matchesPhrases(phrases, [row.title, row.content]);
    });
    const { items, total } = pageOf(rows, query);
    const summaries = items.map((row) => {
      const { content, ...summary } = row;
      return { ...summary, runId: runOf(row.taskId), snippet: snippetOf(phrases, [content, row.title]) };
    });
    return { items: summaries, total };
  }

  async deleteRuns(runIds: readonly string[]): Promise<readonly string[]> {
    const known = new Map(this.#journal.records().map((run) => [run.runId, run]));
    const gone = runIds.filter((runId) => {
      const run = known.get(runId);
      return run !== undefined && !isLive(run);
    });
    for (const runId of gone) {
      this.#journal.delete(runId);
      this.#stores.conversations.prune((row) => row.runId !== runId);
      this.#stores.documents.prune((row) => runOf(row.taskId) !== runId);
    }
    return gone;
  }

  async deleteBefore({ before, ...filter }: Parameters<HistoryStore['deleteBefore']>[0]): Promise<number> {
    const old = this.#journal.records().filter((run) => run.updatedAt < before && isInside(run, filter));
    const gone = await this.deleteRuns(old.map(({ runId }) => runId));
    if (filter.workspace === undefined) {
      this.#stores.conversations.prune((row) => row.createdAt >= before || this.#journal.has(row.runId));
      this.#stores.documents.prune((row) => row.createdAt >= before || this.#journal.has(runOf(row.taskId)));
    }
    return gone.length;
  }

  #ended(filter: HistoryFilter): RunRecord[] {
    return this.#journal
      .records()
      .filter((run) => !UNFINISHED.has(run.status) && isInside(run, filter) && isWithin(run.createdAt, filter));
  }

  #fits(runId: string, createdAt: string, query: EntryQuery): boolean {
    if (query.runId !== undefined && runId !== query.runId) return false;
    if (!isWithin(createdAt, query)) return false;
    if (query.workspace === undefined) return true;
    const run = this.#journal.records().find((one) => one.runId === runId);
    return run !== undefined && isInside(run, query);
  }
}

function pageOf<T>(rows: readonly T[], { limit, offset = 0 }: HistoryQuery): Page<T> {
  return { items: copyOf(rows.slice(offset, offset + limit)), total: rows.length };
}

function isInside(run: RunRecord, { workspace }: HistoryFilter): boolean {
  return workspace === undefined || (run.workspace ?? '') === workspace;
}

function isWithin(createdAt: string, { from, until }: HistoryFilter): boolean {
  return (from === undefined || createdAt >= from) && (until === undefined || createdAt < until);
}

function isLive({ owner }: RunRecord): boolean {
  return owner !== null && isAlive(owner) !== false;
}

/** The run of a task id `<run>` or `<run>/<task>`. */
function runOf(taskId: string): string {
  return taskId.split('/', 1)[0] ?? taskId;
}
