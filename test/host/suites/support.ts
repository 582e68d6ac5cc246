import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EnsembleApi } from '../../../src/extension.ts';

/** Code with findings that the built-in rules see, at known lines (0-based in `LINES`). */
export const SAMPLE = [
  "import { exec } from 'node:child_process';",
  '',
  'export function run(input: string): void {',
  '  eval(input);',
  "  exec('ls ' + input);",
  '}',
  '',
  'export function load(): unknown {',
  '  try {',
  "    return JSON.parse('{}');",
  '  } catch (error) {}',
  '  return undefined;',
  '}',
  '',
].join('\n');

/** The API that the running extension gave. */
export async function api(): Promise<EnsembleApi> {
  const extension = vscode.extensions.getExtension<EnsembleApi>('ensemble.ensemble-agents');
  assert.ok(extension);
  return extension.activate();
}

/** The one folder that is open. */
export function folder(): vscode.Uri {
  const uri = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(uri);
  return uri;
}

/** Writes a file into the folder and opens it. */
export async function openFile(name: string, text: string): Promise<vscode.TextEditor> {
  const uri = vscode.Uri.joinPath(folder(), name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.window.showTextDocument(uri, { preview: false, viewColumn: vscode.ViewColumn.One });
}

/** Selects whole lines, 1-based inclusive. */
export function select(editor: vscode.TextEditor, first: number, last: number): void {
  const end = editor.document.lineAt(last - 1).range.end;
  editor.selection = new vscode.Selection(first - 1, 0, end.line, end.character);
}

/** Our diagnostics of a document. */
export function diagnosticsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Ensemble');
}

/** Result documents in tabs. */
export function openResults(): vscode.Uri[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const uris = tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []));
  return uris.filter((uri) => uri.scheme === 'ensemble-result');
}

/** Waits, up to a minute, for what the editor does in its own time: the first value of `get` that is neither null nor false. */
export async function until<T>(what: string, get: () => Promise<T | null | false> | T | null | false): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const value = await get();
    if (value !== null && value !== false) return value;
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Closes all tabs without saving. */
export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
