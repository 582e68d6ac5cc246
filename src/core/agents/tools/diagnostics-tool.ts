import * as z from 'zod';
import { EnsembleError, isEnsembleError } from '../../errors.ts';
import { redact } from '../../policy/redaction.ts';
import { type Diagnostic, defineTool, type ToolContext } from './tool.ts';

const MAX_LISTED = 200;
const MAX_MESSAGE = 300;
const ORDER: readonly Diagnostic['severity'][] = ['error', 'warning', 'information', 'hint'];

/** What compilers and linters say; only an editor knows. */
export const diagnosticsTool = defineTool({
  name: 'diagnostics',
  description: 'Lists what compilers and linters say about a file, or about all files, as file:line: severity message.',
  effect: 'none',
  input: z.strictObject({
    path: z.string().max(1_000).optional().describe('A file, relative to the root of the workspace; default: all'),
  }),
  run: async ({ path }, context) => {
    const { diagnostics, files } = context;
    if (diagnostics === null) {
      throw new EnsembleError('not-found', 'There are no diagnostics here: only an editor has them.', {
        hint: 'Read the code instead.',
      });
    }
    if (path !== undefined) await files.requireReadable(path);
    const all = diagnostics
      .list(path ?? null)
      .toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
    const lines: string[] = [];
    for (const one of all) {
      if (lines.length === MAX_LISTED) {
        lines.push(`[more than ${MAX_LISTED}: name a file]`);
        break;
      }
      if (await isReadable(one.file, context)) lines.push(lineOf(one, context));
    }
    return lines.length === 0 ? '[none]' : lines.join('\n');
  },
});

/** A remark quotes the code, so it follows the same rules as the file. */
async function isReadable(file: string, { files }: ToolContext): Promise<boolean> {
  try {
    await files.requireReadable(file);
    return true;
  } catch (error) {
    if (isEnsembleError(error)) return false;
    throw error;
  }
}

function lineOf({ file, line, severity, message, source }: Diagnostic, { knownSecrets }: ToolContext): string {
  const text = redact(message.replace(/\s+/g, ' ').trim(), knownSecrets()).text.slice(0, MAX_MESSAGE);
  return `${file}:${line}: ${severity} ${text}${source === '' ? '' : ` (${source})`}`;
}
