import * as vscode from 'vscode';
import { EnsembleError } from '../../../core/errors.ts';
import type { FileKind, Workspace } from '../../../core/ports.ts';
import { readDiskFile, resolveDiskLink } from './disk-files.ts';
import { folderSegments, safeSegments } from './folder-names.ts';
import { changedUris, textAtBase } from './git-changes.ts';

/**
 * The open folders as the core sees them. One folder is the root itself; of several, each is a directory of the root
 * named after it; with none the root is empty. Text that is open and not saved counts as it stands.
 */
export class EditorWorkspace implements Workspace {
  get root(): string {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const [only] = folders;
    if (only && folders.length === 1) return nameOfUri(only.uri);
    const file = vscode.workspace.workspaceFile;
    if (file?.scheme === 'untitled') return unsavedName(file);
    return file ? nameOfUri(file) : folders.map((folder) => nameOfUri(folder.uri)).join(', ');
  }

  /** {@link root}, and of several folders each: what was done in one of them alone counts as done here. */
  get roots(): readonly string[] {
    const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => nameOfUri(folder.uri));
    return [...new Set([this.root, ...folders])];
  }

  get trusted(): boolean {
    return vscode.workspace.isTrusted;
  }

  /** Where a path of ours lies; null: in no open folder. */
  uriOf(path: string): vscode.Uri | null {
    const place = this.#place(path);
    return place && vscode.Uri.joinPath(place.folder.uri, ...place.segments);
  }

  /** The path of a file in the open folders; null: it lies in none of them. */
  pathOf(uri: vscode.Uri): string | null {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (!folder) return null;
    const inside = uri.path.slice(folder.uri.path.replace(/\/$/, '').length + 1);
    const segment = this.segmentOf(folder);
    return [segment, inside].filter((part) => part !== '').join('/');
  }

  /** The first path segment that stands for a folder; `''` while there is only one. */
  segmentOf(folder: vscode.WorkspaceFolder): string {
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (folders.length <= 1) return '';
    return [...folderSegments(folders)].find(([, each]) => each.index === folder.index)?.[0] ?? '';
  }

  async readDirectory(path: string): Promise<readonly { readonly name: string; readonly kind: FileKind }[]> {
    const uri = this.uriOf(path);
    if (uri) {
      const entries = await vscode.workspace.fs.readDirectory(uri);
      return entries.map(([name, type]) => ({ name, kind: kindOf(type) })).sort((a, b) => (a.name < b.name ? -1 : 1));
    }
    if (path !== '') throw notInside(path);
    const segments = [...folderSegments(vscode.workspace.workspaceFolders ?? []).keys()].sort();
    return segments.map((name) => ({ name, kind: 'directory' }));
  }

  async stat(path: string): Promise<{ readonly kind: FileKind; readonly size: number } | null> {
    const uri = this.uriOf(path);
    if (!uri) return path === '' ? { kind: 'directory', size: 0 } : null;
    try {
      const { type, size } = await vscode.workspace.fs.stat(uri);
      return { kind: kindOf(type), size: openText(uri)?.byteLength ?? size };
    } catch {
      return null;
    }
  }

  async resolveLink(path: string): Promise<string | null> {
    const place = this.#place(path);
    if (place?.folder.uri.scheme !== 'file') return null;
    const inside = await resolveDiskLink(place.folder.uri.fsPath, place.segments);
    const segment = this.segmentOf(place.folder);
    return inside && [...(segment === '' ? [] : [segment]), ...inside].join('/');
  }

  async readFile(path: string, maxBytes: number): Promise<{ readonly bytes: Uint8Array; readonly truncated: boolean }> {
    const place = this.#place(path);
    const uri = this.uriOf(path);
    if (!place || !uri) throw notInside(path);
    const open = openText(uri);
    if (open) return cut(open, maxBytes);
    if (uri.scheme === 'file') return readDiskFile(place.folder.uri.fsPath, place.segments, maxBytes);
    const { type } = await vscode.workspace.fs.stat(uri);
    if (kindOf(type) !== 'file') throw notInside(path);
    return cut(await vscode.workspace.fs.readFile(uri), maxBytes);
  }

  async changedFiles(base: string | null, signal: AbortSignal): Promise<readonly string[] | null> {
    const roots = (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri);
    const uris = await changedUris(roots, base, signal);
    if (!uris) return null;
    const unsaved = vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === 'file');
    const all = [...uris, ...unsaved.map(({ uri }) => uri)];
    return [...new Set(all.flatMap((uri) => this.pathOf(uri) ?? []))].sort();
  }

  async baseTexts(
    base: string | null,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const path of paths) {
      const uri = this.uriOf(path);
      const text = uri && (await textAtBase(uri, base));
      signal.throwIfAborted();
      if (typeof text === 'string') texts.set(path, text);
    }
    return texts;
  }

  #place(path: string): { readonly folder: vscode.WorkspaceFolder; readonly segments: readonly string[] } | null {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const segments = safeSegments(path);
    if (!segments) return null;
    const [only] = folders;
    if (only && folders.length === 1) return { folder: only, segments };
    const [first, ...rest] = segments;
    const folder = first === undefined ? undefined : folderSegments(folders).get(first);
    return folder ? { folder, segments: rest } : null;
  }
}

/** A workspace that was never saved. On the desktop its address has a number of its own; in a browser only its name has. */
function unsavedName(file: vscode.Uri): string {
  return /^\d+$/.test(file.path) ? nameOfUri(file) : `${file.scheme}:${vscode.workspace.name ?? file.path}`;
}

function nameOfUri(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

function kindOf(type: vscode.FileType): FileKind {
  if (type & vscode.FileType.SymbolicLink) return 'symlink';
  if (type & vscode.FileType.Directory) return 'directory';
  return type & vscode.FileType.File ? 'file' : 'other';
}

/** The text of a document that differs from what is on the disk. */
function openText(uri: vscode.Uri): Uint8Array | null {
  const name = uri.toString();
  const document = vscode.workspace.textDocuments.find((each) => each.isDirty && each.uri.toString() === name);
  return document ? new TextEncoder().encode(document.getText()) : null;
}

function cut(bytes: Uint8Array, maxBytes: number): { readonly bytes: Uint8Array; readonly truncated: boolean } {
  return { bytes: bytes.subarray(0, maxBytes), truncated: bytes.byteLength > maxBytes };
}

function notInside(path: string): EnsembleError {
  return new EnsembleError('invalid-input', `${path} is not a file of the open folders.`);
}
