import * as vscode from 'vscode';
import type { DocumentStore } from '../../../core/documents/document.ts';
import { documentFileName, documentFileNames } from '../../../core/documents/document-name.ts';
import { partsOf } from '../../../core/documents/document-rules.ts';
import { notify } from '../host/report.ts';
import { writeParts } from '../host/write-parts.ts';
import type { Shell } from '../shell.ts';

/** Bytes that are read at once. */
const PART = 4 * 1024 * 1024;

/** Writes one document to a file that is asked for, several into a folder. */
export async function exportDocuments(
  shell: Shell,
  places: readonly { readonly id: number; readonly version?: number }[],
): Promise<void> {
  const facts = await Promise.all(places.map(({ id, version }) => shell.documentFiles.facts(id, version)));
  const [only] = facts;
  if (only === undefined) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const targets = facts.length === 1 ? await askForFile(documentFileName(only), folder) : await askForFolder(folder);
  if (!targets) return;
  const names = documentFileNames(facts);
  const title = vscode.l10n.t('Exporting documents');
  const location = vscode.ProgressLocation.Notification;
  const store = await shell.documentFiles.store();
  const written = await vscode.window.withProgress({ location, title, cancellable: true }, async (_progress, token) => {
    const uris: vscode.Uri[] = [];
    for (const [index, { id, version }] of facts.entries()) {
      if (token.isCancellationRequested) break;
      const uri = targets.file ?? (await freeName(targets.folder, names[index] ?? String(id)));
      await writeParts(uri, textsOf(store, { id, version }));
      uris.push(uri);
    }
    return uris;
  });
  const [first] = written;
  if (first === undefined) return;
  const text =
    written.length === 1
      ? vscode.l10n.t('The document was exported.')
      : vscode.l10n.t('{0} documents were exported.', written.length);
  const open = { label: vscode.l10n.t('Open'), run: () => vscode.commands.executeCommand('vscode.open', first) };
  notify({ level: 'info', text, buttons: written.length === 1 ? [open] : [] });
}

type Targets = { readonly file: vscode.Uri } | { readonly file?: never; readonly folder: vscode.Uri };

async function askForFile(name: string, folder: vscode.Uri | undefined): Promise<Targets | null> {
  const file = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Document'),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  return file ? { file } : null;
}

async function askForFolder(folder: vscode.Uri | undefined): Promise<Targets | null> {
  const [picked] =
    (await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Export Documents into a Folder'),
      openLabel: vscode.l10n.t('Export'),
      canSelectFolders: true,
      canSelectFiles: false,
      ...(folder ? { defaultUri: folder } : {}),
    })) ?? [];
  return picked ? { folder: picked } : null;
}

/** A name in the folder that nothing has yet: nobody was asked whether a file may be replaced. */
async function freeName(folder: vscode.Uri, name: string): Promise<vscode.Uri> {
  const taken = new Set((await vscode.workspace.fs.readDirectory(folder)).map(([one]) => one.toLowerCase()));
  const at = name.lastIndexOf('.');
  let free = name;
  for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${name.slice(0, at)}-${count}${name.slice(at)}`;
  return vscode.Uri.joinPath(folder, free);
}

async function* textsOf(
  store: DocumentStore,
  { id, version }: { readonly id: number; readonly version: number },
): AsyncGenerator<string> {
  for await (const { content } of partsOf(store, id, version, PART)) yield content;
}
