import { EnsembleError } from '../errors.ts';
import { IGNORE_FILES, type IgnoreFileName, IgnoreRules } from '../policy/ignore-rules.ts';
import type { Workspace } from '../ports.ts';
import { decodeText } from './decode-text.ts';

/** Larger ignore files are not written by people. Bytes. */
const MAX_IGNORE_FILE = 1024 * 1024;

/**
 * The ignore files of a workspace, read as directories are entered. One that is there and cannot be read stops the
 * review: going on would send what it may forbid.
 */
export class IgnoreFiles {
  readonly #workspace: Workspace;
  readonly #rules = new Map<IgnoreFileName, IgnoreRules>(IGNORE_FILES.map((name) => [name, new IgnoreRules()]));
  readonly #loaded = new Set<string>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Reads those of a directory and of all above it. Must be called before its entries are judged. */
  async enter(directory: string): Promise<void> {
    if (this.#loaded.has(directory)) return;
    if (directory !== '') await this.enter(parentOf(directory));
    this.#loaded.add(directory);
    for (const [name, rules] of this.#rules) {
      const text = await this.#read(directory === '' ? name : `${directory}/${name}`);
      if (text !== null) rules.add(directory, text, name);
    }
  }

  /** The ignore file that leaves this path out; null: none does. */
  ignoredBy(path: string, isDirectory: boolean): IgnoreFileName | null {
    return IGNORE_FILES.find((name) => this.#rules.get(name)?.ignores(path, isDirectory)) ?? null;
  }

  async #read(path: string): Promise<string | null> {
    let place: string | null = path;
    let kind = (await this.#workspace.stat(path))?.kind;
    if (kind === undefined || kind === 'directory') return null;
    if (kind === 'symlink') {
      place = await this.#workspace.resolveLink(path);
      kind = place === null ? 'other' : (await this.#workspace.stat(place))?.kind;
    }
    if (place === null || kind !== 'file') throw unreadable(path, 'it is not a file inside the workspace');
    const { bytes, truncated } = await this.#workspace.readFile(place, MAX_IGNORE_FILE);
    if (truncated) throw unreadable(path, 'it is larger than 1 MB');
    const decoded = decodeText(bytes);
    if ('problem' in decoded) throw unreadable(path, decoded.problem);
    return decoded.text;
  }
}

/** The directory of a path, `''` for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function unreadable(path: string, why: string): EnsembleError {
  return new EnsembleError('invalid-input', `The rules in ${path} cannot be read: ${why}.`, {
    hint: 'Replace it by a plain text file. Without its rules, files could be sent that it forbids.',
  });
}
