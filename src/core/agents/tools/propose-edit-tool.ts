import * as z from 'zod';
import { mergeFileEdits } from '../../edits/merge-file-edits.ts';
import { placeEdits } from '../../edits/place-edits.ts';
import { readTarget } from '../../edits/read-target.ts';
import { EnsembleError } from '../../errors.ts';
import { redact } from '../../policy/redaction.ts';
import type { FileEdit } from '../../results.ts';
import { defineTool, type ToolContext, type ToolResult } from './tool.ts';

/** A new file of more than this is not proposed, UTF-16 units. */
const MAX_NEW_FILE = 200_000;

const input = z.strictObject({
  path: z.string().min(1).max(1_000).describe('The file, relative to the root of the workspace'),
  search: z
    .string()
    .max(20_000)
    .describe(
      'The lines to change, verbatim, without line numbers; they stand in the file once. Empty for a new file.',
    ),
  replace: z.string().max(MAX_NEW_FILE).describe('What stands there instead, complete and indented'),
  why: z.string().min(1).max(500).describe('What becomes better, in one sentence'),
});

type Input = z.infer<typeof input>;

/** Collects a change for the person to look at; writes nothing. */
export const proposeEditTool = defineTool({
  name: 'propose-edit',
  description:
    'Proposes a change of one place in a file, or a new file. Nothing is written: the person who asked sees all proposed changes in the end and decides. Quote the file as it is now, without your earlier changes.',
  effect: 'none',
  input,
  run: async (edit, context) => {
    const { attempt, files, workspace } = context;
    await files.requireEditable(edit.path);
    const isNew = (await workspace.stat(edit.path)) === null;
    const proposed = isNew ? newFile(edit, context) : await changed(edit, context);
    const { rejected } = mergeFileEdits([...attempt.proposed(), proposed]);
    const [contradiction] = rejected;
    if (contradiction) throw notTaken(contradiction.reason);
    return taken(proposed);
  },
});

function newFile({ path, search, replace, why }: Input, { knownSecrets }: ToolContext): FileEdit {
  if (search !== '') {
    throw new EnsembleError('not-found', `There is no file ${JSON.stringify(path)}.`, {
      hint: 'To propose a new file, leave "search" empty.',
    });
  }
  const text = redact(replace.replace(/\r\n?/g, '\n').replace(/\n$/, ''), knownSecrets());
  if (text.redactions > 0) throw notTaken('it holds a secret');
  return { file: path, baseHash: null, changes: [{ startLine: 1, endLine: 0, newText: text.text }], summary: why };
}

async function changed({ path, search, replace, why }: Input, context: ToolContext): Promise<FileEdit> {
  const { workspace, signal, knownSecrets } = context;
  if (search === '') throw notTaken('the file exists; quote the lines to change in "search"');
  const code = await readTarget({ type: 'file', path }, workspace, signal, knownSecrets());
  const allowed = { first: 1, last: code.text.split('\n').length };
  const { placed, rejected } = placeEdits({ ...code, firstLine: 1, allowed }, [{ search, replace, line: null, why }]);
  const [edit] = placed;
  if (!edit) throw notTaken(rejected[0]?.reason ?? 'it has no place');
  return { file: code.path, baseHash: code.baseHash, changes: [edit.change], summary: why };
}

function taken(edit: FileEdit): ToolResult {
  const [change] = edit.changes;
  const lines =
    change && change.endLine >= change.startLine ? `lines ${change.startLine}-${change.endLine}` : 'new lines';
  return { ok: true, content: `Taken: ${edit.baseHash === null ? 'a new file' : lines}.`, edit };
}

function notTaken(reason: string): EnsembleError {
  return new EnsembleError('invalid-input', `Not taken: ${reason}.`);
}
