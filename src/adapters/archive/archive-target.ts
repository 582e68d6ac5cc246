import fs from 'node:fs';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';

/** Where an archive is written to. */
export interface ArchiveTarget {
  /** Absolute path. */
  readonly file: string;
  /** The name that it has until it is complete: a new file in the same folder. */
  readonly part: string;
  /** True: a file may be replaced, once the new one is complete. */
  readonly replace: boolean;
}

/** Throws `invalid-input` where there is no folder for the file, or where a file is in its place. */
export function checkTarget({ file, replace }: ArchiveTarget): void {
  const folder = fs.statSync(path.dirname(file), { throwIfNoEntry: false });
  if (!folder?.isDirectory()) {
    throw new EnsembleError('invalid-input', `The folder of ${file} does not exist.`, {
      hint: 'Make the folder first.',
    });
  }
  const present = fs.statSync(file, { throwIfNoEntry: false });
  if (present === undefined || (replace && present.isFile())) return;
  throw new EnsembleError('invalid-input', `${file} exists already.`, { hint: 'Name a new file.' });
}

/** Gives the complete file its name. Throws `invalid-input` where that cannot be; the part is there still. */
export function publish(target: ArchiveTarget): void {
  checkTarget(target);
  try {
    fs.renameSync(target.part, target.file);
  } catch (error) {
    throw toExportError(error, target.file);
  }
}

/** Errors of the target's file system as what the person is told; what the database says passes unchanged. */
export function toExportError(error: unknown, target: string): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error;
  const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return new EnsembleError('invalid-input', `${target} could not be written (${String(error.code)}).`, {
    hint: isFull
      ? 'The disk is full: free some space, or name a file on another disk.'
      : 'Name a file that you may write to.',
    cause: error,
  });
}
