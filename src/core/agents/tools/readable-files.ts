import { EnsembleError, isEnsembleError } from '../../errors.ts';
import { decide, type Policy } from '../../policy/decide.ts';
import { redact } from '../../policy/redaction.ts';
import { isSecretLike } from '../../policy/secret-files.ts';
import type { FileKind, Workspace } from '../../ports.ts';
import { decodeText, withPlainLineBreaks } from '../../review/decode-text.ts';
import { IgnoreFiles, parentOf } from '../../review/ignore-files.ts';
import { foreignDirectory, hasBinaryName } from '../../review/left-out.ts';

/** Larger files are not read. Bytes. */
export const MAX_TOOL_FILE_BYTES = 512 * 1024;

/** What {@link ReadableFiles} needs. */
export interface ReadableFilesDependencies {
  readonly workspace: Workspace;
  readonly policy: Policy;
  knownSecrets(): readonly string[];
}

/** An entry of a walk. */
export interface WalkedFile {
  readonly path: string;
  readonly size: number;
}

/**
 * The files of the workspace as tools may see them: every path goes through the policy with the place where it really
 * leads, texts are redacted. What may not be read rejects with `invalid-input` and the reason, and so does what is too large or
 * no text; what is not there rejects with `not-found`.
 */
export class ReadableFiles {
  readonly #deps: ReadableFilesDependencies;
  readonly #ignore: IgnoreFiles;

  constructor(deps: ReadableFilesDependencies) {
    this.#deps = deps;
    this.#ignore = new IgnoreFiles(deps.workspace);
  }

  /** The text of a file with plain line breaks and without secrets. */
  async read(path: string): Promise<string> {
    const { workspace } = this.#deps;
    const { place, kind, size } = await this.#allowed(path);
    if (kind !== 'file') throw refused(path, kind === 'directory' ? 'it is a folder' : 'it is not a regular file');
    if (hasBinaryName(place)) throw refused(path, 'binary, by its name');
    const limit = `larger than ${MAX_TOOL_FILE_BYTES / 1024} KiB`;
    if (size > MAX_TOOL_FILE_BYTES) throw refused(path, limit);
    const { bytes, truncated } = await workspace.readFile(place, MAX_TOOL_FILE_BYTES);
    if (truncated) throw refused(path, limit);
    const decoded = decodeText(bytes);
    if ('problem' in decoded) throw refused(path, decoded.problem);
    return this.redacted(decoded.text);
  }

  /** Like {@link read}; empty for what is no text or may not be read, as a search passes over it. */
  async readIfText(path: string): Promise<string> {
    try {
      return await this.read(path);
    } catch (error) {
      if (isEnsembleError(error)) return '';
      throw error;
    }
  }

  /** Where a path really leads; rejects as {@link read} does where the place may not be read. */
  async requireReadable(path: string): Promise<string> {
    return (await this.#allowed(path)).place;
  }

  /** Rejects where no change of the file may be proposed. It need not exist yet. */
  async requireEditable(named: string): Promise<void> {
    const { workspace, policy } = this.#deps;
    const path = tidy(named);
    if (path === null || path !== named) throw refused(named, 'name it relative to the root, without "." and ".."');
    const realPath = await this.#placeOfNew(path);
    const call = { kind: 'propose-edit' as const, path, ignoredBy: await this.#ignoredBy(path, 'file') };
    const { decision, reason } = decide({ trusted: workspace.trusted, policy, call, realPath });
    if (decision !== 'allow') throw new EnsembleError('invalid-input', `${shown(named)} cannot be changed: ${reason}.`);
  }

  /** Where a file really stands or would stand: its nearest folder that exists must lead inside. */
  async #placeOfNew(path: string): Promise<string | null> {
    const { workspace } = this.#deps;
    for (let above = path; above !== ''; above = parentOf(above)) {
      if ((await workspace.stat(above)) === null) continue;
      const place = await workspace.resolveLink(above);
      if (place === null) return null;
      if (above !== path && (await workspace.stat(place))?.kind !== 'directory')
        throw refused(path, `${shown(above)} is no folder`);
      return place + path.slice(above.length);
    }
    return path;
  }

  /** A text from elsewhere, such as an earlier version of a file, as tools may show it. */
  redacted(text: string): string {
    return redact(withPlainLineBreaks(text), this.#deps.knownSecrets()).text;
  }

  /** Everything below a path that may be read, by name. Ignored, secret, foreign and linked places are left out. */
  async *walk(path: string, signal: AbortSignal): AsyncGenerator<WalkedFile> {
    const { place, kind, size } = await this.#allowed(path);
    if (kind === 'file') yield { path: place, size };
    else if (kind === 'directory') yield* this.#walkDirectory(place, signal);
  }

  async *#walkDirectory(directory: string, signal: AbortSignal): AsyncGenerator<WalkedFile> {
    const { workspace } = this.#deps;
    signal.throwIfAborted();
    await this.#ignore.enter(directory);
    for (const { name, kind } of await workspace.readDirectory(directory)) {
      const path = directory === '' ? name : `${directory}/${name}`;
      const isDirectory = kind === 'directory';
      if (isSecretLike(path) || this.#ignore.ignoredBy(path, isDirectory) !== null) continue;
      if (isDirectory) {
        if (foreignDirectory(name) === null) yield* this.#walkDirectory(path, signal);
      } else if (kind === 'file') yield { path, size: (await workspace.stat(path))?.size ?? 0 };
    }
  }

  async #allowed(named: string): Promise<{ readonly place: string; readonly kind: FileKind; readonly size: number }> {
    const { workspace, policy } = this.#deps;
    const path = tidy(named);
    if (path === null) throw refused(named, 'outside of the workspace; paths are relative to its root');
    const exists = (await workspace.stat(path)) !== null;
    if (!exists && !isSecretLike(path)) throw notFound(named);
    const realPath = exists ? await workspace.resolveLink(path) : path;
    const place = realPath ?? path;
    const stat = realPath === null ? null : await workspace.stat(place);
    const ignoredBy = (await this.#ignoredBy(path, stat?.kind)) ?? (await this.#ignoredBy(place, stat?.kind));
    const call = { kind: 'send-file' as const, path, ignoredBy };
    const { decision, reason } = decide({ trusted: workspace.trusted, policy, call, realPath });
    if (decision !== 'allow') throw refused(named, reason);
    if (stat === null) throw notFound(named);
    return { place, ...stat };
  }

  async #ignoredBy(path: string, kind: FileKind | undefined) {
    const segments = path.split('/');
    for (let depth = 1; depth <= segments.length && path !== ''; depth++) {
      const part = segments.slice(0, depth).join('/');
      await this.#ignore.enter(parentOf(part));
      const ignoredBy = this.#ignore.ignoredBy(part, depth < segments.length || kind === 'directory');
      if (ignoredBy !== null) return ignoredBy;
    }
    return null;
  }
}

/** `./src/` is `src`, `.` is the root; null for what cannot be inside. */
function tidy(path: string): string | null {
  const outside = path.startsWith('/') || /[\\\0]/.test(path) || /^[a-z][a-z0-9+.-]*:/i.test(path);
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.');
  return outside || segments.includes('..') ? null : segments.join('/');
}

function refused(path: string, reason: string): EnsembleError {
  return new EnsembleError('invalid-input', `${shown(path)} cannot be read: ${reason}.`);
}

function notFound(path: string): EnsembleError {
  return new EnsembleError('not-found', `There is no file or folder ${shown(path)}.`, {
    hint: 'Look with list-files; paths are relative to the root of the workspace.',
  });
}

function shown(path: string): string {
  return JSON.stringify(path.length > 200 ? `${path.slice(0, 200)}...` : path);
}
