import type { ConversationRecord, DocumentRecord, Page, RunRecord } from '../ports.ts';
import type { Snippet } from './search-words.ts';

/** Which part of the history; what is left out does not restrict. */
export interface HistoryFilter {
  /** As the run has it; `''`: runs without a folder. */
  readonly workspace?: string;
  /** ISO-8601 UTC, inclusive. */
  readonly from?: string;
  /** ISO-8601 UTC, exclusive. */
  readonly until?: string;
}

/** A page of the history; `limit` at most 100 is a good one. */
export interface HistoryQuery extends HistoryFilter {
  readonly limit: number;
  readonly offset?: number;
}

/** A page of what runs have left. */
export interface EntryQuery extends HistoryQuery {
  readonly runId?: string;
  /** Words of the text; nothing in it is an operator. */
  readonly search?: string;
}

/** A model call without its texts. */
export type ConversationSummary = Omit<ConversationRecord, 'messages' | 'response'> & {
  /** Around the first hit; null without a search. */
  readonly snippet: Snippet | null;
};

/** A document without its text. */
export type DocumentSummary = Omit<DocumentRecord, 'content'> & {
  /** The run it belongs to, `''` for none. */
  readonly runId: string;
  readonly snippet: Snippet | null;
};

/** A run that has not ended. `live`: its process still runs (or cannot be checked), so that nobody else may go on with it. */
export interface UnfinishedRun {
  readonly run: RunRecord;
  readonly live: boolean;
}

/** What has happened, to be looked through and cleared. Lists are newest first. */
export interface HistoryStore {
  /** Runs that have ended. */
  runs(query: HistoryQuery): Promise<Page<RunRecord>>;
  /** How many ended runs began since the first boundary, between it and the next, ..., before the last (newest first). */
  counts(query: { readonly workspace?: string; readonly boundaries: readonly string[] }): Promise<readonly number[]>;
  /** Running, suspended and interrupted runs, at most 100. */
  unfinished(filter: Pick<HistoryFilter, 'workspace'>): Promise<readonly UnfinishedRun[]>;
  conversations(query: EntryQuery): Promise<Page<ConversationSummary>>;
  documents(query: EntryQuery): Promise<Page<DocumentSummary>>;
  /**
   * Deletes runs with everything that belongs to them; the ledger of costs stays. A run whose process lives stays too.
   * Resolves with the ids of what is gone.
   */
  deleteRuns(runIds: readonly string[]): Promise<readonly string[]>;
  /** The same for all that was last touched before a moment; resolves with their number. */
  deleteBefore(query: { readonly before: string; readonly workspace?: string }): Promise<number>;
}
