import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { promptFiles } from '../../compose.ts';
import { EnsembleError, toErrorInfo } from '../../core/errors.ts';
import type { PromptDraft } from '../../core/prompts/prompt.ts';
import type { Problem } from '../../protocol/json-document.ts';
import type { CliHost } from './host.ts';

/** Larger files are no prompts. Bytes. */
const LARGEST_FILE = 1024 * 1024;
const ENDINGS = ['.md', '.json', '.txt'];

/** A prompt as it is imported. */
export type ImportedPrompt = Omit<PromptDraft, 'variables'>;

/** What was found in files, and what could not be used. */
export interface ImportedPrompts {
  readonly prompts: readonly ImportedPrompt[];
  readonly problems: readonly Problem[];
}

/**
 * The prompts in files and folders: `*.prompt.md` and other Markdown or text (one each, named in the front matter or by the
 * file), and JSON (one, a list, or a document of `prompt list --json`). A file that cannot be used is a problem of its own.
 */
export async function readPromptFiles(cwd: string, paths: readonly string[]): Promise<ImportedPrompts> {
  const prompts: ImportedPrompt[] = [];
  const problems: Problem[] = [];
  for (const given of paths) {
    for (const file of await filesBelow(cwd, given)) {
      try {
        prompts.push(...(await readPromptFile(path.resolve(cwd, file))));
      } catch (error) {
        const { code, message } = toErrorInfo(error);
        problems.push({ file, code, message });
      }
    }
  }
  return { prompts, problems };
}

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

async function filesBelow(cwd: string, given: string): Promise<string[]> {
  const found = await stat(path.resolve(cwd, given)).catch(() => null);
  if (!found) throw new EnsembleError('invalid-input', `There is no file or folder ${given}.`);
  if (!found.isDirectory()) return [given];
  const entries = await readdir(path.resolve(cwd, given), { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return names
    .filter((name) => ENDINGS.includes(path.extname(name)))
    .sort()
    .map((name) => path.join(given, name));
}

async function readPromptFile(file: string): Promise<ImportedPrompt[]> {
  const content = await readText(file);
  if (path.extname(file) === '.json') return jsonPrompts(content);
  const prompt = await parsePrompt(content);
  const fallback = path.basename(file).replace(/(\.prompt)?\.(md|txt)$/, '');
  return [{ ...prompt, name: prompt.name ?? fallback }];
}

async function readText(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new EnsembleError('invalid-input', `${path.basename(file)} is not a file.`);
  if (found.size > LARGEST_FILE) {
    throw new EnsembleError('invalid-input', `${path.basename(file)} is larger than ${LARGEST_FILE / 1024} kB.`);
  }
  return readFile(file, 'utf8');
}

function jsonPrompts(content: string): ImportedPrompt[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw new EnsembleError('invalid-input', 'It is no JSON.');
  }
  const { items, item } = (value ?? {}) as { readonly items?: unknown; readonly item?: unknown };
  const list = Array.isArray(value) ? value : Array.isArray(items) ? items : [item ?? value];
  return list.map(jsonPrompt);
}

function jsonPrompt(value: unknown): ImportedPrompt {
  const {
    name,
    template,
    description = '',
    category = '',
    tags = [],
    parameters = [],
  } = (value ?? {}) as Record<string, unknown>;
  const areTexts = [name, template, description, category].every((one) => typeof one === 'string');
  const isList = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') && Array.isArray(parameters);
  if (!areTexts || !isList) {
    throw new EnsembleError(
      'invalid-input',
      'A prompt in JSON has name and template, and may have description, category, tags.',
    );
  }
  const known = parameters.flatMap((one) => {
    const {
      name: variable,
      description: text = '',
      default: preset = null,
      choices = [],
    } = (one ?? {}) as Record<string, unknown>;
    if (typeof variable !== 'string') return [];
    const list = Array.isArray(choices) ? choices.map(String) : [];
    return [
      { name: variable, description: String(text), default: preset === null ? null : String(preset), choices: list },
    ];
  });
  return { name, template, description, category, tags, parameters: known } as ImportedPrompt;
}
