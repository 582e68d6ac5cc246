import { EnsembleError, toErrorInfo } from '../../core/errors.ts';
import {
  type Breather,
  type FoundPrompt,
  type ImportedPrompt,
  nothingToImport,
} from '../../core/prompts/import-prompts.ts';
import { decodeText } from './decode-text.ts';
import { jsonPrompts } from './json-prompts.ts';
import { parsePromptFile } from './prompt-file.ts';

export { decodeText };

/** A larger Markdown file is no prompt, bytes. */
const LARGEST_MARKDOWN = 1024 * 1024;
/** JSON may hold a whole library, bytes. */
const LARGEST_JSON = 32 * 1024 * 1024;
/** What one import takes at most. */
const MOST_PROMPTS = 20_000;
/** All files of one import together, bytes: they are in memory at once. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A file that may hold prompts. */
export interface PromptSource {
  /** As it is shown to the person; the last part names a prompt that has no name of its own. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  read(): Promise<Uint8Array>;
}

/** True for files that an import takes from a folder: `*.prompt.md` and JSON. */
export function isPromptFileName(name: string): boolean {
  return /\.(?:prompt\.md|json)$/i.test(name);
}

/**
 * The prompts in files, one after the other: Markdown or text (one each, named in the front matter or by the file), and JSON (one, a
 * list, or what `prompt list --json` writes). A file that cannot be used is a problem of its own. Rejects `invalid-input` where there
 * is nothing at all, or more than fits into memory.
 */
export async function readPrompts(
  sources: readonly PromptSource[],
  breathe: Breather,
): Promise<readonly FoundPrompt[]> {
  const found: FoundPrompt[] = [];
  let bytes = 0;
  for (const [index, source] of sources.entries()) {
    await breathe(index, sources.length);
    try {
      for (const prompt of await promptsOf(source)) found.push({ source: source.path, ...prompt });
    } catch (error) {
      const { message, code } = toErrorInfo(error);
      if (code === 'cancelled') throw error;
      found.push({ source: source.path, problem: message });
    }
    bytes += Math.min(source.size, LARGEST_JSON);
    if (found.length > MOST_PROMPTS || bytes > MOST_BYTES) throw tooMuch();
  }
  if (found.length === 0) throw nothingToImport();
  return found;
}

/** The prompts in a text that was copied: JSON, or one prompt with front matter that names it. */
export function promptsInText(text: string, source: string): readonly FoundPrompt[] {
  try {
    const found =
      /^\s*[[{]/.test(text) && !/^\s*\{\{/.test(text) ? jsonPrompts(text) : [{ prompt: markdownPrompt(text, source) }];
    return found.map((one) => ({ source, ...one }));
  } catch (error) {
    return [{ source, problem: toErrorInfo(error).message }];
  }
}

type Found = { readonly prompt: ImportedPrompt } | { readonly problem: string };

async function promptsOf(source: PromptSource): Promise<readonly Found[]> {
  const isJson = /\.json$/i.test(source.path);
  const largest = isJson ? LARGEST_JSON : LARGEST_MARKDOWN;
  if (source.size > largest) throw tooLarge(largest);
  const bytes = await source.read();
  // It may have grown since it was looked at.
  if (bytes.byteLength > largest) throw tooLarge(largest);
  const text = decodeText(bytes);
  if (isJson) return jsonPrompts(text);
  const file = source.path.split(/[\\/]/).at(-1) ?? '';
  return [{ prompt: markdownPrompt(text, file.replace(/(?:\.prompt)?\.(?:md|txt)$/i, '')) }];
}

/** Throws `invalid-input` with the line and what is wrong there. */
function markdownPrompt(text: string, fallback: string): ImportedPrompt {
  const { prompt, problems } = parsePromptFile(text);
  const error = problems.find(({ severity }) => severity === 'error');
  if (!error) return { ...prompt, name: prompt.name ?? fallback };
  const line = text.slice(0, error.start).split('\n').length;
  throw new EnsembleError('invalid-input', `Line ${line}: ${error.message}`);
}

function tooLarge(bytes: number): EnsembleError {
  return new EnsembleError('invalid-input', `It is larger than ${bytes / 1024 / 1024} MB.`, {
    hint: 'A prompt is a short text.',
  });
}

function tooMuch(): EnsembleError {
  return new EnsembleError(
    'invalid-input',
    `That is more than ${MOST_PROMPTS} prompts or ${MOST_BYTES / 1024 / 1024} MB at once.`,
    { hint: 'Import it in several parts. Nothing was imported.' },
  );
}
