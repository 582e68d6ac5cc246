import type { Ensemble } from '../../../core/ensemble.ts';
import type { ConversationSummary, DocumentSummary, HistoryFilter, RunCursor } from '../../../core/history/history.ts';
import type { RunRecord } from '../../../core/ports.ts';
import { elementOf } from './history-element.ts';
import { RecentRows } from './recent-rows.ts';
import type { Span } from './spans.ts';

/** Rows that are read at once, and that are kept of each kind: a few more than a side bar shows, since the window waits for all. */
export const PAGE = 50;

/** A list that is shown: the ids of its rows and where it goes on. */
interface Listed<Cursor> {
  readonly ids: readonly string[];
  readonly total: number;
  readonly last: Cursor | null;
}

const NOTHING = { ids: [], total: 0, last: null };

interface Entries {
  readonly conversations: Listed<number>;
  readonly documents: Listed<number>;
}

/**
 * Rows of the History view, read in pages of {@link PAGE}. Of what is listed only the ids are kept; of the rows themselves as many
 * as a page has, because the view asks for each of them once, when it draws it.
 */
export class HistoryRows {
  readonly #open: () => Promise<Ensemble>;
  readonly #groups = new Map<string, Listed<RunCursor>>();
  readonly #entries = new Map<string, Entries>();
  /** How often everything was cleared. */
  #time = 0;
  /** First pages that are being read. */
  readonly #reading = new Map<string, Promise<void>>();
  readonly #runs = new RecentRows<RunRecord>(PAGE);
  readonly #conversations = new RecentRows<ConversationSummary>(PAGE);
  readonly #documents = new RecentRows<DocumentSummary>(PAGE);

  constructor(open: () => Promise<Ensemble>) {
    this.#open = open;
  }

  /** Rows held in memory now, of runs, conversations and documents. */
  get held(): { readonly runs: number; readonly conversations: number; readonly documents: number } {
    return { runs: this.#runs.size, conversations: this.#conversations.size, documents: this.#documents.size };
  }

  clear(): void {
    this.#groups.clear();
    this.#entries.clear();
    this.#reading.clear();
    this.#time++;
    for (const rows of [this.#runs, this.#conversations, this.#documents]) rows.clear();
  }

  /** Ids of the runs of a group that are listed, reading the first page where there is none. */
  async runsOf(span: Span, filter: HistoryFilter): Promise<readonly string[]> {
    // Again where everything was cleared meanwhile.
    while (!this.#groups.has(span.key)) await (this.#reading.get(span.key) ?? this.#readFirst(span, filter));
    return this.#groups.get(span.key)?.ids ?? [];
  }

  #readFirst(span: Span, filter: HistoryFilter): Promise<void> {
    const reading = this.moreRuns(span, filter).finally(() => {
      if (this.#reading.get(span.key) === reading) this.#reading.delete(span.key);
    });
    this.#reading.set(span.key, reading);
    return reading;
  }

  /** Lists the next page of a group. */
  async moreRuns({ key, from, until }: Span, filter: HistoryFilter): Promise<void> {
    const time = this.#time;
    const { history } = await this.#open();
    const { ids, last } = this.#groups.get(key) ?? NOTHING;
    const begin = [filter.from, from]
      .filter((at) => typeof at === 'string')
      .sort()
      .at(-1);
    const span = { ...(begin === undefined ? {} : { from: begin }), ...(until === null ? {} : { until }) };
    const page = await history.runs({ ...filter, ...span, limit: PAGE, ...(last ? { after: last } : {}) });
    // Cleared meanwhile, perhaps because of another filter: this page belongs to a list that is gone.
    if (time !== this.#time) return;
    for (const run of page.items) this.#runs.add(run.runId, run);
    const end = page.items.at(-1);
    this.#groups.set(key, {
      ids: [...ids, ...page.items.map(({ runId }) => runId)],
      total: page.total,
      last: end ? { createdAt: end.createdAt, runId: end.runId } : last,
    });
  }

  /** Ids of the documents and conversations of a run that are listed. */
  async entriesOf(runId: string): Promise<readonly string[]> {
    if (!this.#entries.has(runId)) await this.moreEntries(runId);
    const { documents, conversations } = this.#entries.get(runId) ?? { documents: NOTHING, conversations: NOTHING };
    return [...documents.ids, ...conversations.ids];
  }

  async moreEntries(runId: string): Promise<void> {
    const { history } = await this.#open();
    const known = this.#entries.get(runId) ?? { documents: NOTHING, conversations: NOTHING };
    const { last } = known.conversations;
    const calls = await history.conversations({ runId, limit: PAGE, ...(last === null ? {} : { afterId: last }) });
    const files = await history.documents({ runId, limit: PAGE, offset: known.documents.ids.length });
    for (const row of calls.items) this.#conversations.add(elementOf({ type: 'conversation', runId, id: row.id }), row);
    for (const row of files.items) this.#documents.add(elementOf({ type: 'document', runId, id: row.id }), row);
    this.#entries.set(runId, {
      conversations: joined(known.conversations, calls, ({ id }) => elementOf({ type: 'conversation', runId, id })),
      documents: joined(known.documents, files, ({ id }) => elementOf({ type: 'document', runId, id })),
    });
  }

  /** Rows of a group or of a run that are not listed yet. */
  left(key: string): number {
    const group = this.#groups.get(key);
    if (group) return group.total - group.ids.length;
    const { documents, conversations } = this.#entries.get(key) ?? { documents: NOTHING, conversations: NOTHING };
    return documents.total - documents.ids.length + conversations.total - conversations.ids.length;
  }

  /** The group that a run is listed in. */
  groupOf(runId: string): string | undefined {
    return [...this.#groups].find(([, { ids }]) => ids.includes(runId))?.[0];
  }

  /** Null: it was deleted meanwhile. */
  async run(runId: string): Promise<RunRecord | null> {
    const known = this.#runs.get(runId);
    if (known) return known;
    const { runs } = await this.#open();
    return runs.get(runId).then(
      ({ record }) => record,
      () => null,
    );
  }

  async conversation(element: string, runId: string, id: number): Promise<ConversationSummary | null> {
    const known = this.#conversations.get(element);
    if (known) return known;
    const { history } = await this.#open();
    const { items } = await history.conversations({ runId, limit: 1, afterId: id + 1 });
    return items.find((row) => row.id === id) ?? null;
  }

  async document(element: string, runId: string, id: number): Promise<DocumentSummary | null> {
    const known = this.#documents.get(element);
    if (known) return known;
    const { history } = await this.#open();
    const place = this.#entries.get(runId)?.documents.ids.indexOf(element) ?? -1;
    const { items } = await history.documents({ runId, limit: 1, offset: Math.max(0, place) });
    return items.find((row) => row.id === id) ?? null;
  }
}

function joined<Row extends { readonly id: number }>(
  known: Listed<number>,
  page: { readonly items: readonly Row[]; readonly total: number },
  elementFor: (row: Row) => string,
): Listed<number> {
  return {
    ids: [...known.ids, ...page.items.map(elementFor)],
    total: page.total,
    last: page.items.at(-1)?.id ?? known.last,
  };
}
