import fs from 'node:fs';
import path from 'node:path';
import { EnsembleError } from '../../../core/errors.ts';
import type { Backup, DatabaseCheck } from '../../../core/maintenance.ts';
import type { RunOwner } from '../../../core/ports.ts';
import { isAlive } from '../process-identity.ts';
import type { Connection, Row, SqlValue } from '../sqlite/connection.ts';
import { FileMutex } from '../sqlite/file-mutex.ts';
import { inodeAt, realPath } from '../sqlite/real-files.ts';
import type { Sqlite } from '../sqlite/sqlite.ts';
import { isCorruption, SQLITE, SqliteError } from '../sqlite/sqlite-error.ts';
import { Backups, compactFile, copyDatabase, isGoodCopy, isSound, syncFile } from './backups.ts';
import { DailyBackup } from './daily-backup.ts';
import { examine } from './database-file.ts';
import { copyForeign, noDatabase } from './foreign-file.ts';
import { inspect, integrityProblems } from './inspection.ts';
import { migrate, refuseNewer, SCHEMA_VERSION, SEARCH_INDEXES, schemaVersion } from './migrations.ts';
import { backupNotice, replacedNotice, searchNotice } from './notices.ts';
import type { OperationDatabase } from './operation-database.ts';
import { probe } from './probe.ts';
import { fitIndexes, quarantine } from './recovery.ts';
import { text } from './row.ts';
import { disownRuns, salvage } from './salvage.ts';
import { lockedError } from './storage-errors.ts';

/** Settings of every connection (reference: storage.md). The page size only matters for a new file. */
const PRAGMAS = `
  PRAGMA page_size=8192; PRAGMA cache_size=-8000; PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;
  PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;`;

/** An operation's failure that took the whole transaction with it; `cause` is the failure. */
export class TransactionLost extends Error {
  constructor(cause: unknown) {
    super('The transaction was rolled back.', { cause });
    this.name = 'TransactionLost';
  }
}

/** What a database is opened with. */
export interface DatabaseOptions {
  /** Absolute path. Its folder is made where it does not exist. */
  readonly file: string;
  /** Identity of this process in the lock file. */
  readonly owner: RunOwner;
  /** How long to wait for other processes, ms. */
  readonly busyMs: number;
}

/**
 * The one database file, open: mended and migrated. Notices for the person (a restored backup, a
 * backup that failed) are handed to `notify`. All methods throw SqliteError, or EnsembleError where it says so.
 */
export class Database implements OperationDatabase {
  readonly file: string;
  readonly #sqlite: Sqlite;
  readonly #busyMs: number;
  readonly #mutex: FileMutex;
  readonly #backups: Backups;
  /** Made by who serves the file, when nothing else is asked for. */
  readonly dailyBackup: DailyBackup;
  readonly #notify: (notice: string) => void;
  #connection: Connection;

  constructor(sqlite: Sqlite, options: DatabaseOptions, notify: (notice: string) => void) {
    fs.mkdirSync(path.dirname(options.file), { recursive: true, mode: 0o700 });
    this.file = realPath(options.file);
    this.#sqlite = sqlite;
    this.#busyMs = options.busyMs;
    this.#notify = notify;
    this.#mutex = new FileMutex(`${this.file}.lock`, options.owner);
    this.#backups = new Backups(sqlite, this.file);
    try {
      probe(sqlite, `${this.file}.probe.${options.owner.pid}.${options.owner.nonce}`);
      const existed = (fs.statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > 0;
      this.#connection = this.#open();
      this.dailyBackup = this.#dailyBackup(existed ? null : Date.now());
    } catch (error) {
      this.#mutex.close();
      throw error;
    }
  }

  isAlive(owner: RunOwner): boolean | null {
    return isAlive(owner);
  }

  /** SQLite numbers rows of a file that has one writer at a time. */
  newId(): null {
    return null;
  }

  lockHolder(): RunOwner | null {
    return this.#mutex.holder();
  }

  all(sql: string, values?: readonly SqlValue[]): Row[] {
    return this.#connection.all(sql, values);
  }

  get(sql: string, values?: readonly SqlValue[]): Row | null {
    return this.#connection.get(sql, values);
  }

  run(sql: string, values?: readonly SqlValue[]): void {
    this.#connection.run(sql, values);
  }

  /**
   * Runs `body` in one transaction, holding the lock of the file from the first to the last statement. Throws
   * `storage-newer-version` when a newer program has migrated the file in the meantime.
   */
  transaction<T>(kind: 'read' | 'write', body: () => T): T {
    this.#begin(kind);
    try {
      this.#checkVersion();
      const result = body();
      this.#connection.run('COMMIT');
      return result;
    } catch (error) {
      this.#connection.rollBack();
      throw error;
    }
  }

  /** Runs `body` within the transaction; when it throws, its own changes and no others are undone. */
  savepoint<T>(body: () => T): T {
    this.#connection.run('SAVEPOINT operation');
    try {
      const result = body();
      this.#connection.run('RELEASE operation');
      return result;
    } catch (error) {
      this.#undoSavepoint(error);
      throw error;
    }
  }

  /** Writes a consistent, checked copy. */
  copyTo(target: string): void {
    this.#onCurrentFile(() => copyDatabase(this.#sqlite, this.#connection, target));
  }

  /** Checked copies, newest first. */
  backups(): Backup[] {
    return this.#backups.list().map((file) => this.#backups.describe(file));
  }

  /** Makes a backup now. */
  backUp(): Backup {
    let file = '';
    this.#onCurrentFile(() => {
      file = this.#backups.create(this.#connection, Date.now(), 'manual');
    });
    return this.#backups.describe(file);
  }

  /**
   * Puts a backup in the place of the file, after a backup of that; other processes open the new file at their next
   * transaction. Throws `invalid-input` for a file that is none of the backups, `storage-corrupt` for a damaged one.
   */
  restore(backup: string): void {
    const restoring = this.#copyOfBackup(backup);
    try {
      // Reading holds the lock; SQLite copies nothing from within a write.
      this.#begin('read');
      try {
        this.#backups.create(this.#connection, Date.now(), 'before-restore');
        fs.renameSync(restoring, this.file);
      } finally {
        this.#connection.rollBack();
      }
    } finally {
      fs.rmSync(restoring, { force: true });
    }
    this.#closeConnection();
    this.#connection = this.#connect(null);
    this.transaction('write', () => disownRuns(this.#connection));
  }

  /** Reads everything, compares it with SQLite's rules and our checksums, and mends what can be mended. */
  check(): DatabaseCheck {
    const faults = this.transaction('read', () => integrityProblems(this.#connection));
    const [first] = faults;
    if (first !== undefined) this.mend(first);
    const { rows, problems, mended } = this.transaction('write', () =>
      inspect(this.#connection, (table, id) => this.#backups.heal(this.#connection, table, id)),
    );
    return { rows, problems: [...faults, ...problems], mended: mended + faults.length };
  }

  /** Writes the file anew without the room of deleted rows; other processes open the new one at their next transaction. */
  compact(): void {
    const failure = this.#locked(() => {
      this.#closeConnection();
      try {
        compactFile(this.#sqlite, this.file);
        return null;
      } catch (error) {
        return { error };
      }
    });
    this.#connection = this.#open();
    if (failure !== null) throw failure.error;
  }

  /**
   * Reads another SQLite file through a copy, because its own program may be at work on it. Throws `invalid-input` where it cannot
   * be read as a database.
   */
  readCopyOf<T>(file: string, read: (source: Connection) => T): T {
    const copy = `${this.file}.import.${process.pid}`;
    try {
      copyForeign(file, copy);
      if (!isSound(this.#sqlite, copy)) throw noDatabase(file);
      const source = this.#sqlite.open(copy, null);
      try {
        return read(source);
      } finally {
        source.close();
      }
    } finally {
      fs.rmSync(copy, { force: true });
    }
  }

  /** Bytes of the file. */
  size(): number {
    return fs.statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /**
   * Mends the open database after SQLite called it malformed: a broken search index is built again, else the file goes
   * to quarantine. Notices tell which.
   */
  mend(reason: string): void {
    this.#connection.rollBack();
    if (this.#rebuildSearch()) {
      this.#notify(searchNotice(this.file));
      return;
    }
    const damaged = this.#sqlite.inodeOf(this.file);
    this.#closeConnection();
    this.#connection = this.#replace(reason, damaged);
  }

  close(): void {
    this.#closeConnection();
    this.#mutex.close();
  }

  /** Opens the file; a damaged one is replaced by its newest good backup first. */
  #open(): Connection {
    const [examination, inode] = this.#locked(() => {
      return [examine(this.file, this.#backups.list().length > 0), inodeAt(this.file)] as const;
    });
    if (examination.state === 'refused') {
      throw new EnsembleError('storage-corrupt', `${this.file} ${examination.reason}.`, { hint: examination.hint });
    }
    const replace = (reason: string, damaged: bigint | null) => this.#replace(reason, damaged);
    return examination.state === 'damaged' ? replace(examination.reason, inode) : this.#connect(replace);
  }

  /** A sound copy of a backup beside the file, ready to take its place. */
  #copyOfBackup(backup: string): string {
    if (!this.#backups.list().includes(backup)) {
      throw new EnsembleError('invalid-input', `${backup} is no backup of ${this.file}.`, {
        hint: `Choose one of the files in ${this.file}.backups.`,
      });
    }
    const copy = `${this.file}.restoring`;
    fs.copyFileSync(backup, copy);
    if (isGoodCopy(this.#sqlite, copy)) {
      syncFile(copy);
      return copy;
    }
    fs.rmSync(copy);
    throw new EnsembleError('storage-corrupt', `The backup ${backup} is damaged itself.`, {
      hint: 'Choose another one; the database was left as it is.',
    });
  }

  #connect(onCorruption: ((reason: string, damaged: bigint | null) => Connection) | null): Connection {
    const connection = this.#sqlite.open(this.file, this.#mutex);
    try {
      connection.execute(PRAGMAS);
      migrate(connection, this.file, () => this.#backups.create(connection, Date.now()));
      return connection;
    } catch (error) {
      const inode = this.#sqlite.inodeOf(this.file);
      connection.close();
      if (onCorruption === null || !isCorruption(error)) throw error;
      return onCorruption((error as Error).message, inode);
    }
  }

  /** Quarantines the file with the inode `damaged`, unless another process was faster, and opens what is there then. */
  #replace(reason: string, damaged: bigint | null): Connection {
    const recovery = this.#locked(() => {
      if (inodeAt(this.file) !== damaged) return null;
      return quarantine(this.#sqlite, this.file, this.#backups, Date.now());
    });
    const connection = this.#connect(null);
    if (recovery === null) return connection;
    fitIndexes(connection);
    const saved = salvage(this.#sqlite, connection, recovery.quarantined);
    this.#notify(replacedNotice(this.file, reason, recovery, saved));
    return connection;
  }

  #begin(kind: 'read' | 'write'): void {
    this.#onCurrentFile(() => {
      try {
        this.#connection.run(kind === 'write' ? 'BEGIN IMMEDIATE' : 'BEGIN');
        // A plain BEGIN takes no lock yet; reading does.
        if (kind === 'read') schemaVersion(this.#connection);
      } catch (error) {
        this.#connection.rollBack();
        throw error;
      }
    });
  }

  /** Runs `body`, a second time on the new file if another process has put a restored copy in the place of ours. */
  #onCurrentFile(body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!this.#sqlite.wasReplaced(this.file)) throw error;
      this.#closeConnection();
      this.#connection = this.#open();
      body();
    }
  }

  #checkVersion(): void {
    const version = schemaVersion(this.#connection);
    refuseNewer(version, this.file);
    if (version < SCHEMA_VERSION) throw new SqliteError(SQLITE.CORRUPT, 'its content is gone', null);
  }

  #undoSavepoint(cause: unknown): void {
    try {
      this.#connection.run('ROLLBACK TO operation');
      this.#connection.run('RELEASE operation');
    } catch {
      // A full disk or a failed write may have ended the whole transaction already.
      throw new TransactionLost(cause);
    }
  }

  /** True when nothing but the search index was damaged, and it is whole again. */
  #rebuildSearch(): boolean {
    const check = (table: string) => this.#connection.get(`PRAGMA quick_check(${table})`)?.quick_check === 'ok';
    try {
      const tables = this.#connection.all(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE '%\\_search\\_%' ESCAPE '\\'`,
      );
      if (!tables.every((table) => check(text(table, 'name')))) return false;
      for (const index of SEARCH_INDEXES) this.#connection.run(`INSERT INTO ${index} (${index}) VALUES ('rebuild')`);
      // The whole check: a quick one does not compare tables with their indexes.
      return integrityProblems(this.#connection).length === 0;
    } catch {
      return false;
    }
  }

  #dailyBackup(madeAt: number | null): DailyBackup {
    return new DailyBackup({
      backups: this.#backups,
      madeAt,
      create: () => this.#backups.create(this.#connection, Date.now()),
      mend: (reason) => this.mend(reason),
      notify: (problem) => this.#notify(backupNotice(this.file, problem)),
    });
  }

  /** Runs `body` under the mutex, while no connection is in use. */
  #locked<T>(body: () => T): T {
    if (!this.#mutex.acquire(this.#busyMs)) throw lockedError(this.file, this.#mutex.holder());
    try {
      return body();
    } finally {
      this.#mutex.release();
    }
  }

  #closeConnection(): void {
    try {
      this.#connection.close();
    } catch {
      // A connection to a broken file may complain; its memory is gone with the worker at the latest.
    }
  }
}
