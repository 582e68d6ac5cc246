import * as vscode from 'vscode';

/** Scheme of prompts as documents. */
export const PROMPT_SCHEME = 'ensemble-prompt';

/**
 * The document of a prompt. It ends in `.md` alone: the editor has a language of its own for `*.prompt.md`, which would
 * call our keys unknown. `version` null: the newest, which can be changed.
 */
export function promptUri(name: string, version: number | null = null): vscode.Uri {
  const file = name.replace(/[%/\\\p{Cc}]|^\.+$/gu, encodeURIComponent);
  const query = version === null ? '' : `version=${version}`;
  return vscode.Uri.from({ scheme: PROMPT_SCHEME, path: `/${file}.md`, query });
}

/** The prompt of a document and its version. Throws `FileNotFound` for an address that is none. */
export function promptOf(uri: vscode.Uri): { readonly name: string; readonly version: number | null } {
  const file = /^\/([^/]+)\.md$/.exec(uri.path)?.[1];
  if (file === undefined) throw vscode.FileSystemError.FileNotFound(uri);
  const version = /^version=(\d+)$/.exec(uri.query)?.[1];
  try {
    return { name: decodeURIComponent(file), version: version === undefined ? null : Number(version) };
  } catch {
    throw vscode.FileSystemError.FileNotFound(uri);
  }
}
