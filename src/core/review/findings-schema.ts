import * as z from 'zod';
import type { Json } from '../json.ts';
import { SEVERITIES, type Severity } from '../results.ts';

/** Where an answer says nothing about its confidence. */
const DEFAULT_CONFIDENCE = 0.5;

const reportedFindingSchema = z.object({
  file: z.string().describe('Path as it stands in the heading of the file.'),
  quote: z.string().describe('The lines that are wrong, verbatim, without line numbers.'),
  line: z.number().nullable().describe('Number of the first quoted line; null where unknown.'),
  severity: z.enum(SEVERITIES as [Severity, ...Severity[]]),
  category: z.string().describe('The kind of problem that you look for.'),
  title: z.string().min(1).describe('The problem in one sentence.'),
  explanation: z.string().describe('Why it is a problem.'),
  suggestion: z.string().describe('What to do about it.'),
  replacement: z.string().nullable().describe('New text for exactly the quoted lines; null where there is none.'),
  confidence: z.number().describe('0 to 1.'),
});

/** A finding as a reviewer reports it, before its quote has been looked up. */
export type ReportedFinding = z.infer<typeof reportedFindingSchema>;

/**
 * The answer of a reviewer. Near misses are brought into shape first (other field names, severities and confidences written
 * otherwise, a bare array), because a repair costs a model call. What cannot be understood stays an error: no list of
 * findings, an unknown severity, a finding without a title. A quote may be empty here: such a finding cannot be anchored
 * and is dropped and counted later.
 */
export const findingsSchema = z.preprocess(normaliseAnswer, z.object({ findings: z.array(reportedFindingSchema) }));

/** Reads an answer that has been validated once, as it stands in a task's output. */
export function parseFindings(output: Json): readonly ReportedFinding[] {
  return findingsSchema.parse(output).findings;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const LIST_NAMES = ['findings', 'issues', 'problems', 'results', 'review', 'comments'];

function normaliseAnswer(value: unknown): unknown {
  let list = value;
  // At most one level more than asked for: { "review": { "findings": [...] } }
  for (let level = 0; level < 2 && isFields(list); level++) list = firstOf(list, LIST_NAMES);
  if (!Array.isArray(list)) return value;
  return { findings: list.map((one) => (isFields(one) ? normaliseFinding(one) : one)) };
}

function normaliseFinding(fields: Fields): Fields {
  const explanation = textOf(firstOf(fields, ['explanation', 'description', 'details', 'message', 'why', 'reason']));
  const title = textOf(firstOf(fields, ['title', 'summary', 'name', 'issue', 'problem'])) || firstSentence(explanation);
  const replacement = firstOf(fields, ['replacement', 'replacementCode', 'suggestedCode', 'suggested_code']);
  return {
    file: textOf(firstOf(fields, ['file', 'path', 'filename', 'fileName', 'filePath', 'file_path'])),
    quote: withoutGutter(textOf(firstOf(fields, ['quote', 'code', 'snippet', 'evidence', 'quoted_code']))),
    line: lineOf(firstOf(fields, ['line', 'startLine', 'start_line', 'lineNumber', 'line_number', 'lines'])),
    severity: severityOf(firstOf(fields, ['severity', 'level', 'priority', 'impact'])),
    category: textOf(firstOf(fields, ['category', 'type', 'kind'])),
    title,
    explanation,
    suggestion: textOf(firstOf(fields, ['suggestion', 'recommendation', 'advice', 'remediation', 'fix'])),
    replacement: typeof replacement === 'string' ? withoutGutter(replacement) : null,
    confidence: confidenceOf(firstOf(fields, ['confidence', 'certainty', 'probability'])),
  };
}

function firstOf(fields: Fields, names: readonly string[]): unknown {
  const name = names.find((one) => fields[one] !== undefined && fields[one] !== null);
  return name === undefined ? undefined : fields[name];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\r\n?/g, '\n');
  if (Array.isArray(value) && value.every((line) => typeof line === 'string')) return value.join('\n');
  return typeof value === 'number' ? String(value) : '';
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0].slice(0, 200) ?? text.slice(0, 200);
}

/** The line numbers of the prompt, where every line of a quote still has one. */
function withoutGutter(text: string): string {
  const lines = text.split('\n');
  const numbered = lines.every((line) => line.trim() === '' || /^\s*\d+\|/.test(line));
  return numbered ? lines.map((line) => line.replace(/^\s*\d+\| ?/, '')).join('\n') : text;
}

/** `12`, `"12"`, `"L12-15"`, `[12, 15]`. */
function lineOf(value: unknown): number | null {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  const number = typeof first === 'string' ? Number(/\d+/.exec(first)?.[0]) : first;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : null;
}

const SEVERITY_WORDS: Readonly<Record<Severity, readonly string[]>> = {
  critical: ['critical', 'blocker', 'severe', 'fatal'],
  high: ['high', 'major', 'error', 'important', 'serious'],
  medium: ['medium', 'moderate', 'warning', 'warn', 'normal'],
  low: ['low', 'minor', 'trivial', 'nit', 'nitpick', 'style'],
  info: ['info', 'informational', 'information', 'note', 'notice', 'hint', 'suggestion', 'none'],
};

/** An unknown word stays, so that the schema names it in the error. */
function severityOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const word = value.trim().toLowerCase();
  return SEVERITIES.find((severity) => SEVERITY_WORDS[severity].includes(word)) ?? value;
}

/** `0.8`, `80`, `"80%"`, `"high"`. Something that is none of these says nothing. */
function confidenceOf(value: unknown): number {
  if (typeof value === 'string') {
    const words: Readonly<Record<string, number>> = { high: 0.9, medium: 0.6, low: 0.3, certain: 1 };
    const byWord = words[value.trim().toLowerCase()];
    if (byWord !== undefined) return byWord;
  }
  const number = typeof value === 'string' ? Number.parseFloat(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return DEFAULT_CONFIDENCE;
  const isPercent = number > 1 || (typeof value === 'string' && value.trim().endsWith('%'));
  return Math.min(1, isPercent ? number / 100 : number);
}
