import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';

/**
 * Checks before any work that `--out` can become a file: its folder exists, and it is no directory (nor a link to one).
 * Rejects `invalid-input`. Returns the absolute path.
 */
export async function checkOutputFile(cwd: string, target: string): Promise<string> {
  const file = path.resolve(cwd, target);
  const folder = await stat(path.dirname(file)).catch(() => null);
  if (!folder?.isDirectory()) {
    throw new EnsembleError('invalid-input', `${target} cannot be written: its folder does not exist.`, {
      hint: 'Make the folder first, or name another file.',
    });
  }
  const existing = await stat(file).catch(() => null);
  const entry = existing ?? (await lstat(file).catch(() => null));
  if (entry && !entry.isFile() && !entry.isSymbolicLink()) {
    throw new EnsembleError('invalid-input', `${target} cannot be written: it is ${kindOf(entry)}.`, {
      hint: 'Name a file.',
    });
  }
  return file;
}

/**
 * Writes a whole file or nothing: into a new file beside it, then renamed over it, so that readers never see half of it.
 * A link of that name is replaced, not followed. Rejects `invalid-input` with the system's reason.
 */
export async function writeOutputFile(file: string, content: string): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new EnsembleError('invalid-input', `${file} could not be written (${reason}).`, {
      hint: 'Name a file that you may write to; the result itself is stored.',
      cause,
    });
  }
}

function kindOf(entry: { isDirectory(): boolean }): string {
  return entry.isDirectory() ? 'a folder' : 'not a regular file';
}
