import fs from 'node:fs';
import { EnsembleError } from '../../../core/errors.ts';

/** Bytes of the header that say how the file is journaled: 2 is WAL, which our SQLite cannot do. */
const JOURNAL_BYTES = [18, 19] as const;
const WAL = 2;
const ROLLBACK = 1;

/**
 * Copies another program's database so that it can be read. Throws `invalid-input` where there is none, or where that program
 * has not finished writing.
 */
export function copyForeign(file: string, copy: string): void {
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new EnsembleError('invalid-input', `${file} does not exist.`, { hint: 'Name the database file.' });
  }
  if (['-wal', '-journal'].some((suffix) => (fs.statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0) > 0)) {
    throw new EnsembleError('invalid-input', `${file} is being written by another program.`, {
      hint: 'Close that program, then try again.',
    });
  }
  fs.copyFileSync(file, copy);
  const descriptor = fs.openSync(copy, 'r+');
  try {
    const byte = Buffer.alloc(1);
    for (const position of JOURNAL_BYTES) {
      const read = fs.readSync(descriptor, byte, 0, 1, position);
      if (read === 1 && byte[0] === WAL) fs.writeSync(descriptor, Buffer.from([ROLLBACK]), 0, 1, position);
    }
  } finally {
    fs.closeSync(descriptor);
  }
}

/** The file is no SQLite database, or a damaged one. */
export function noDatabase(file: string): EnsembleError {
  return new EnsembleError('invalid-input', `${file} is no SQLite database that can be read.`, {
    hint: 'Name another file.',
  });
}
