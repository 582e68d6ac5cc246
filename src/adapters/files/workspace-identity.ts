import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** A git configuration that is larger is not looked at, bytes. */
const MAX_CONFIG = 1024 * 1024;
const ORIGIN = /^\s*\[remote "origin"\][^[]*?^\s*url\s*=\s*(.+?)\s*$/m;

/**
 * What a folder can be known by when it has moved: its number and birth in the file system, which a renaming keeps, and the hash
 * of its repository's origin, which a copy keeps. Nothing is written into the folder. Empty where it cannot be read.
 */
export async function identitiesOf(folder: string): Promise<readonly string[]> {
  const stats = await stat(folder, { bigint: true }).catch(() => null);
  if (!stats?.isDirectory()) return [];
  // File systems without a time of birth give numbers away again.
  const own = stats.ino > 0n && stats.birthtimeNs > 0n ? [`folder:${stats.ino}:${stats.birthtimeNs}`] : [];
  const origin = await originOf(folder);
  return [
    ...own,
    ...(origin === null ? [] : [`git:${createHash('sha256').update(origin).digest('hex').slice(0, 32)}`]),
  ];
}

/** Whether nothing is at a path any more; one that cannot be looked at counts as there. */
export async function isGone(folder: string): Promise<boolean> {
  if (!path.isAbsolute(folder)) return false;
  return stat(folder).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT' || error.code === 'ENOTDIR',
  );
}

/** The address of the repository's origin, without who asks for it. */
async function originOf(folder: string): Promise<string | null> {
  const file = path.join(folder, '.git', 'config');
  const size = (await stat(file).catch(() => null))?.size ?? Number.POSITIVE_INFINITY;
  if (size > MAX_CONFIG) return null;
  const url = ORIGIN.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
  return url === undefined ? null : url.replace(/\/\/[^/@]*@/, '//').replace(/(\.git)?\/*$/, '');
}
