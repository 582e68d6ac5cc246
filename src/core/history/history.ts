import type { DocumentSummary } from '../documents/document.ts';
import type { ConversationRecord, Page, RunRecord } from '../ports.ts';
import type { Snippet } from './search-words.ts';

export type { DocumentSummary };

/** Which part of the history; what is left out does not restrict, of a list any is meant. */
export interface HistoryFilter {
  /** As runs have it, with the folders that are attached to it; `''`: runs without a folder. */
  readonly workspace?: string | readonly string[];
  /** ISO-8601 UTC, inclusive. */
  readonly from?: string;
  /** ISO-8601 UTC, exclusive. */
  readonly until?: string;
  /** Of the run, such as `review`. */
  readonly kind?: string;
  /** Of what is listed: of runs theirs, of conversations theirs. */
  readonly status?: string;
  /** Of a model call of the run, or of the conversation. As it was billed: `<provider>/<id>`. */
  readonly model?: string | readonly string[];
  readonly account?: string;
  readonly agent?: string;
}

/** The row of a list of runs behind which the next page begins. */
export type RunCursor = Pick<RunRecord, 'createdAt' | 'runId'>;

/** A page of runs; `limit` at most 100 is a good one. */
export interface HistoryQuery extends HistoryFilter {
  readonly limit: number;
  /** The last row of the page before. Default: the newest rows. */
  readonly after?: RunCursor;
}

/** A page of what runs have left. */
export interface EntryQuery extends HistoryFilter {
  readonly limit: number;
  /** Id of the last row of the page before. Default: the newest rows. */
  readonly afterId?: number;
  readonly runId?: string;
  /** What kind of call, such as `review` or `tool`; documents have none. */
  readonly type?: string;
  /** Only conversations that repeat this one. */
  readonly rerunOf?: number;
  /** Words of the text; nothing in it is an operator. */
  readonly search?: string;
}

/** A page of documents, by number. */
export type DocumentsQuery = Omit<EntryQuery, 'afterId'> & { readonly offset?: number };

/** A model call without its texts. */
export type ConversationSummary = Omit<ConversationRecord, 'messages' | 'response'> & {
  /** Around the first hit; null without a search. */
  readonly snippet: Snippet | null;
};

/** A run that has not ended. `live`: its process still runs (or cannot be checked), so that nobody else may go on with it. */
export interface UnfinishedRun {
  readonly run: RunRecord;
  readonly live: boolean;
}

/** The values that there are to filter by, each list in order. */
export interface HistoryFacets {
  readonly models: readonly string[];
  readonly accounts: readonly string[];
  readonly agents: readonly string[];
  /** Kinds of runs. */
  readonly kinds: readonly string[];
}

/** A workspace that runs were made in, or that was opened. */
export interface KnownWorkspace {
  /** As runs have it; `''`: no folder. */
  readonly path: string;
  readonly runs: number;
  /** What it can be known by again when it has moved; empty: nothing. */
  readonly identities: readonly string[];
  /** The workspace that its history is shown with too; null: none. */
  readonly attachedTo: string | null;
}

/** What goes when a part of the history is deleted. */
export interface DeletionCount {
  readonly runs: number;
  readonly conversations: number;
  readonly documents: number;
}

/** Which part of the history is to be deleted. */
export interface DeletionQuery {
  /** What was last touched before this moment, ISO-8601 UTC. */
  readonly before: string;
  readonly workspace?: string | readonly string[];
}

/** What has happened, to be looked through and cleared. Lists are newest first. */
export interface HistoryStore {
  /** Runs that have ended. */
  runs(query: HistoryQuery): Promise<Page<RunRecord>>;
  /** How many ended runs began since the first boundary, between it and the next, ..., before the last (newest first). */
  counts(query: HistoryFilter & { readonly boundaries: readonly string[] }): Promise<readonly number[]>;
  /** Running, suspended and interrupted runs, at most 100. */
  unfinished(filter: HistoryFilter): Promise<readonly UnfinishedRun[]>;
  conversations(query: EntryQuery): Promise<Page<ConversationSummary>>;
  documents(query: DocumentsQuery): Promise<Page<DocumentSummary>>;
  facets(): Promise<HistoryFacets>;
  /** Every workspace of a run or with an identity. */
  workspaces(): Promise<readonly KnownWorkspace[]>;
  /** Remembers what a workspace can be known by. */
  identify(path: string, identities: readonly string[]): Promise<void>;
  /** Shows the history of `path` with that of `to` from now on; null: only by itself again. */
  attach(path: string, to: string | null): Promise<void>;
  /** What {@link deleteBefore} would delete. */
  deletable(query: DeletionQuery): Promise<DeletionCount>;
  /**
   * Deletes runs with everything that belongs to them; the ledger of costs stays, and the documents where they are kept. A run
   * whose process lives stays too. Resolves with the ids of what is gone.
   */
  deleteRuns(runIds: readonly string[], options?: DeletionOptions): Promise<readonly string[]>;
  /** The same for what was last touched before a moment, at most `limit` runs (default: all); resolves with their number. */
  deleteBefore(query: DeletionQuery & DeletionOptions & { readonly limit?: number }): Promise<number>;
}

/** How a part of the history is deleted. */
export interface DeletionOptions {
  /** Documents outlive the runs that made them. Default false. */
  readonly keepDocuments?: boolean;
}
