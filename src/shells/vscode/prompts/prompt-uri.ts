import * as vscode from 'vscode';

/** Scheme of prompts as documents. */
export const PROMPT_SCHEME = 'ensemble-prompt';

/** Stands for a slash in titles of tabs, where `%2F` would be hard to read. */
const SLASH = '\u2215';

/** A name as one part of a path that people can read; {@link promptOf} takes it back. */
export function fileOf(name: string): string {
  return name.replace(/[%\u2215\\\p{Cc}]|^\.+$/gu, encodeURIComponent).replaceAll('/', SLASH);
}

/**
 * The document of a prompt. It ends in `.md` alone: the editor has a language of its own for `*.prompt.md`, which would
 * call our keys unknown. `version` null: the newest, which can be changed.
 */
export function promptUri(name: string, version: number | null = null): vscode.Uri {
  const file = fileOf(name);
  const query = version === null ? '' : `version=${version}`;
  return vscode.Uri.from({ scheme: PROMPT_SCHEME, path: `/${file}.md`, query });
}

/** The prompt of a document and its version. Throws `FileNotFound` for an address that is none. */
export function promptOf(uri: vscode.Uri): { readonly name: string; readonly version: number | null } {
  const file = /^\/([^/]+)\.md$/.exec(uri.path)?.[1];
  if (file === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  const version = /^version=(\d+)$/.exec(uri.query)?.[1];
  try {
    return {
      name: decodeURIComponent(file.replaceAll(SLASH, '/')),
      version: version === undefined ? null : Number(version),
    };
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}
