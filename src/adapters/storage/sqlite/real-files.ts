import fs from 'node:fs';
import path from 'node:path';
import type { FileMutex } from './file-mutex.ts';
import { FolderSyncs } from './folder-syncs.ts';

/** Everything below this path is on the real disk; SQLite's other paths stay in Emscripten's own file system. */
const PREFIX = '/real';

/** First descriptor of ours; Emscripten's own are small numbers. */
const FIRST_DESCRIPTOR = 100_000;

/** SQLite's name for its rollback journal, and ours. */
const JOURNAL_SUFFIX = /-journal$/;
export const UNDO_SUFFIX = '-undo';

/** How SQLite names a file of ours: `folder` for a mounted folder itself. */
export interface RealPath {
  readonly path: string;
  readonly isFolder: boolean;
}

/** An open file; `position` is what lseek moves. */
export interface OpenFile {
  readonly descriptor: number;
  readonly path: string;
  readonly isFolder: boolean;
  position: number;
}

/**
 * The real files that SQLite may see. Folders are mounted under numbers, so that no path of this machine has to be valid
 * for Emscripten. The rollback journal gets another name on disk: other programs' SQLite would take `-journal` for the
 * leftover of a crash, because they do not know our lock, and roll our open transaction back.
 */
export class RealFiles {
  readonly #folders: string[] = [];
  readonly #open = new Map<number, OpenFile>();
  readonly #mutexes = new Map<string, FileMutex>();
  readonly #replaced = new Set<string>();
  readonly folderSyncs = new FolderSyncs();
  #next = FIRST_DESCRIPTOR;
  /** Code of the last failed system call, for messages: SQLite itself only says "disk I/O error". */
  lastFailure: string | null = null;

  /** SQLite's path for `file`, an absolute path in an existing folder. */
  mount(file: string): string {
    const folder = path.dirname(file);
    let index = this.#folders.indexOf(folder);
    if (index < 0) index = this.#folders.push(folder) - 1;
    return `${PREFIX}/${index}/${path.basename(file)}`;
  }

  /** The real path; undefined: not ours; null: below our prefix, but nothing is there. */
  resolve(virtual: string): RealPath | null | undefined {
    if (virtual !== PREFIX && !virtual.startsWith(`${PREFIX}/`)) return undefined;
    const [, , index, ...rest] = virtual.split('/');
    const folder = this.#folders[Number(index)];
    if (index === undefined || folder === undefined) return null;
    const name = rest.join('/');
    if (name === '') return { path: folder, isFolder: true };
    return { path: path.join(folder, name.replace(JOURNAL_SUFFIX, UNDO_SUFFIX)), isFolder: false };
  }

  /** True for the prefix itself, which SQLite looks at while it makes a path absolute. */
  isPrefix(virtual: string): boolean {
    return virtual === PREFIX;
  }

  add(descriptor: number, real: RealPath): number {
    this.#open.set(this.#next, { descriptor, path: real.path, isFolder: real.isFolder, position: 0 });
    return this.#next++;
  }

  get(descriptor: number): OpenFile | undefined {
    return this.#open.get(descriptor);
  }

  delete(descriptor: number): void {
    this.#open.delete(descriptor);
  }

  /** The mutex that stands for all of SQLite's locks on `file`; a file without one is nobody else's. */
  guard(file: string, mutex: FileMutex | null): void {
    if (mutex) this.#mutexes.set(file, mutex);
    else this.#mutexes.delete(file);
    this.#replaced.delete(file);
  }

  mutexOf(file: string): FileMutex | undefined {
    return this.#mutexes.get(file);
  }

  /**
   * Whether `open` is still the file that its path names. Checked under the mutex: another process may have put a
   * restored copy in its place, and writes to the old file would be lost.
   */
  isCurrent(open: OpenFile): boolean {
    const ours = fs.fstatSync(open.descriptor, { bigint: true });
    const named = fs.statSync(open.path, { bigint: true, throwIfNoEntry: false });
    const current = named !== undefined && named.ino === ours.ino && named.dev === ours.dev;
    if (!current) this.#replaced.add(open.path);
    return current;
  }

  /** Inode of the open file that was reached by `file`; null: none is open. */
  inodeOf(file: string): bigint | null {
    const open = [...this.#open.values()].find(({ path: name }) => name === file);
    return open ? fs.fstatSync(open.descriptor, { bigint: true }).ino : null;
  }

  /** True once a lock on `file` was refused because another file took its place. */
  wasReplaced(file: string): boolean {
    return this.#replaced.has(file);
  }
}

/** Absolute, with links followed, so that one file has one name (and one lock); the file itself need not exist yet. */
export function realPath(file: string): string {
  const absolute = path.resolve(file);
  if (fs.existsSync(absolute)) return fs.realpathSync(absolute);
  return path.join(fs.realpathSync(path.dirname(absolute)), path.basename(absolute));
}

/** Inode of the file that has the name now; null: none. */
export function inodeAt(file: string): bigint | null {
  return fs.statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}
