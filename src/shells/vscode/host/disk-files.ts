import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import { EnsembleError } from '../../../core/errors.ts';

/**
 * Reads at most `maxBytes` of a regular file below `root`. The editor's file system API follows links and reads whole
 * files; a hostile repository has links to outside, pipes and files of many gigabytes. So the real path is checked, the
 * last link is not followed and it is the opened handle that is asked what it is.
 */
export async function readDiskFile(
  root: string,
  segments: readonly string[],
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }> {
  const file = path.join(root, ...segments);
  if (!isInside(await realpath(root), await realpath(path.dirname(file)))) throw notRegular(segments);
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const { size } = await regular(handle, segments);
    const bytes = Buffer.alloc(Math.min(size, maxBytes));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return { bytes: bytes.subarray(0, bytesRead), truncated: size > maxBytes };
  } finally {
    await handle.close();
  }
}

/** The target of a link as segments below `root`; null when it leads outside or nowhere. */
export async function resolveDiskLink(root: string, segments: readonly string[]): Promise<readonly string[] | null> {
  try {
    const realRoot = await realpath(root);
    const target = await realpath(path.join(root, ...segments));
    return isInside(realRoot, target) ? path.relative(realRoot, target).split(path.sep).filter(Boolean) : null;
  } catch {
    return null;
  }
}

async function regular(
  handle: Awaited<ReturnType<typeof open>>,
  segments: readonly string[],
): Promise<{ readonly size: number }> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw notRegular(segments);
  return stat;
}

function isInside(root: string, target: string): boolean {
  const relative = path.relative(root, target);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

function notRegular(segments: readonly string[]): EnsembleError {
  return new EnsembleError('invalid-input', `${segments.join('/')} is not a regular file of the folder.`);
}
