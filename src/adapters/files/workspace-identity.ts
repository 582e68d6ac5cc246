import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** A git configuration that is larger is not looked at, bytes. */
const MAX_CONFIG = 1024 * 1024;
/** What the editor names a workspace by that was never saved. */
const UNSAVED = 'untitled:';
const ORIGIN = /^\s*\[remote "origin"\][^[]*?^\s*url\s*=\s*(.+?)\s*$/m;

/**
 * What a folder can be known by when it has moved: its number and birth in the file system, which a renaming keeps, and the hash
 * of its repository's origin, which a copy keeps. Nothing is written into the folder. Empty where it cannot be read.
 */
export async function identitiesOf(folder: string): Promise<readonly string[]> {
  const stats = await stat(folder).catch(() => null);
  if (!stats?.isDirectory()) return [];
  const origin = await originOf(folder);
  return [
    ...(await ownIdentity(folder)),
    ...(origin === null ? [] : [`git:${createHash('sha256').update(origin).digest('hex').slice(0, 32)}`]),
  ];
}

/**
 * What a workspace of several folders can be known by when its file has moved, or was saved for the first time: the file's own
 * number, where there is a file, and the folders that are in it, wherever they are now. Empty where one of them cannot be read.
 */
export async function identitiesOfWorkspace(file: string, folders: readonly string[]): Promise<readonly string[]> {
  const all = await Promise.all(folders.map(identitiesOf));
  const names = all.flatMap(([first]) => first ?? []);
  if (names.length === 0 || names.length < folders.length) return [];
  const set = createHash('sha256').update(names.sort().join('\n')).digest('hex').slice(0, 32);
  return [...(path.isAbsolute(file) ? await ownIdentity(file) : []), `folders:${set}`];
}

/**
 * Whether nothing is at a path any more; one that cannot be looked at counts as there. The editor gives each workspace that was
 * never saved a name of its own, which is never seen again once it was saved or closed.
 */
export async function isGone(folder: string): Promise<boolean> {
  if (folder.startsWith(UNSAVED)) return true;
  if (!path.isAbsolute(folder)) return false;
  return stat(folder).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT' || error.code === 'ENOTDIR',
  );
}

/** The number and birth of a file or folder; empty where there are none: file systems without births give numbers away again. */
async function ownIdentity(place: string): Promise<readonly string[]> {
  const stats = await stat(place, { bigint: true }).catch(() => null);
  return stats && stats.ino > 0n && stats.birthtimeNs > 0n ? [`folder:${stats.ino}:${stats.birthtimeNs}`] : [];
}

/** The address of the repository's origin, without who asks for it. */
async function originOf(folder: string): Promise<string | null> {
  const file = path.join(folder, '.git', 'config');
  const size = (await stat(file).catch(() => null))?.size ?? Number.POSITIVE_INFINITY;
  if (size > MAX_CONFIG) return null;
  const url = ORIGIN.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
  return url === undefined ? null : url.replace(/\/\/[^/@]*@/, '//').replace(/(\.git)?\/*$/, '');
}
