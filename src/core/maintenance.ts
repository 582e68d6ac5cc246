/** A checked copy of the database that is kept beside it. */
export interface Backup {
  /** Absolute path. */
  readonly file: string;
  /** ISO-8601 UTC. */
  readonly at: string;
  readonly sizeBytes: number;
  /** Made by itself each day and before migrations, asked for by a person, or made before another was restored. */
  readonly origin: 'daily' | 'manual' | 'before-restore';
}

/** What a check of the whole database found. */
export interface DatabaseCheck {
  /** Rows whose content was compared with their checksum. */
  readonly rows: number;
  /** What was wrong, one sentence each; empty: nothing. */
  readonly problems: readonly string[];
  /** How many of the problems were mended: from a backup, or by building an index again. */
  readonly mended: number;
}

/** Sizes before and after the file gave back the room of what was deleted. */
export interface Compaction {
  readonly beforeBytes: number;
  readonly afterBytes: number;
}

/** What was taken over from S1's database; numbers of rows that were not there before. */
export interface OrchestrationImport {
  readonly conversations: number;
  readonly documents: number;
  readonly prompts: number;
  /** Rows that were left out, and why. */
  readonly problems: readonly string[];
}

/** Care for the database itself. All of it waits for other processes that write, and rejects `storage-locked` in the end. */
export interface Maintenance {
  /** The newest first; at most three of each origin are kept. */
  backups(): Promise<readonly Backup[]>;
  /** Makes a checked copy now. */
  backUp(): Promise<Backup>;
  /**
   * Puts a backup in the place of the database, after a backup of that. Rejects `invalid-input` where there is no such backup
   * or a run goes on, `storage-corrupt` where the backup itself is damaged; nothing is changed then.
   */
  restore(file: string): Promise<void>;
  /** Reads everything, compares it with its checksums, and mends what can be mended. */
  check(): Promise<DatabaseCheck>;
  /**
   * Takes over conversations, documents and prompts of S1's program (`~/.supergrok/orchestration.db`), all or nothing; doing it
   * again adds only what is new. Rejects `invalid-input` for a file that is no such database. The file itself is only read.
   * `trial`: says what would be taken over, and keeps nothing. Default: false.
   */
  importOrchestration(file: string, trial?: boolean): Promise<OrchestrationImport>;
  /** Gives the room of deleted rows back to the disk. */
  compact(): Promise<Compaction>;
}
