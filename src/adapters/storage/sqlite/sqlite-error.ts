/** Primary result codes of SQLite that decide what we do. */
export const SQLITE = {
  READONLY: 8,
  BUSY: 5,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  CONSTRAINT: 19,
  NOTADB: 26,
} as const;

/** A failed SQLite call. Decisions are made by `code`, never by the text. */
export class SqliteError extends Error {
  /** SQLite's primary result code. */
  readonly code: number;
  /** Code of the system call that failed last (`ENOSPC`, ...), where one did. */
  readonly systemCode: string | null;

  constructor(code: number, message: string, systemCode: string | null) {
    super(message);
    this.name = 'SqliteError';
    // The low byte is the primary code, the others tell where it happened.
    this.code = code & 0xff;
    this.systemCode = systemCode;
  }
}

/** True when the file itself is damaged, not merely unavailable. */
export function isCorruption(error: unknown): boolean {
  return error instanceof SqliteError && (error.code === SQLITE.CORRUPT || error.code === SQLITE.NOTADB);
}
