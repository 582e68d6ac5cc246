import { EnsembleError, toErrorInfo } from '../errors.ts';
import { sha256Hex } from '../hash.ts';
import { redact } from '../policy/redaction.ts';
import { isSecretLike } from '../policy/secret-files.ts';
import type { FileKind, Workspace } from '../ports.ts';
import type { ReviewTarget } from '../requests.ts';
import { changedLines } from './changed-lines.ts';
import { decodeText, withPlainLineBreaks } from './decode-text.ts';
import type { Gathered, PathReason, SourceFile } from './gathered.ts';
import { IgnoreFiles, parentOf } from './ignore-files.ts';
import { languageOf } from './languages.ts';
import {
  foreignDirectory,
  foreignFile,
  hasBinaryName,
  looksMinified,
  overlongLine,
  saysGenerated,
} from './left-out.ts';

export { type Gathered, type GatherReport, reportOf, type SourceFile } from './gathered.ts';

/** Larger files are skipped. Bytes. */
const MAX_FILE_BYTES = 512 * 1024;
/** What one review may hold; files beyond it count as not reviewed. Characters, about a million tokens for each lens. */
const MAX_TOTAL_CHARACTERS = 4_000_000;

const SECRET_REASON = 'it may hold secrets by its name; such files are never read';

/**
 * Reads what a review is about, and accounts for everything that it does not read: ignored, secret, foreign, generated,
 * binary and oversized files are in `skipped`, each with its reason, and a directory that is not entered stands for all
 * below it. Texts are redacted here, before anything is planned, stored or sent; `knownSecrets` are removed besides.
 *
 * Ignore files and the rule for secret files hold for whatever is named; the rules for foreign and generated code give
 * way to a path that is named itself. Links are not followed, except one that is named and leads to a place inside.
 *
 * Rejects `not-found` for a path that is not there and `nothing-to-review` where nothing is left, with what to do next.
 */
export async function gatherTarget(
  target: ReviewTarget,
  workspace: Workspace,
  signal: AbortSignal,
  knownSecrets: readonly string[] = [],
): Promise<Gathered> {
  const gatherer = new Gatherer(workspace, signal, knownSecrets);
  if (target.type === 'text') await gatherer.addText(target);
  else if (target.type === 'diff') await gatherer.addChanges(target.base, target.paths ?? null);
  else await gatherer.addPaths(target.paths);
  return gatherer.finish();
}

class Gatherer {
  readonly #workspace: Workspace;
  readonly #signal: AbortSignal;
  readonly #knownSecrets: readonly string[];
  readonly #ignore: IgnoreFiles;
  readonly #files = new Map<string, SourceFile>();
  /** Texts as they were read, for the comparison with a base only. */
  readonly #originals = new Map<string, string>();
  readonly #skipped = new Map<string, string>();
  readonly #truncated = new Map<string, string>();
  readonly #failed = new Map<string, string>();
  #characters = 0;

  constructor(workspace: Workspace, signal: AbortSignal, knownSecrets: readonly string[]) {
    this.#workspace = workspace;
    this.#signal = signal;
    this.#knownSecrets = knownSecrets;
    this.#ignore = new IgnoreFiles(workspace);
  }

  finish(): Gathered {
    const gathered: Gathered = {
      files: [...this.#files.values()].sort((a, b) => compare(a.path, b.path)),
      skipped: sorted(this.#skipped),
      truncated: sorted(this.#truncated),
      failed: sorted(this.#failed),
    };
    if (gathered.files.length === 0) throw nothingLeft(gathered);
    return gathered;
  }

  async addPaths(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) {
      throw new EnsembleError('nothing-to-review', 'No path was given.', { hint: 'Name a file or a folder.' });
    }
    for (const path of paths) await this.#addNamed(tidy(path));
  }

  /** `within`: only these paths and what is below them; null: everything. */
  async addChanges(base: string | null, within: readonly string[] | null): Promise<void> {
    const all = await this.#workspace.changedFiles(base, this.#signal);
    if (all === null) {
      throw new EnsembleError('nothing-to-review', 'There is no git repository here, so nothing counts as changed.', {
        hint: 'Name the files or folders to review instead.',
      });
    }
    const paths = within === null ? all : all.filter((path) => within.map(tidy).some((one) => isBelow(path, one)));
    if (paths.length === 0) {
      const against = base === null ? 'since the last commit' : `against ${base}`;
      throw new EnsembleError('nothing-to-review', `No file has changed ${against}.`, {
        hint: 'Name the files or folders to review, or another base.',
      });
    }
    for (const path of paths) {
      const kind = await this.#kindOf(path);
      if (kind === null || (await this.#skipsDirectoryAbove(path))) continue;
      await this.#visit(path, kind, false);
    }
    await this.#compareWithBase(base);
  }

  /** Marks the changed lines of what was read; a file of which no line has changed is left out. */
  async #compareWithBase(base: string | null): Promise<void> {
    const texts = await this.#workspace.baseTexts(base, [...this.#files.keys()], this.#signal);
    for (const [path, file] of this.#files) {
      const before = texts.get(path);
      // The texts before redaction are compared, because a secret may be what has changed; redaction keeps lines.
      const changed = before === undefined ? null : changedLines(before, this.#originals.get(path) ?? file.text);
      if (changed === null) continue;
      if (changed.length > 0) this.#files.set(path, { ...file, changed });
      else {
        this.#files.delete(path);
        this.#skipped.set(path, 'none of its lines has changed');
      }
    }
  }

  /** Text from an editor: what may be sent is decided by the file's name, what it says by the editor. */
  async addText(target: Extract<ReviewTarget, { type: 'text' }>): Promise<void> {
    const { file, startLine, text } = target;
    if (text.trim() === '') {
      throw new EnsembleError('nothing-to-review', 'The text to review is empty.', {
        hint: 'Select some code first, or review the whole file.',
      });
    }
    await this.#ignore.enter(parentOf(file));
    // `.gitignore` says what is not part of the project; whoever selects text in such a file wants it reviewed.
    const forbidden = this.#ignore.ignoredBy(file, false) === '.ensembleignore';
    if (isSecretLike(file)) this.#skipped.set(file, SECRET_REASON);
    else if (forbidden) this.#skipped.set(file, 'ignored by .ensembleignore');
    else {
      const baseHash = await this.#hashOfFileAround(target);
      this.#keep({ path: file, languageId: target.languageId || languageOf(file, text), text, startLine, baseHash });
    }
  }

  /** A whole file is its own base; of a selection the file is looked up, and has to hold it at these lines. */
  async #hashOfFileAround({ file, startLine, text }: { file: string; startLine: number; text: string }) {
    try {
      const { bytes, truncated } = await this.#workspace.readFile(file, MAX_FILE_BYTES);
      const whole = truncated ? null : decodeText(bytes);
      if (whole && 'text' in whole) {
        const lines = withPlainLineBreaks(whole.text).split('\n');
        const wanted = withPlainLineBreaks(text).split('\n');
        const there = wanted.every((line, index) => lines[startLine - 1 + index] === line);
        if (there) return sha256Hex(whole.text);
      }
    } catch {
      // Not saved yet, or outside the workspace: there is nothing to compare with.
    }
    return null;
  }

  async #addNamed(path: string): Promise<void> {
    const kind = (await this.#workspace.stat(path))?.kind ?? null;
    if (kind === null) {
      throw new EnsembleError('not-found', `There is no file or folder ${path}.`, {
        hint: 'Check the path; it is relative to the folder that is open, or to the root of the git repository.',
      });
    }
    if (kind !== 'symlink') return this.#visit(path, kind, true);
    const place = await this.#workspace.resolveLink(path);
    const placeKind = place === null ? null : await this.#kindOf(place);
    if (place === null || placeKind === null) this.#skipped.set(path, 'a link that leads outside or nowhere');
    else await this.#visit(place, placeKind, true);
  }

  async #visit(path: string, kind: FileKind, named: boolean): Promise<void> {
    this.#signal.throwIfAborted();
    if (kind === 'directory') return this.#visitDirectory(path, named);
    if (this.#files.has(path)) return;
    if (kind === 'symlink') return this.#skipLink(path);
    if (kind !== 'file') return void this.#skipped.set(path, 'not a regular file');
    await this.#ignore.enter(parentOf(path));
    const reason = this.#reasonToSkip(path, named);
    if (reason !== null) return void this.#skipped.set(path, reason);
    if (this.#characters >= MAX_TOTAL_CHARACTERS) return this.#truncate(path);
    await this.#guard(path, () => this.#read(path, named));
  }

  async #visitDirectory(path: string, named: boolean): Promise<void> {
    const shown = `${path}/`;
    if (path !== '') {
      await this.#ignore.enter(parentOf(path));
      const reason = this.#reasonToSkipDirectory(path, named);
      if (reason !== null) return void this.#skipped.set(shown, reason);
      if (this.#characters >= MAX_TOTAL_CHARACTERS) return this.#truncate(shown);
    }
    await this.#ignore.enter(path);
    const entries = await this.#guard(path === '' ? './' : shown, () => this.#workspace.readDirectory(path));
    for (const { name, kind } of entries ?? []) await this.#visit(path === '' ? name : `${path}/${name}`, kind, false);
  }

  #reasonToSkipDirectory(path: string, named: boolean): string | null {
    const foreign = named ? null : foreignDirectory(path.split('/').at(-1) ?? '');
    if (foreign !== null) return foreign;
    if (isSecretLike(path)) return SECRET_REASON;
    const ignoredBy = this.#ignore.ignoredBy(path, true);
    return ignoredBy === null ? null : `ignored by ${ignoredBy}`;
  }

  #reasonToSkip(path: string, named: boolean): string | null {
    if (isSecretLike(path)) return SECRET_REASON;
    const ignoredBy = this.#ignore.ignoredBy(path, false);
    if (ignoredBy !== null) return `ignored by ${ignoredBy}`;
    if (hasBinaryName(path)) return 'binary, by its name';
    return named ? null : foreignFile(path);
  }

  /** A changed file below a directory that a walk would not enter. */
  async #skipsDirectoryAbove(path: string): Promise<boolean> {
    const segments = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= segments.length; depth++) {
      const directory = segments.slice(0, depth).join('/');
      await this.#ignore.enter(parentOf(directory));
      const reason = this.#reasonToSkipDirectory(directory, false);
      if (reason === null) continue;
      this.#skipped.set(path, reason);
      return true;
    }
    return false;
  }

  async #read(path: string, named: boolean): Promise<void> {
    const size = (await this.#workspace.stat(path))?.size ?? 0;
    if (size > MAX_FILE_BYTES) return void this.#skipped.set(path, tooLarge(size));
    const { bytes, truncated } = await this.#workspace.readFile(path, MAX_FILE_BYTES);
    if (truncated) return void this.#skipped.set(path, tooLarge(null));
    const decoded = decodeText(bytes);
    if ('problem' in decoded) return void this.#skipped.set(path, decoded.problem);
    const { text } = decoded;
    if (text.trim() === '') return void this.#skipped.set(path, 'empty');
    if (!named && saysGenerated(text)) return void this.#skipped.set(path, 'generated, as its first lines say');
    if (!named && looksMinified(path, text))
      return void this.#skipped.set(path, 'minified, by the length of its lines');
    const languageId = languageOf(path, text);
    this.#keep({ path, languageId, text, startLine: 1, baseHash: sha256Hex(text) });
  }

  #keep(file: SourceFile): void {
    const text = redact(withPlainLineBreaks(file.text), this.#knownSecrets).text;
    const overlong = overlongLine(text);
    if (overlong) {
      const { line, length } = overlong;
      const where = line + file.startLine - 1;
      return void this.#skipped.set(file.path, `line ${where} has ${length} characters: minified code or data`);
    }
    this.#characters += text.length;
    this.#files.set(file.path, { ...file, text });
    this.#originals.set(file.path, file.text);
  }

  async #skipLink(path: string): Promise<void> {
    const place = await this.#guard(path, () => this.#workspace.resolveLink(path));
    if (place === undefined) return;
    this.#skipped.set(
      path,
      place === null ? 'a link that leads outside or nowhere' : `a link to ${place || 'the root'}`,
    );
  }

  #truncate(path: string): void {
    this.#truncated.set(path, 'the review reached its limit of 4,000,000 characters before it; review it on its own');
  }

  async #kindOf(path: string): Promise<FileKind | null> {
    const stat = await this.#guard(path, () => this.#workspace.stat(path));
    return stat?.kind ?? null;
  }

  /** What cannot be read is told in the result instead of stopping the rest. */
  async #guard<T>(path: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#signal.throwIfAborted();
      this.#failed.set(path, toErrorInfo(error).message);
      return undefined;
    }
  }
}

/** `./src/` is `src`, `.` is the root. What leads outside is the workspace's to refuse. */
function tidy(path: string): string {
  return path
    .split('/')
    .filter((segment, index) => segment !== '.' && (segment !== '' || (index === 0 && path.startsWith('/'))))
    .join('/');
}

/** True for the path itself, too; `''` is above everything. */
function isBelow(path: string, above: string): boolean {
  return above === '' || path === above || path.startsWith(`${above}/`);
}

function tooLarge(size: number | null): string {
  const limit = `limit ${MAX_FILE_BYTES / 1024} KiB`;
  if (size === null) return `too large (${limit})`;
  const shown = size < 1024 * 1024 ? `${Math.ceil(size / 1024)} KiB` : `${(size / 1024 / 1024).toFixed(1)} MB`;
  return `too large (${shown}, ${limit})`;
}

function nothingLeft({ skipped, truncated, failed }: Gathered): EnsembleError {
  const all = [...failed, ...truncated, ...skipped];
  const [first] = all;
  if (first === undefined) {
    return new EnsembleError('nothing-to-review', 'There is no file to review.', {
      hint: 'Name another file or folder.',
    });
  }
  const more = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
  return new EnsembleError('nothing-to-review', `Nothing is left to review: ${first.path}: ${first.reason}${more}.`, {
    hint: 'Name another file or folder.',
  });
}

function sorted(reasons: ReadonlyMap<string, string>): PathReason[] {
  return [...reasons].map(([path, reason]) => ({ path, reason })).sort((a, b) => compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
