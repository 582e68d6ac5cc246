import * as z from 'zod';
import { unifiedDiff } from '../../edits/unified-diff.ts';
import { EnsembleError, isEnsembleError } from '../../errors.ts';
import { MAX_TOOL_FILE_BYTES } from './readable-files.ts';
import { defineTool, type Tool } from './tool.ts';

/** What one result holds at most; the rest is announced. UTF-16 units. */
const MAX_RESULT = 30_000;
const MAX_LISTED = 500;
const MAX_MATCHES = 100;
const MAX_SEARCHED_FILES = 5_000;
/** A matching line is cut here. UTF-16 units. */
const MAX_LINE = 300;

const path = z.string().max(1_000).describe('Path relative to the root of the workspace, with "/"');
const line = z.number().int().min(1);

const readFile = defineTool({
  name: 'read-file',
  description: 'Reads a text file of the workspace, with line numbers. Long files come in parts: name the lines.',
  effect: 'none',
  input: z.strictObject({ path, startLine: line.optional(), endLine: line.optional() }),
  run: async ({ path: file, startLine = 1, endLine = Number.POSITIVE_INFINITY }, { files }) => {
    const lines = (await files.read(file)).split('\n');
    if (endLine < startLine) throw new EnsembleError('invalid-input', 'endLine is not below startLine.');
    if (startLine > lines.length) {
      throw new EnsembleError('invalid-input', `The file has ${lines.length} lines only.`);
    }
    const numbered = lines.slice(startLine - 1, endLine).map((text, index) => `${startLine + index}| ${text}`);
    return limited(numbered, (shown) => `lines ${startLine + shown}-${lines.length} are not shown; ask for them`);
  },
});

const listFiles = defineTool({
  name: 'list-files',
  description: 'Lists the files below a folder of the workspace with their sizes in bytes. Ignored files are left out.',
  effect: 'none',
  input: z.strictObject({ path: path.default('') }),
  run: async ({ path: folder }, { files, signal }) => {
    const listed: string[] = [];
    for await (const { path: file, size } of files.walk(folder, signal)) {
      if (listed.length === MAX_LISTED) {
        listed.push(`[more than ${MAX_LISTED} files: name a folder]`);
        break;
      }
      listed.push(`${file} (${size})`);
    }
    return listed.length === 0 ? '[no files]' : limited(listed, () => 'the rest is not shown; name a folder');
  },
});

const searchText = defineTool({
  name: 'search-text',
  description:
    'Finds the lines that contain a text, as file:line: text. The text is taken literally, not as a pattern.',
  effect: 'none',
  input: z.strictObject({
    text: z.string().min(1).max(500),
    path: path.default(''),
    caseSensitive: z.boolean().default(true),
  }),
  run: async ({ text, path: place, caseSensitive }, { files, signal }) => {
    const folded = (some: string) => (caseSensitive ? some : some.toLowerCase());
    const wanted = folded(text);
    const found: string[] = [];
    let searched = 0;
    for await (const { path: file, size } of files.walk(place, signal)) {
      if (size > MAX_TOOL_FILE_BYTES) continue;
      if (searched++ === MAX_SEARCHED_FILES) {
        found.push(`[${MAX_SEARCHED_FILES} files were searched: name a folder for the others]`);
        break;
      }
      for (const [index, content] of (await files.readIfText(file)).split('\n').entries()) {
        if (folded(content).includes(wanted)) found.push(`${file}:${index + 1}: ${content.trim().slice(0, MAX_LINE)}`);
      }
      if (found.length > MAX_MATCHES) {
        found.splice(MAX_MATCHES, found.length, `[more than ${MAX_MATCHES} lines: search for something rarer]`);
        break;
      }
    }
    return found.length === 0 ? '[found nowhere]' : limited(found, () => 'the rest is not shown');
  },
});

const gitDiff = defineTool({
  name: 'git-diff',
  description: 'Shows the uncommitted changes of the workspace as a unified diff.',
  effect: 'none',
  input: z.strictObject({ path: path.default('') }),
  run: async ({ path: place }, { workspace, files, signal }) => {
    const changed = await workspace.changedFiles(null, signal);
    if (changed === null) throw new EnsembleError('not-found', 'There is no git repository here.');
    const below = changed.filter((file) => place === '' || file === place || file.startsWith(`${place}/`));
    const before = await workspace.baseTexts(null, below, signal);
    const diffs: string[] = [];
    for (const file of below) {
      signal.throwIfAborted();
      const base = before.get(file);
      try {
        const now = await files.read(file);
        diffs.push(
          ...unifiedDiff(file, base === undefined ? null : files.redacted(base), now)
            .trimEnd()
            .split('\n'),
        );
      } catch (error) {
        if (!isEnsembleError(error)) throw error;
        diffs.push(`[${error.message}]`);
      }
    }
    return diffs.length === 0 ? '[nothing has changed]' : limited(diffs, () => 'the rest is not shown; name a file');
  },
});

/** Tools that only look. */
export const READING_TOOLS: readonly Tool[] = [readFile, listFiles, searchText, gitDiff];

function limited(lines: readonly string[], rest: (shown: number) => string): string {
  let length = 0;
  for (const [index, text] of lines.entries()) {
    length += text.length + 1;
    if (length <= MAX_RESULT) continue;
    const first = index === 0 ? [text.slice(0, MAX_RESULT)] : [];
    return [...lines.slice(0, index), ...first, `[${rest(Math.max(1, index))}]`].join('\n');
  }
  return lines.join('\n');
}
