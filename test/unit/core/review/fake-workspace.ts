import { EnsembleError } from '../../../../src/core/errors.ts';
import type { FileKind, Workspace } from '../../../../src/core/ports.ts';

/** What stands at a path: text or bytes of a file, the target of a link, something else, or a failure to read it. */
export type FakeEntry =
  | string
  | Uint8Array
  | { readonly link: string | null }
  | { readonly other: true }
  | { readonly unreadable: string };

/** A workspace in memory. Records what was read; `changed` answers changedFiles. */
export class FakeWorkspace implements Workspace {
  readonly root = '/fake';
  readonly trusted = false;
  readonly reads: string[] = [];
  changed: readonly string[] | null = null;
  /** Texts that `baseTexts` knows. */
  base: Readonly<Record<string, string>> = {};
  readonly #entries: ReadonlyMap<string, FakeEntry>;

  constructor(entries: Readonly<Record<string, FakeEntry>>) {
    this.#entries = new Map(Object.entries(entries));
  }

  async readDirectory(path: string): Promise<readonly { readonly name: string; readonly kind: FileKind }[]> {
    const broken = this.#entries.get(path);
    if (typeof broken === 'object' && 'unreadable' in broken)
      throw new EnsembleError('invalid-input', broken.unreadable);
    const prefix = path === '' ? '' : `${path}/`;
    const names = new Set(
      [...this.#entries.keys()].flatMap((one) =>
        one.startsWith(prefix) && one !== path ? [one.slice(prefix.length).split('/')[0] ?? ''] : [],
      ),
    );
    const entries = await Promise.all(
      [...names].sort().map(async (name) => ({ name, stat: await this.stat(prefix + name) })),
    );
    return entries.map(({ name, stat }) => ({ name, kind: stat?.kind ?? 'other' }));
  }

  async stat(path: string): Promise<{ readonly kind: FileKind; readonly size: number } | null> {
    const entry = this.#entries.get(path);
    const isDirectory = path === '' || [...this.#entries.keys()].some((one) => one.startsWith(`${path}/`));
    if (isDirectory) return { kind: 'directory', size: 0 };
    if (entry === undefined) return null;
    if (typeof entry === 'object' && 'link' in entry) return { kind: 'symlink', size: 0 };
    if (typeof entry === 'object' && 'other' in entry) return { kind: 'other', size: 0 };
    return { kind: 'file', size: bytesOf(entry).byteLength };
  }

  async resolveLink(path: string): Promise<string | null> {
    const entry = this.#entries.get(path);
    return typeof entry === 'object' && 'link' in entry ? entry.link : null;
  }

  async readFile(path: string, maxBytes: number): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }> {
    this.reads.push(path);
    const entry = this.#entries.get(path);
    if (entry === undefined || (typeof entry === 'object' && !(entry instanceof Uint8Array))) {
      const reason = typeof entry === 'object' && 'unreadable' in entry ? entry.unreadable : `${path} cannot be read.`;
      throw new EnsembleError('invalid-input', reason);
    }
    const bytes = bytesOf(entry);
    return { bytes: bytes.subarray(0, maxBytes), truncated: bytes.byteLength > maxBytes };
  }

  async changedFiles(): Promise<readonly string[] | null> {
    return this.changed;
  }

  async baseTexts(_base: string | null, paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return new Map(Object.entries(this.base).filter(([path]) => paths.includes(path)));
  }
}

function bytesOf(entry: FakeEntry): Uint8Array {
  if (typeof entry === 'string') return new TextEncoder().encode(entry);
  return entry instanceof Uint8Array ? entry : new Uint8Array();
}
