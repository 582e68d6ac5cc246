import { EnsembleError } from '../../src/core/errors.ts';
import type { FileKind, Workspace } from '../../src/core/ports.ts';

type Node = string | { readonly link: string } | null;

/** A workspace in memory, as if nothing in it were committed: strings are files, `{ link }` links, null directories. */
export class MemoryWorkspace implements Workspace {
  readonly root = '/memory';
  readonly trusted: boolean;
  readonly #nodes = new Map<string, Node>([['', null]]);

  constructor(tree: Readonly<Record<string, Node>>, options: { readonly trusted?: boolean } = {}) {
    this.trusted = options.trusted ?? true;
    for (const [path, node] of Object.entries(tree)) {
      const segments = path.split('/');
      for (let depth = 1; depth < segments.length; depth++) this.#nodes.set(segments.slice(0, depth).join('/'), null);
      this.#nodes.set(path, node);
    }
  }

  async readDirectory(path: string): Promise<readonly { readonly name: string; readonly kind: FileKind }[]> {
    check(path);
    if (this.#kind(path) !== 'directory') throw refused(path);
    const prefix = path === '' ? '' : `${path}/`;
    return [...this.#nodes.keys()]
      .filter((other) => other !== '' && other.startsWith(prefix) && !other.slice(prefix.length).includes('/'))
      .map((other) => ({ name: other.slice(prefix.length), kind: this.#kind(other) ?? 'other' }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async stat(path: string): Promise<{ readonly kind: FileKind; readonly size: number } | null> {
    check(path);
    const kind = this.#kind(path);
    const node = this.#nodes.get(path);
    return kind && { kind, size: typeof node === 'string' ? Buffer.byteLength(node) : 0 };
  }

  async resolveLink(path: string): Promise<string | null> {
    check(path);
    let current = path;
    for (let hops = 0; hops < 10; hops++) {
      const node = this.#nodes.get(current);
      if (node === undefined) return null;
      if (node === null || typeof node === 'string') return current;
      current = node.link;
    }
    return null;
  }

  async readFile(path: string, maxBytes: number): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }> {
    check(path);
    const node = this.#nodes.get(path);
    if (typeof node !== 'string') throw refused(path);
    const bytes = new TextEncoder().encode(node);
    return { bytes: bytes.subarray(0, maxBytes), truncated: bytes.length > maxBytes };
  }

  async changedFiles(base: string | null, signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    if (base !== null) throw refused(base);
    return [...this.#nodes.keys()].filter((path) => ['file', 'symlink'].includes(this.#kind(path) ?? '')).sort();
  }

  async baseTexts(base: string | null): Promise<ReadonlyMap<string, string>> {
    if (base !== null) throw refused(base);
    return new Map();
  }

  #kind(path: string): FileKind | null {
    const node = this.#nodes.get(path);
    if (node === undefined) return null;
    if (node === null) return 'directory';
    return typeof node === 'string' ? 'file' : 'symlink';
  }
}

function check(path: string): void {
  if (path !== '' && path.split('/').some((segment) => ['', '.', '..'].includes(segment) || segment.includes('\0')))
    throw refused(path);
}

function refused(path: string): EnsembleError {
  return new EnsembleError('invalid-input', `${path} cannot be used.`);
}
