import fs from 'node:fs';
import path from 'node:path';
import type { Backup } from '../../../core/maintenance.ts';
import type { Connection } from '../sqlite/connection.ts';
import type { CopyInPieces, Sqlite } from '../sqlite/sqlite.ts';
import { SQLITE, SqliteError } from '../sqlite/sqlite-error.ts';
import { type GuardedTable, healRow } from './checksums.ts';
import { schemaVersion } from './migrations.ts';

export const DAY_MS = 86_400_000;
/** A copy that nobody has written to for so long was left by a process that ended. */
const ABANDONED_MS = 600_000;
/** The same where that process is not found; on a shared folder it may be another machine's. */
const DEAD_MS = 15_000;
const SUFFIX = '.db';
const PART_SUFFIX = '.part';
const ORIGINS = ['manual', 'before-restore'] as const;

/** Backups of each origin that are kept, the newest. */
export const BACKUPS_KEPT = 3;

/** When a backup is to be made. */
export type Due = 'now' | 'later' | 'no';

/** Checked copies of one database in the folder `<file>.backups`; their names sort by time. */
export class Backups {
  readonly #sqlite: Sqlite;
  readonly #folder: string;

  constructor(sqlite: Sqlite, file: string) {
    this.#sqlite = sqlite;
    this.#folder = `${file}.backups`;
  }

  /** Paths of the backups, newest first. */
  list(): string[] {
    if (!fs.existsSync(this.#folder)) return [];
    const names = fs.readdirSync(this.#folder).filter((name) => name.endsWith(SUFFIX));
    return names
      .sort()
      .reverse()
      .map((name) => path.join(this.#folder, name));
  }

  describe(file: string): Backup {
    const { size, mtime } = fs.statSync(file);
    return { file, at: mtime.toISOString(), sizeBytes: size, origin: originOf(file) };
  }

  /** Writes a row's content as the newest backup has it that has it whole, and says which that is; null: none has. */
  heal(target: Connection, table: GuardedTable, id: number): string | null {
    return this.list().find((backup) => this.#healFrom(backup, target, table, id)) ?? null;
  }

  #healFrom(backup: string, target: Connection, table: GuardedTable, id: number): boolean {
    const source = this.#sqlite.open(backup, null);
    try {
      return healRow(source, target, table, id);
    } catch {
      // A backup of an older version has no checksums; a damaged one has nothing to give.
      return false;
    } finally {
      source.close();
    }
  }

  /** Whether one is to be made: the newest is a day old, or there is none. `later`: somebody else seems to be at it. */
  due(now: number): Due {
    const [newest] = this.list();
    if (newest !== undefined && now - fs.statSync(newest).mtimeMs < DAY_MS) return 'no';
    return this.#parts().every((part) => isAbandoned(part, now)) ? 'now' : 'later';
  }

  /**
   * Makes a backup and removes the oldest of its origin; returns its path. Throws a SqliteError with code CORRUPT when the
   * source turns out damaged.
   */
  create(
    source: Connection,
    now: number,
    origin: Backup['origin'] = 'daily',
    pieces: CopyInPieces | null = null,
  ): string {
    const file = this.#nameFor(now, origin === 'daily' ? '' : `-${origin}`);
    copyDatabase(this.#sqlite, source, file, pieces);
    const alike = this.list().filter((each) => originOf(each) === origin);
    for (const old of alike.slice(BACKUPS_KEPT)) fs.rmSync(old, { force: true });
    return file;
  }

  /**
   * Copies the database as it is now into a file that nobody else knows, and returns its path. It is named like a backup that is
   * being made, so that the next backup removes what a process that was killed has left.
   */
  copyAside(source: Connection, now: number, pieces: CopyInPieces): string {
    const copy = `${this.#nameFor(now, '-export')}${PART_SUFFIX}`;
    try {
      this.#sqlite.copy(source, copy, pieces);
      return copy;
    } catch (error) {
      fs.rmSync(copy, { force: true });
      throw error;
    }
  }

  /** A new name for a backup, after abandoned ones were removed. */
  #nameFor(now: number, suffix: string): string {
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const part of this.#parts()) if (isAbandoned(part, now)) fs.rmSync(part, { force: true });
    const time = new Date(now).toISOString().replaceAll(/[-:.]/g, '');
    return path.join(this.#folder, `${time}-${process.pid}${suffix}${SUFFIX}`);
  }

  /** Copies that are being made, or were when their process ended. */
  #parts(): string[] {
    if (!fs.existsSync(this.#folder)) return [];
    const names = fs.readdirSync(this.#folder).filter((name) => name.endsWith(PART_SUFFIX));
    return names.map((name) => path.join(this.#folder, name));
  }
}

function isAbandoned(part: string, now: number): boolean {
  const stat = fs.statSync(part, { throwIfNoEntry: false });
  return stat === undefined || now - stat.mtimeMs >= (isRunning(part) ? ABANDONED_MS : DEAD_MS);
}

/** Whether the process that a copy is named after runs here. */
function isRunning(part: string): boolean {
  const pid = Number(/-(\d+)(?:-[a-z-]+)?\.db\.part$/.exec(part)?.[1]);
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function originOf(file: string): Backup['origin'] {
  return ORIGINS.find((origin) => file.endsWith(`-${origin}${SUFFIX}`)) ?? 'daily';
}

/** Copies a database to `target`, which appears there only complete, checked and synced. */
export function copyDatabase(
  sqlite: Sqlite,
  source: Connection,
  target: string,
  pieces: CopyInPieces | null = null,
): void {
  const part = `${target}${PART_SUFFIX}`;
  fs.rmSync(part, { force: true });
  try {
    sqlite.copy(source, part, pieces);
    if (!isGoodCopy(sqlite, part)) throw new SqliteError(SQLITE.CORRUPT, 'the copy is malformed', null);
    syncFile(part);
    fs.renameSync(part, target);
  } finally {
    fs.rmSync(part, { force: true });
  }
}

/**
 * Puts a copy without the room of deleted rows in the place of a database that nobody else may use meanwhile. Not `VACUUM`, which
 * holds the whole copy in memory here.
 */
export function compactFile(sqlite: Sqlite, file: string): void {
  const copy = `${file}.compacting`;
  fs.rmSync(copy, { force: true });
  try {
    const source = sqlite.open(file, null);
    try {
      sqlite.compactInto(source, copy);
    } finally {
      source.close();
    }
    syncFile(copy);
    fs.renameSync(copy, file);
  } finally {
    fs.rmSync(copy, { force: true });
  }
}

/** True for a copy of one of our databases that SQLite finds whole. An empty file is whole too, but no copy of anything. */
export function isGoodCopy(sqlite: Sqlite, file: string): boolean {
  return isSound(sqlite, file, (connection) => schemaVersion(connection) > 0);
}

/** The same by the whole check, which reads everything. */
export function isWhole(sqlite: Sqlite, file: string): boolean {
  const isRight = (connection: Connection) =>
    schemaVersion(connection) > 0 && connection.get('PRAGMA integrity_check(1)')?.integrity_check === 'ok';
  return isSound(sqlite, file, isRight);
}

/** SQLite's own check of a file that nobody else uses, and what else has to be true of it. */
export function isSound(
  sqlite: Sqlite,
  file: string,
  isRight: (connection: Connection) => boolean = () => true,
): boolean {
  const connection = sqlite.open(file, null);
  try {
    return connection.get('PRAGMA quick_check(1)')?.quick_check === 'ok' && isRight(connection);
  } catch {
    return false;
  } finally {
    connection.close();
  }
}

/** Makes sure that a file's content is on the disk. */
export function syncFile(file: string): void {
  const descriptor = fs.openSync(file, 'r+');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
