import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type * as vscode from 'vscode';
import { writeWhole } from './write-whole.ts';

/** Writes a text to a file, part by part where it lies on this machine, so that a large one is never whole in memory. */
export async function writeParts(uri: vscode.Uri, parts: AsyncIterable<string>): Promise<void> {
  if (uri.scheme === 'file') return pipeline(parts, createWriteStream(uri.fsPath));
  await writeWhole(uri, parts);
}
