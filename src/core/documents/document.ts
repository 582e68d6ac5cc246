import type { Snippet } from '../history/search-words.ts';
import type { Page } from '../page.ts';

/** How the text of a document is to be read. */
export type DocumentFormat = 'markdown' | 'text' | 'json';

/**
 * What documents are: `document` what a person has saved or a stage of a pipeline handed over, `result` of a task, `report` of a
 * review or another workflow, `patch` a unified diff of proposed edits, `tests` a generated file, `findings` those of a review as
 * SARIF, `decision` what agents have agreed on.
 */
export const DOCUMENT_KINDS = ['document', 'result', 'report', 'patch', 'tests', 'findings', 'decision'] as const;

export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** Bytes (UTF-8) that a document can have. */
export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;

/** Characters that a title can have. */
export const MAX_TITLE = 500;

/** Who made a version and why. */
export interface DocumentNote {
  /** A person's name, or `Ensemble`. */
  readonly author: string;
  readonly reason: string;
}

/** A document to be kept. Default kind: `document`; workspace: that of its run; note: that it was saved. */
export interface NewDocument {
  /** `<run>` or `<run>/<task>`; '': no run has made it. */
  readonly taskId: string;
  readonly title: string;
  readonly content: string;
  readonly format: DocumentFormat;
  readonly kind?: DocumentKind;
  /** Root of the workspace that it belongs to; null: none. */
  readonly workspace?: string | null;
  readonly tags?: readonly string[];
  /** Names it among what its task has made: the same one is kept once, however often it is saved. */
  readonly artifact?: string;
  readonly note?: DocumentNote;
}

/** A later text of a document. */
export interface NewVersion {
  readonly content: string;
  /** Default: as it was. */
  readonly format?: DocumentFormat;
  /** Default '': no run has made it. */
  readonly taskId?: string;
  readonly note: DocumentNote;
}

/** A document without its text. */
export interface DocumentSummary {
  readonly id: number;
  /** Of the version listed. */
  readonly taskId: string;
  /** The run it belongs to, '' for none. */
  readonly runId: string;
  readonly title: string;
  readonly format: DocumentFormat;
  readonly kind: DocumentKind;
  readonly workspace: string | null;
  /** The newest; in the documents of a run that run's own. */
  readonly version: number;
  /** Bytes (UTF-8). */
  readonly size: number;
  readonly tags: readonly string[];
  /** When the first version was made, ISO-8601 UTC. */
  readonly createdAt: string;
  /** When the version listed was made. */
  readonly updatedAt: string;
  /** Around the first hit; null without a search. */
  readonly snippet: Snippet | null;
}

/** A document with the text of its newest version. */
export type DocumentRecord = Omit<DocumentSummary, 'snippet'> & { readonly content: string };

/** A version without its text. */
export interface DocumentVersion {
  readonly version: number;
  readonly taskId: string;
  readonly runId: string;
  readonly format: DocumentFormat;
  readonly size: number;
  readonly author: string;
  readonly reason: string;
  readonly createdAt: string;
}

/** A part of the text of a version. */
export interface DocumentPart extends DocumentVersion {
  readonly id: number;
  readonly title: string;
  readonly kind: DocumentKind;
  readonly tags: readonly string[];
  readonly content: string;
  /** Where the next part begins, bytes; null: this was the last one. */
  readonly next: number | null;
}

/** Which part of the archive; what is left out does not restrict. */
export interface DocumentFilter {
  /** With the folders that are attached to it; '': documents without a folder. */
  readonly workspace?: string | readonly string[];
  /** Last changed: ISO-8601 UTC, inclusive. */
  readonly from?: string;
  /** ISO-8601 UTC, exclusive. */
  readonly until?: string;
}

/** Which documents. The latest first. */
export interface DocumentQuery extends DocumentFilter {
  readonly limit: number;
  readonly offset?: number;
  /** The versions that this run has made. */
  readonly runId?: string;
  /** Words of title, tags and text; nothing in it is an operator. */
  readonly search?: string;
  readonly kind?: DocumentKind;
  /** Of the run that made them, such as `review`. */
  readonly runKind?: string;
  /** '': documents without a tag. */
  readonly tag?: string;
}

/** Documents that have a kind, tag or workspace ('': none) in common, with their number. */
export interface DocumentGroup {
  readonly key: string;
  readonly count: number;
}

/**
 * The archive of documents. Saving one of the same title, kind and workspace makes a new version of it; no version is ever
 * overwritten. Deleted ones can be brought back for {@link DELETED_DAYS} days. What takes the id of a document that is not there
 * rejects `not-found`.
 */
export interface DocumentStore {
  /** Resolves with the document's id. Rejects `invalid-input` for one that is too large. */
  save(document: NewDocument): Promise<number>;
  /** Resolves with the number of the version. */
  addVersion(id: number, version: NewVersion): Promise<number>;
  /** Makes an earlier version the newest one; resolves with its new number. */
  restore(id: number, version: number, note: DocumentNote): Promise<number>;
  list(query: DocumentQuery): Promise<Page<DocumentSummary>>;
  /** By number, then by name. A document stands in the group of each of its tags. */
  groups(by: 'kind' | 'tag' | 'workspace', filter: DocumentFilter): Promise<readonly DocumentGroup[]>;
  /** How many were last changed since the first boundary, between it and the next, ..., before the last (newest first). */
  counts(query: DocumentFilter & { readonly boundaries: readonly string[] }): Promise<readonly number[]>;
  /** Whole; null: there is none. */
  get(id: number): Promise<DocumentRecord | null>;
  /** At most so many bytes of a version, from a byte on, cut between characters; default: the newest, its first MiB. */
  read(
    id: number,
    part?: { readonly version?: number; readonly from?: number; readonly bytes?: number },
  ): Promise<DocumentPart | null>;
  /** Newest first. */
  versions(id: number, page: { readonly limit: number; readonly offset?: number }): Promise<Page<DocumentVersion>>;
  /** Changes what is not the text: that makes no version. */
  change(id: number, part: { readonly title?: string; readonly tags?: readonly string[] }): Promise<void>;
  /** Takes documents out of sight; resolves with the ids of those that were there. */
  delete(ids: readonly number[]): Promise<readonly number[]>;
  /** Brings deleted ones back; resolves with the ids of those that could be. */
  undelete(ids: readonly number[]): Promise<readonly number[]>;
}

/** Days after which a deleted document is gone for good, with the next deletion. */
export const DELETED_DAYS = 30;

/** Bytes of a part where nothing else is asked for. */
export const PART_BYTES = 1024 * 1024;
