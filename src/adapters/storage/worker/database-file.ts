import fs from 'node:fs';
import { UNDO_SUFFIX } from '../sqlite/real-files.ts';
import { APPLICATION_ID } from './migrations.ts';

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';

/** What the first look at a database file says, before SQLite opens it. */
export type Examination =
  | { readonly state: 'usable' }
  /** Certainly ours, or backed up by us, and broken. */
  | { readonly state: 'damaged'; readonly reason: string }
  /** Something else lies there, or another program changed it: never touched. */
  | { readonly state: 'refused'; readonly reason: string; readonly hint: string };

/**
 * Looks at the header and the size. An unfinished transaction of a crashed process is not damage: SQLite rolls it back.
 * `hasBackup` tells an empty file that is new from one that lost its content, and ours from others'.
 */
export function examine(file: string, hasBackup: boolean): Examination {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return { state: 'usable' };
  if (size === 0) {
    return hasBackup ? { state: 'damaged', reason: 'the file is empty although it has backups' } : { state: 'usable' };
  }
  if ((fs.statSync(file + UNDO_SUFFIX, { throwIfNoEntry: false })?.size ?? 0) > 0) return { state: 'usable' };
  const header = readHeader(file);
  const isDatabase = header.length === HEADER_BYTES && header.toString('latin1', 0, MAGIC.length) === MAGIC;
  if (!isDatabase) return notSqlite(hasBackup);
  const applicationId = header.readUInt32BE(68);
  if (applicationId !== APPLICATION_ID && applicationId !== 0 && !hasBackup) return foreign();
  if (header[18] === 2 || header[19] === 2) return inWalMode();
  if (!hasKnownFormat(header)) return unknownFormat(applicationId === APPLICATION_ID || hasBackup);
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  // The page count is only meaningful when the header was last written by a program that keeps it.
  const pagesKnown = header.readUInt32BE(24) === header.readUInt32BE(92);
  const expected = pageSize * header.readUInt32BE(28);
  if (pagesKnown && size < expected)
    return { state: 'damaged', reason: `${expected - size} bytes are missing at its end` };
  return { state: 'usable' };
}

function readHeader(file: string): Buffer {
  const descriptor = fs.openSync(file, 'r');
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, fs.readSync(descriptor, header, 0, HEADER_BYTES, 0));
  } finally {
    fs.closeSync(descriptor);
  }
}

function notSqlite(hasBackup: boolean): Examination {
  if (hasBackup) return { state: 'damaged', reason: 'its header is destroyed' };
  return {
    state: 'refused',
    reason: 'is not a database',
    hint: 'Choose another database file, or move this one away to start with an empty database.',
  };
}

function foreign(): Examination {
  return { state: 'refused', reason: 'is a database of another program', hint: 'Choose another database file.' };
}

/** As every file of ours has it: both versions at most 2, schema format at most 4, no auto-vacuum, UTF-8. */
function hasKnownFormat(header: Buffer): boolean {
  const isVersioned = Math.max(header.readUInt8(18), header.readUInt8(19)) <= 2 && header.readUInt32BE(44) <= 4;
  return isVersioned && header.readUInt32BE(52) === 0 && header.readUInt32BE(56) <= 1;
}

/** Our SQLite would not open it, or read-only, or read it wrongly. */
function unknownFormat(isOurs: boolean): Examination {
  if (isOurs) return { state: 'damaged', reason: 'its header is damaged' };
  return { state: 'refused', reason: 'has a format that is not known here', hint: 'Choose another database file.' };
}

function inWalMode(): Examination {
  return {
    state: 'refused',
    reason: 'was switched to WAL mode by another program',
    hint: 'Switch it back while nothing uses it: sqlite3 FILE "PRAGMA journal_mode=DELETE".',
  };
}
