import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type PromptSource, promptImport } from '../../compose.ts';
import { EnsembleError } from '../../core/errors.ts';

/** Folders in folders; deeper ones are left alone. */
const DEEPEST = 8;
/** Files of all folders of one import. */
const MOST_FILES = 50_000;

/**
 * The files of an import: those that are named, and `*.prompt.md` and JSON in folders and below, hidden folders and links left out.
 * Rejects `invalid-input` for a path that does not exist.
 */
export async function promptSources(cwd: string, paths: readonly string[]): Promise<readonly PromptSource[]> {
  const { isPromptFileName } = await promptImport();
  const sources: PromptSource[] = [];
  for (const given of paths) {
    const found = await stat(path.resolve(cwd, given)).catch(() => null);
    if (!found) throw new EnsembleError('invalid-input', `There is no file or folder ${given}.`);
    if (found.isDirectory()) await addFolder(given, 0);
    else sources.push(sourceOf(cwd, given, found.isFile() ? found.size : 0));
  }
  return sources;

  async function addFolder(folder: string, depth: number): Promise<void> {
    const entries = await readdir(path.resolve(cwd, folder), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory() && depth < DEEPEST && !/^(?:\.|node_modules$)/.test(entry.name)) {
        await addFolder(file, depth + 1);
      } else if (entry.isFile() && isPromptFileName(entry.name)) {
        sources.push(sourceOf(cwd, file, (await stat(path.resolve(cwd, file))).size));
        if (sources.length > MOST_FILES) {
          throw new EnsembleError('invalid-input', `There are more than ${MOST_FILES} files in ${folder}.`, {
            hint: 'Import its folders one by one.',
          });
        }
      }
    }
  }
}

function sourceOf(cwd: string, file: string, size: number): PromptSource {
  return {
    path: file,
    size,
    read: async () => {
      const whole = path.resolve(cwd, file);
      if (!(await stat(whole)).isFile()) throw new EnsembleError('invalid-input', 'It is not a regular file.');
      return readFile(whole);
    },
  };
}
