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

/** Where the database is and how it is. */
export interface DatabaseStatus {
  /** Absolute path. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Room of deleted rows, which compacting gives back to the disk. */
  readonly reclaimableBytes: number;
  /** Version of the schema. */
  readonly version: number;
  /** Rows of the largest tables. */
  readonly rows: Readonly<Record<string, number>>;
  /** The newest first. */
  readonly backups: readonly Backup[];
  /** When somebody last had everything checked, and what came of it; null: never. */
  readonly lastCheck: { readonly at: string; readonly problems: number; readonly mended: number } | null;
  /** Folders with damaged files that were replaced, the newest first. */
  readonly quarantined: readonly string[];
  /** Processes that have the database open. */
  readonly users: readonly DatabaseUser[];
}

/** A process that has the database open. */
export interface DatabaseUser {
  readonly pid: number;
  /** Name of its machine. */
  readonly host: string;
  /** True for the process that asks. */
  readonly isThis: boolean;
  /** Null: it cannot be seen from here, because it is on another machine or in a container. */
  readonly isAlive: boolean | null;
  /** True: the others wait for it at this moment. */
  readonly holdsLock: boolean;
}

/** How an export is done. */
export interface ExportOptions {
  /** Stops it: nothing is left of the file, and the export rejects with the signal's reason. Default: nothing does. */
  readonly signal?: AbortSignal;
  /** True: a file of that name may be replaced, once the new one is complete. Default: false. */
  readonly replace?: boolean;
  readonly onProgress?: (progress: ExportProgress) => void;
}

/** How far an export is. */
export interface ExportProgress {
  /** First the database is copied, so that all of the export is of one moment; then the copy is read. */
  readonly step: 'copying' | 'writing';
  /** Of `total`: pages of the database, or rows, of which those count twice that are written twice. */
  readonly done: number;
  readonly total: number;
}

/** What was exported. */
export interface ExportReport {
  /** Absolute path. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Files in the archive. */
  readonly files: number;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Rows that were exported although their text is damaged, one sentence each. */
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
  /**
   * Writes everything that is kept into a zip file of JSON and Markdown, without holding anybody up: what is written meanwhile
   * is left out. Rejects `invalid-input` where the file exists or cannot be written; then no file is left.
   */
  exportAll(file: string, options?: ExportOptions): Promise<ExportReport>;
  /** Where the database is, how it is, who has it open; null: everything is in memory. */
  status(): Promise<DatabaseStatus | null>;
  /** Gives the room of deleted rows back to the disk. */
  compact(): Promise<Compaction>;
}
