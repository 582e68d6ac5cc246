import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { EnsembleError } from '../../core/errors.ts';
import type { FileKind, Workspace } from '../../core/ports.ts';
import { changedPaths, textsAtBase } from './git-changes.ts';
import { findGitRoot } from './git-root.ts';
import { type FileContent, isMissing, NotRegular, readUpTo, withRegularFile } from './regular-file.ts';
import { type CommandRunner, runCommand } from './run-command.ts';

/** Options of {@link NodeWorkspace.open}. */
export interface NodeWorkspaceOptions {
  readonly trusted: boolean;
  /** For git; default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly run?: CommandRunner;
}

/** Everything an open workspace knows. */
interface Parts {
  /** Canonical. */
  readonly root: string;
  readonly hasGit: boolean;
  readonly options: NodeWorkspaceOptions;
}

/**
 * The files below one directory. Every path is checked by where it really leads: nothing outside of the root is reached,
 * neither by `..` nor by a link, also when somebody swaps a directory for a link meanwhile. Links are never followed on the
 * way: `resolveLink` says where one leads, and that path can be used then.
 */
export class NodeWorkspace implements Workspace {
  readonly root: string;
  readonly trusted: boolean;
  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.root = parts.root;
    this.trusted = parts.options.trusted;
    this.#parts = parts;
  }

  /** Opens the git repository that `directory` is in, else the directory itself. Rejects `invalid-input` without one. */
  static async open(directory: string, options: NodeWorkspaceOptions): Promise<NodeWorkspace> {
    let start: string;
    try {
      start = await realpath(directory);
      if (!(await stat(start)).isDirectory()) throw new Error('not a directory');
    } catch (error) {
      throw new EnsembleError('invalid-input', `${directory} is not a folder that can be read.`, { cause: error });
    }
    const gitRoot = await findGitRoot(start);
    return new NodeWorkspace({ root: gitRoot ?? start, hasGit: gitRoot !== null, options });
  }

  async readDirectory(directory: string): Promise<readonly { readonly name: string; readonly kind: FileKind }[]> {
    const place = await this.#place(directory);
    try {
      if (!(await lstat(place)).isDirectory()) throw new NotRegular();
      const entries = await readdir(place, { withFileTypes: true });
      return entries
        .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    } catch (error) {
      throw unreadable(directory, 'folder', error);
    }
  }

  async stat(file: string): Promise<{ readonly kind: FileKind; readonly size: number } | null> {
    try {
      const stats = await lstat(await this.#place(file));
      return { kind: kindOf(stats), size: stats.size };
    } catch (error) {
      if (error instanceof NowhereError || isMissing(error)) return null;
      throw unreadable(file, 'path', error);
    }
  }

  async resolveLink(file: string): Promise<string | null> {
    const segments = segmentsOf(file);
    try {
      return this.#inside(await realpath(path.join(this.root, ...segments)));
    } catch {
      return null;
    }
  }

  async readFile(file: string, maxBytes: number): Promise<FileContent> {
    try {
      const place = await this.#place(file);
      return await withRegularFile(place, async (handle) => {
        // The path may have become another file between the check and the open.
        const [opened, now] = await Promise.all([
          handle.stat({ bigint: true }),
          lstat(await this.#place(file), { bigint: true }),
        ]);
        if (opened.ino !== now.ino || opened.dev !== now.dev) throw new NotRegular();
        return readUpTo(handle, maxBytes);
      });
    } catch (error) {
      throw unreadable(file, 'file', error);
    }
  }

  async changedFiles(base: string | null, signal: AbortSignal): Promise<readonly string[] | null> {
    if (!this.#parts.hasGit) return null;
    const { run = runCommand, env = process.env } = this.#parts.options;
    const paths = await changedPaths({ run, env, root: this.root, signal }, base);
    if (paths === null) return null;
    const present: string[] = [];
    for (const each of paths) {
      signal.throwIfAborted();
      // Deleted files are gone, and a repository inside this one is listed as a directory.
      const kind = each.endsWith('/') ? null : (await this.stat(each).catch(() => null))?.kind;
      if (kind === 'file' || kind === 'symlink') present.push(each);
    }
    return present;
  }

  async baseTexts(
    base: string | null,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    if (!this.#parts.hasGit) return new Map();
    const { run = runCommand, env = process.env } = this.#parts.options;
    return textsAtBase({ run, env, root: this.root, signal }, base, paths);
  }

  /** The absolute path, once it is sure that its directory is inside the root and no link is on the way. */
  async #place(relative: string): Promise<string> {
    const segments = segmentsOf(relative);
    const place = path.join(this.root, ...segments);
    if (segments.length === 0) return place;
    const parent = path.dirname(place);
    let real: string;
    try {
      real = await realpath(parent);
    } catch (error) {
      throw isMissing(error) ? new NowhereError(relative) : error;
    }
    if (sameName(real) !== sameName(parent)) {
      throw new EnsembleError('invalid-input', `${relative} leads through a link.`, {
        hint: 'Name the file where it really is.',
      });
    }
    return place;
  }

  #inside(absolute: string): string | null {
    const relative = path.relative(this.root, absolute);
    if (relative === '') return '';
    if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return null;
    return relative.split(path.sep).join('/');
  }
}

/** A directory on the way does not exist. */
class NowhereError extends EnsembleError {
  constructor(relative: string) {
    super('invalid-input', `${relative} does not exist.`);
  }
}

/** The segments of a path of ours; rejects everything that is none: absolute, with `..`, a drive, a stream, NUL. */
function segmentsOf(relative: string): string[] {
  const segments = relative === '' ? [] : relative.split('/');
  const odd = segments.some(
    (segment) => segment === '' || segment === '.' || segment === '..' || segment.includes('\0'),
  );
  const windows = process.platform === 'win32' && /[\\:]/.test(relative);
  if (odd || windows) {
    throw new EnsembleError('invalid-input', `${JSON.stringify(relative)} is not a path inside the workspace.`, {
      hint: 'Paths are relative to the workspace root, with forward slashes.',
    });
  }
  return segments;
}

/** Systems that ignore case, or write accents in another way, report a path as it is stored. */
function sameName(absolute: string): string {
  return process.platform === 'linux' ? absolute : absolute.normalize('NFC').toLowerCase();
}

function kindOf(entry: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): FileKind {
  if (entry.isSymbolicLink()) return 'symlink';
  if (entry.isDirectory()) return 'directory';
  return entry.isFile() ? 'file' : 'other';
}

function unreadable(relative: string, what: string, error: unknown): EnsembleError {
  if (error instanceof EnsembleError) return error;
  const name = relative === '' ? 'The workspace root' : relative;
  if (error instanceof NotRegular)
    return new EnsembleError('invalid-input', `${name} is not a regular ${what}.`, { cause: error });
  const code = (error as NodeJS.ErrnoException | null)?.code ?? 'unknown error';
  return new EnsembleError('invalid-input', `${name} cannot be read (${code}).`, { cause: error });
}
