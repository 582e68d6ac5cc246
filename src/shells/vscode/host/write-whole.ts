import * as vscode from 'vscode';

/** Writes a text to a file that only the editor can reach, which takes it whole. */
export async function writeWhole(uri: vscode.Uri, parts: AsyncIterable<string>): Promise<void> {
  const texts: string[] = [];
  for await (const text of parts) texts.push(text);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(texts.join('')));
}
