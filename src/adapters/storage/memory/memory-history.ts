import { documentsInHistory } from '../../../core/documents/document-rules.ts';
import type {
  ConversationSummary,
  DeletionCount,
  DeletionOptions,
  DeletionQuery,
  DocumentSummary,
  DocumentsQuery,
  EntryQuery,
  HistoryFacets,
  HistoryFilter,
  HistoryQuery,
  HistoryStore,
  KnownWorkspace,
  UnfinishedRun,
} from '../../../core/history/history.ts';
import { matchesPhrases, phrasesOf, snippetOf } from '../../../core/history/search-words.ts';
import type { ConversationRecord, Page, RunRecord } from '../../../core/ports.ts';
import { isAlive } from '../process-identity.ts';
import { copyOf } from './copy-of.ts';
import { textsOf } from './memory-conversations.ts';
import type { MemoryJournal } from './memory-journal.ts';
import type { MemoryStores } from './memory-stores.ts';
import type { MemoryWorkspaces } from './memory-workspaces.ts';

const UNFINISHED: ReadonlySet<string> = new Set(['queued', 'running', 'suspended', 'interrupted']);
const MOST_UNFINISHED = 100;

/** The history of what is kept in memory. */
export class MemoryHistory implements HistoryStore {
  readonly #journal: MemoryJournal;
  readonly #stores: MemoryStores;
  readonly #workspaces: MemoryWorkspaces;

  constructor(journal: MemoryJournal, stores: MemoryStores) {
    this.#journal = journal;
    this.#stores = stores;
    this.#workspaces = stores.workspaces;
  }

  async runs({ after, ...query }: HistoryQuery): Promise<Page<RunRecord>> {
    const runs = this.#ended(query).sort((a, b) => (isBefore(a, b) ? 1 : -1));
    const rest = after ? runs.filter((run) => isBefore(run, after)) : runs;
    return { items: copyOf(rest.slice(0, query.limit)), total: runs.length };
  }

  async counts({ boundaries, ...filter }: Parameters<HistoryStore['counts']>[0]): Promise<readonly number[]> {
    const runs = this.#ended(filter);
    return [...boundaries, ''].map((from, index) => {
      const until = boundaries[index - 1];
      return runs.filter((run) => run.createdAt >= from && (until === undefined || run.createdAt < until)).length;
    });
  }

  async unfinished(filter: HistoryFilter): Promise<readonly UnfinishedRun[]> {
    return this.#journal
      .records()
      .filter((run) => UNFINISHED.has(run.status) && this.#isListed(run, filter))
      .slice(0, MOST_UNFINISHED)
      .map((run) => ({ run, live: isLive(run) }));
  }

  async conversations({ afterId, ...query }: EntryQuery): Promise<Page<ConversationSummary>> {
    const phrases = phrasesOf(query.search ?? '');
    const rows = this.#stores.conversations.rows.filter((row) => {
      const { type = row.type, status = row.status, rerunOf = row.rerunOf } = query;
      const fits = type === row.type && status === row.status && rerunOf === row.rerunOf && hasCall([row], query);
      return fits && this.#fits(row.runId, row.createdAt, query) && matchesPhrases(phrases, textsOf(row));
    });
    const { items, total } = pageOf(rows, query.limit, afterId);
    const summaries = items.map((row) => {
      const { messages: _, response: __, ...summary } = row;
      return { ...summary, snippet: snippetOf(phrases, textsOf(row)) };
    });
    return { items: summaries, total };
  }

  documents(query: DocumentsQuery): Promise<Page<DocumentSummary>> {
    return this.#stores.documents.list(documentsInHistory(query));
  }

  async facets(): Promise<HistoryFacets> {
    const { rows } = this.#stores.conversations;
    const each = (values: readonly string[]) => [...new Set(values)].filter((value) => value !== '').sort();
    return {
      models: each(rows.map(({ model }) => model)),
      accounts: each(rows.map(({ account }) => account)),
      agents: each(rows.map(({ agent }) => agent)),
      kinds: each(this.#journal.records().map(({ kind }) => kind)),
    };
  }

  async workspaces(): Promise<readonly KnownWorkspace[]> {
    return this.#workspaces.list(this.#journal.records().map(({ workspace }) => workspace ?? ''));
  }

  async identify(path: string, identities: readonly string[]): Promise<void> {
    this.#workspaces.identify(path, identities);
  }

  async attach(path: string, to: string | null): Promise<void> {
    this.#workspaces.attach(path, to);
  }

  async deletable(query: DeletionQuery): Promise<DeletionCount> {
    const runs = new Set(this.#old(query).map(({ runId }) => runId));
    const goes = (runId: string, at: string) =>
      runs.has(runId) || (query.workspace === undefined && at < query.before && !this.#journal.has(runId));
    const { conversations, documents } = this.#stores;
    return {
      runs: runs.size,
      conversations: conversations.rows.filter((row) => goes(row.runId, row.createdAt)).length,
      documents: documents.count(({ runId, createdAt }) => runId !== '' && goes(runId, createdAt)),
    };
  }

  async deleteRuns(
    runIds: readonly string[],
    { keepDocuments = false }: DeletionOptions = {},
  ): Promise<readonly string[]> {
    const known = new Map(this.#journal.records().map((run) => [run.runId, run]));
    const gone = runIds.filter((runId) => {
      const run = known.get(runId);
      return run !== undefined && !isLive(run);
    });
    for (const runId of gone) {
      this.#journal.delete(runId);
      this.#stores.conversations.prune((row) => row.runId !== runId);
      if (!keepDocuments) this.#stores.documents.prune((version) => version.runId !== runId);
    }
    return gone;
  }

  async deleteBefore(query: Parameters<HistoryStore['deleteBefore']>[0]): Promise<number> {
    const { before, limit, keepDocuments = false } = query;
    const old = this.#old(query).slice(0, limit);
    const gone = await this.deleteRuns(
      old.map(({ runId }) => runId),
      { keepDocuments },
    );
    if (query.workspace === undefined) {
      this.#stores.conversations.prune((row) => row.createdAt >= before || this.#journal.has(row.runId));
      if (!keepDocuments)
        this.#stores.documents.prune(
          ({ runId, createdAt }) => runId === '' || createdAt >= before || this.#journal.has(runId),
        );
    }
    return gone.length;
  }

  #old({ before, workspace }: DeletionQuery): RunRecord[] {
    const filter = workspace === undefined ? {} : { workspace };
    const runs = this.#journal.records().toReversed();
    return runs.filter((run) => run.updatedAt < before && !isLive(run) && this.#isInside(run, filter));
  }

  #ended(filter: HistoryFilter): RunRecord[] {
    return this.#journal.records().filter((run) => !UNFINISHED.has(run.status) && this.#isListed(run, filter));
  }

  #isListed(run: RunRecord, filter: HistoryFilter): boolean {
    const { kind = run.kind, status = run.status } = filter;
    if (kind !== run.kind || status !== run.status || !this.#isInside(run, filter)) return false;
    const calls = this.#stores.conversations.rows.filter(({ runId }) => runId === run.runId);
    return isWithin(run.createdAt, filter) && hasCall(calls, filter);
  }

  #fits(runId: string, createdAt: string, query: EntryQuery): boolean {
    if (query.runId !== undefined && runId !== query.runId) return false;
    if (!isWithin(createdAt, query)) return false;
    if (query.workspace === undefined && query.kind === undefined) return true;
    const run = this.#journal.records().find((one) => one.runId === runId);
    return run !== undefined && run.kind === (query.kind ?? run.kind) && this.#isInside(run, query);
  }

  #isInside(run: RunRecord, { workspace }: HistoryFilter): boolean {
    return workspace === undefined || this.#workspaces.shownWith([workspace].flat()).has(run.workspace ?? '');
  }
}

/** Whether there is a call as the filter wants it, where it wants one. */
function hasCall(rows: readonly ConversationRecord[], { model, account, agent }: HistoryFilter): boolean {
  if (model === undefined && account === undefined && agent === undefined) return true;
  const models = model === undefined ? null : [model].flat();
  return rows.some(
    (row) =>
      (models === null || models.includes(row.model)) &&
      row.account === (account ?? row.account) &&
      row.agent === (agent ?? row.agent),
  );
}

function isBefore(a: Pick<RunRecord, 'createdAt' | 'runId'>, b: Pick<RunRecord, 'createdAt' | 'runId'>): boolean {
  return a.createdAt === b.createdAt ? a.runId < b.runId : a.createdAt < b.createdAt;
}

function pageOf<T extends { readonly id: number }>(rows: readonly T[], limit: number, afterId = Infinity): Page<T> {
  return { items: copyOf(rows.filter(({ id }) => id < afterId).slice(0, limit)), total: rows.length };
}

function isWithin(createdAt: string, { from, until }: HistoryFilter): boolean {
  return (from === undefined || createdAt >= from) && (until === undefined || createdAt < until);
}

function isLive({ owner }: RunRecord): boolean {
  return owner !== null && isAlive(owner) !== false;
}
