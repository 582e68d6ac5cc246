import * as vscode from 'vscode';
import type { PromptSource } from '../../../compose.ts';
import { EnsembleError } from '../../../core/errors.ts';

/** Folders in folders; deeper ones are left alone. */
const DEEPEST = 8;
/** Files of one import. */
const MOST_FILES = 50_000;

/**
 * The files of an import: those that are named, and `*.prompt.md` and JSON in folders and below; hidden folders and links to folders
 * are left out. Rejects `invalid-input` for too many, or with the signal's reason.
 */
export async function promptSources(
  uris: readonly vscode.Uri[],
  isPromptFile: (name: string) => boolean,
  signal: AbortSignal,
): Promise<readonly PromptSource[]> {
  const sources: PromptSource[] = [];
  for (const uri of uris) {
    const { type, size } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) await addFolder(uri, 0);
    else add(uri, size);
  }
  return sources;

  async function addFolder(folder: vscode.Uri, depth: number): Promise<void> {
    signal.throwIfAborted();
    const entries = (await vscode.workspace.fs.readDirectory(folder)).sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [name, type] of entries) {
      const uri = vscode.Uri.joinPath(folder, name);
      if (type === vscode.FileType.Directory && depth < DEEPEST && !/^(?:\.|node_modules$)/.test(name)) {
        await addFolder(uri, depth + 1);
      } else if (type & vscode.FileType.File && isPromptFile(name)) {
        add(uri, (await vscode.workspace.fs.stat(uri)).size);
      }
    }
  }

  function add(uri: vscode.Uri, size: number): void {
    const path = vscode.workspace.asRelativePath(uri);
    sources.push({ path, size, read: async () => vscode.workspace.fs.readFile(uri) });
    if (sources.length > MOST_FILES) {
      throw new EnsembleError('invalid-input', vscode.l10n.t('There are more than {0} files.', MOST_FILES), {
        hint: vscode.l10n.t('Import the folders one by one.'),
      });
    }
  }
}
