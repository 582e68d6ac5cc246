import { lstat } from 'node:fs/promises';
import path from 'node:path';

/** The nearest directory at or above `start` with a `.git`, which is a file in worktrees and submodules; null: none. */
export async function findGitRoot(start: string): Promise<string | null> {
  for (let directory = start; ; directory = path.dirname(directory)) {
    const found = await lstat(path.join(directory, '.git')).catch(() => null);
    if (found?.isDirectory() || found?.isFile()) return directory;
    if (path.dirname(directory) === directory) return null;
  }
}
