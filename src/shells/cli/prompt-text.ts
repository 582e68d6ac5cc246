import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promptFiles, promptImport } from '../../compose.ts';
import { EnsembleError } from '../../core/errors.ts';
import type { ImportedPrompt } from '../../core/prompts/import-prompts.ts';
import type { CliHost } from './host.ts';

/** Larger files are no prompts. Bytes. */
const LARGEST_FILE = 1024 * 1024;
/** The text of `--content`, of a file, or of standard input for `-`. Rejects `usage` unless exactly one is given. */
export async function givenText(
  host: Pick<CliHost, 'cwd' | 'stdin'>,
  given: { readonly content?: string; readonly file?: string },
): Promise<string> {
  if ((given.content === undefined) === (given.file === undefined)) {
    throw new EnsembleError('usage', 'Give the prompt with --content or --file, one of them.', {
      hint: '--file - reads standard input.',
    });
  }
  if (given.content !== undefined) return given.content;
  if (given.file === '-') return text(host.stdin);
  return readText(path.resolve(host.cwd, given.file ?? ''));
}

/** A prompt out of text with or without front matter. Rejects `invalid-input` with what is wrong. */
export async function parsePrompt(content: string): Promise<Omit<ImportedPrompt, 'name'> & { name: string | null }> {
  const { parsePromptFile } = await promptFiles();
  const { prompt, problems } = parsePromptFile(content);
  const error = problems.find(({ severity }) => severity === 'error');
  if (!error) return prompt;
  const line = content.slice(0, error.start).split('\n').length;
  throw new EnsembleError('invalid-input', `Line ${line}: ${error.message}`);
}

async function readText(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new EnsembleError('invalid-input', `${path.basename(file)} is not a file.`);
  if (found.size > LARGEST_FILE) {
    throw new EnsembleError('invalid-input', `${path.basename(file)} is larger than ${LARGEST_FILE / 1024} kB.`);
  }
  return (await promptImport()).decodeText(await readFile(file));
}
