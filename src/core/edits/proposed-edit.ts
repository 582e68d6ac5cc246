import * as z from 'zod';
import type { Json } from '../json.ts';

const proposedEditSchema = z.object({
  search: z
    .string()
    .min(1)
    .describe('The lines to change, verbatim, without line numbers; they stand in the code once.'),
  replace: z.string().describe('What stands there instead, complete and indented; "" removes the lines.'),
  line: z.number().int().nullable().describe('Number of the first quoted line; null where unknown.'),
  why: z.string().min(1).describe('What becomes better, in one sentence.'),
});

/** An edit as an agent proposes it, before its quote has been looked up. Line breaks are `\n`. */
export type ProposedEdit = z.infer<typeof proposedEditSchema>;

/**
 * The answer of an editor. Near misses are brought into shape first (other field names, line ranges that a quote confirms, a
 * bare array, line numbers left in the quote), because a repair costs a model call. What cannot be understood stays an error.
 */
export const proposedEditsSchema = z.preprocess(normaliseAnswer, z.object({ edits: z.array(proposedEditSchema) }));

/** Reads an answer that has been validated once, as it stands in a task's output. */
export function parseProposedEdits(output: Json): readonly ProposedEdit[] {
  return proposedEditsSchema.parse(output).edits;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function normaliseAnswer(value: unknown): unknown {
  const list = isFields(value) ? firstOf(value, ['edits', 'changes', 'replacements', 'modifications']) : value;
  if (!Array.isArray(list)) return value;
  return { edits: list.map((one) => (isFields(one) ? normaliseEdit(one) : one)) };
}

function normaliseEdit(fields: Fields): Fields {
  const search = firstOf(fields, ['search', 'quote', 'find', 'old', 'oldText', 'old_text', 'original', 'before']);
  const replace = firstOf(fields, ['replace', 'replacement', 'new', 'newText', 'new_text', 'updated', 'after']);
  return {
    search: withoutGutter(search),
    // Null says the same as "": the lines go.
    replace: replace === undefined && 'replace' in fields ? '' : withoutGutter(replace),
    line: lineOf(firstOf(fields, ['line', 'startLine', 'start_line', 'lineNumber', 'line_number', 'lines'])),
    why: firstOf(fields, ['why', 'reason', 'explanation', 'description', 'summary']),
  };
}

function firstOf(fields: Fields, names: readonly string[]): unknown {
  const name = names.find((one) => fields[one] !== undefined && fields[one] !== null);
  return name === undefined ? undefined : fields[name];
}

/** The first number of `12`, `"12"`, `"12-14"`, `[12, 14]`. */
function lineOf(value: unknown): number | null {
  const first = Array.isArray(value) ? value[0] : value;
  const number = typeof first === 'string' ? Number.parseInt(first, 10) : first;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : null;
}

/** Text without the line numbers of the prompt, where every line that is not empty has one. */
function withoutGutter(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const lines = value.replace(/\r\n?/g, '\n').split('\n');
  const numbered = lines.every((line) => line === '' || /^\s*\d+\|/.test(line)) && lines.some((line) => line !== '');
  return (numbered ? lines.map((line) => line.replace(/^\s*\d+\| ?/, '')) : lines).join('\n');
}
