import type { BigIntStats } from 'node:fs';
import path from 'node:path';

/**
 * Whether the names of files are on the disk. SQLite syncs the folder of its journal in every transaction, as the file might be new;
 * ours stays where it is, so that this is needed for the first one alone, and it would be the dearest of all syncs after that of the data.
 */
export class FolderSyncs {
  /** Files whose names are on the disk, by path. */
  readonly #safe = new Map<string, string>();
  /** Files whose names may not be, by path. */
  readonly #unsafe = new Map<string, string>();

  /** The file was opened and made where it was missing, by whomever. */
  opened(file: string, { dev, ino, birthtimeNs }: Pick<BigIntStats, 'dev' | 'ino' | 'birthtimeNs'>): void {
    // A number is given to another file soon, with the time it says which. Where the system knows no time of birth, it gives that of a change.
    const identity = `${dev} ${ino} ${birthtimeNs}`;
    if (this.#safe.get(file) !== identity) this.#unsafe.set(file, identity);
  }

  removed(file: string): void {
    this.#unsafe.set(file, '');
  }

  isDue(folder: string): boolean {
    for (const file of this.#unsafe.keys()) if (path.dirname(file) === folder) return true;
    return false;
  }

  /** The folder was synced. */
  done(folder: string): void {
    for (const [file, identity] of this.#unsafe) {
      if (path.dirname(file) !== folder) continue;
      this.#unsafe.delete(file);
      this.#safe.set(file, identity);
    }
  }
}
