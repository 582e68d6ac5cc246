import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { applyChanges, fitsBase } from '../../core/edits/line-changes.ts';
import { unifiedDiff } from '../../core/edits/unified-diff.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { FileEdit } from '../../core/results.ts';

/** An edit with the file as it is and as it will be. */
export interface ReadyEdit {
  readonly file: string;
  readonly absolute: string;
  /** Null: the file is new. */
  readonly before: string | null;
  readonly after: string;
}

/**
 * Looks at the files of edits again. Rejects `task-failed` where one is no longer as the agents saw it (changed, deleted, or
 * made meanwhile), and `invalid-input` where it cannot be written as it is.
 */
export async function readyEdits(root: string, edits: readonly FileEdit[]): Promise<readonly ReadyEdit[]> {
  return Promise.all(edits.map((edit) => readyEdit(root, edit)));
}

/** The edits as one unified diff that `git apply` takes. */
export function diffOfEdits(edits: readonly ReadyEdit[]): string {
  return edits.map(({ file, before, after }) => unifiedDiff(file, before, after)).join('');
}

/** Writes all files, each whole or not at all; nothing is written over that was not looked at. */
export async function writeEdits(edits: readonly ReadyEdit[]): Promise<void> {
  for (const edit of edits) await write(edit);
}

async function readyEdit(root: string, edit: FileEdit): Promise<ReadyEdit> {
  const absolute = path.join(root, ...edit.file.split('/'));
  await requireInside(root, absolute, edit.file);
  const before = await readText(absolute, edit.file);
  if (!fitsBase(edit, before)) throw changed(edit.file, edit.baseHash, before);
  return { file: edit.file, absolute, before, after: applyChanges(before ?? '', edit.changes) };
}

function changed(file: string, baseHash: string | null, before: string | null): EnsembleError {
  const what = before === null ? 'was deleted' : baseHash === null ? 'was made by somebody else' : 'has changed';
  return new EnsembleError('task-failed', `${file} ${what} while the agents worked, so the edit was not made.`, {
    hint: 'Nothing was written. Run the command again for the file as it is now.',
  });
}

/** No link on the way may lead out of the workspace, and the file itself is none. */
async function requireInside(root: string, absolute: string, file: string): Promise<void> {
  const [realRoot, folder] = [await realpath(root), await nearestFolder(path.dirname(absolute))];
  const inside = folder === realRoot || folder.startsWith(realRoot + path.sep);
  const entry = await lstat(absolute).catch(() => null);
  if (inside && (entry === null || entry.isFile())) return;
  throw new EnsembleError('invalid-input', `${file} is not a file inside the workspace.`, {
    hint: 'Nothing was written.',
  });
}

/** The folder as it really is, or the nearest one above it that exists. */
async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    const real = await realpath(at).catch(() => null);
    if (real !== null) return real;
    if (at === path.dirname(at)) return at;
  }
}

/** UTF-8 with its byte order mark; null: there is no file. */
async function readText(absolute: string, file: string): Promise<string | null> {
  let bytes: Buffer;
  try {
    bytes = await readFile(absolute);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new EnsembleError('invalid-input', `${file} cannot be read (${code}).`, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new EnsembleError('invalid-input', `${file} is not UTF-8, and only such files are written.`, {
      hint: 'Convert it to UTF-8 first.',
      cause,
    });
  }
}

/** A new file beside it, with its rights, is renamed over it; a file that is to be new must not have come into being. */
async function write({ absolute, file, before, after }: ReadyEdit): Promise<void> {
  const temporary = path.join(path.dirname(absolute), `.${path.basename(absolute)}.${randomUUID()}.tmp`);
  try {
    if (before === null) await mkdir(path.dirname(absolute), { recursive: true });
    const mode = before === null ? 0o666 : (await lstat(absolute)).mode & 0o777;
    const handle = await open(temporary, 'wx', mode);
    try {
      // The mask of the process may have taken rights away that the file has.
      if (before !== null) await handle.chmod(mode);
      await handle.writeFile(after);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (before === null) await copyFile(temporary, absolute, constants.COPYFILE_EXCL);
    else await rename(temporary, absolute);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new EnsembleError('invalid-input', `${file} could not be written (${reason}).`, {
      hint: 'It is as it was; the edit is kept with the run.',
      cause,
    });
  } finally {
    await rm(temporary, { force: true });
  }
}
