import * as vscode from 'vscode';
import { plainText } from '../../../core/edits/line-changes.ts';

/** The document of an address, if the editor holds it. */
export function openDocument(uri: vscode.Uri): vscode.TextDocument | null {
  const name = uri.toString();
  return vscode.workspace.textDocuments.find((each) => !each.isClosed && each.uri.toString() === name) ?? null;
}

/** A document's text as the person sees it, saved or not, with LF; null: there is no such file or document any more. */
export async function textOf(uri: vscode.Uri): Promise<string | null> {
  const open = openDocument(uri);
  if (open) return plainText(open.getText());
  // Opening an untitled document that was closed would make a new, empty one.
  if (uri.scheme === 'untitled' || !(await fileExists(uri))) return null;
  return plainText((await vscode.workspace.openTextDocument(uri)).getText());
}

/** Whether there is a file at an address. */
export async function fileExists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
