/** A path that is not (wholly) reviewed, and why. Directories end with `/` and stand for all that is below them. */
export interface PathReason {
  readonly path: string;
  readonly reason: string;
}

/** Lines of a file, 1-based inclusive. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** A text to review: a whole file, or the lines that an editor handed over. */
export interface SourceFile {
  readonly path: string;
  readonly languageId: string;
  /** Redacted, line breaks are `\n`: safe to send and to store. */
  readonly text: string;
  /** 1-based line of the file at which `text` begins. */
  readonly startLine: number;
  /**
   * SHA-256 of the whole file's text as it was read: without byte order mark, before redaction, with its own line breaks.
   * Null where only a part of the file is known; no edit can be offered then.
   */
  readonly baseHash: string | null;
  /** In a review of changes the lines that differ from the base, ascending; absent: all lines are to be reviewed. */
  readonly changed?: readonly LineRange[];
}

/** What a review is made of, with everything that it leaves out. */
export interface Gathered {
  /** In the order of their paths. */
  readonly files: readonly SourceFile[];
  /** Left out on purpose. */
  readonly skipped: readonly PathReason[];
  /** Left out because the review would become too large. */
  readonly truncated: readonly PathReason[];
  /** Could not be read. */
  readonly failed: readonly PathReason[];
}

/** {@link Gathered} without the texts: what the run's snapshot keeps. */
export interface GatherReport {
  readonly files: readonly { readonly path: string; readonly languageId: string; readonly baseHash: string | null }[];
  readonly skipped: readonly PathReason[];
  readonly truncated: readonly PathReason[];
  readonly failed: readonly PathReason[];
}

/** The report of what was gathered; JSON. */
export function reportOf({ files, skipped, truncated, failed }: Gathered): GatherReport {
  return {
    files: files.map(({ path, languageId, baseHash }) => ({ path, languageId, baseHash })),
    skipped,
    truncated,
    failed,
  };
}
