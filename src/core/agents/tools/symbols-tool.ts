import * as z from 'zod';
import { languageOf } from '../../review/languages.ts';
import { exportedSymbols } from '../../source/exported-symbols.ts';
import { defineTool } from './tool.ts';

/** Files that one call looks at. */
const MAX_FILES = 200;
const MAX_LISTED = 400;

/** What files export, for finding one's way in code. */
export const symbolsTool = defineTool({
  name: 'symbols',
  description:
    'Lists what the files below a path export (functions, classes, values, types) as file:line: kind name(parameters); for TypeScript, JavaScript, Python and Go.',
  effect: 'none',
  input: z.strictObject({
    path: z.string().max(1_000).default('').describe('A file or folder, relative to the root of the workspace'),
    name: z.string().max(200).optional().describe('Only names that contain this'),
  }),
  run: async ({ path, name = '' }, { files, signal }) => {
    const wanted = name.toLowerCase();
    const found: string[] = [];
    let seen = 0;
    for await (const { path: file } of files.walk(path, signal)) {
      const language = languageOf(file, '');
      if (!LANGUAGES.test(language)) continue;
      if (seen++ === MAX_FILES || found.length > MAX_LISTED) {
        found.push('[there are more: name a smaller folder]');
        break;
      }
      for (const symbol of exportedSymbols(language, await files.readIfText(file))) {
        if (!symbol.name.toLowerCase().includes(wanted)) continue;
        const parameters = symbol.kind === 'function' ? `(${symbol.params.replace(/\s+/g, ' ').slice(0, 200)})` : '';
        found.push(`${file}:${symbol.line}: ${symbol.kind} ${symbol.name}${parameters}`);
      }
    }
    return found.length === 0 ? '[none found]' : found.join('\n');
  },
});

const LANGUAGES = /^(?:type|java)script(?:react)?$|^python$|^go$/;
