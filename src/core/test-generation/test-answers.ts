import * as z from 'zod';
import { type JsonAnswer, parseJsonAnswer } from '../agents/json-answer.ts';
import type { Json } from '../json.ts';

/** The answer of the analyst. */
export const testCasesSchema = z.object({
  cases: z.array(
    z.object({
      title: z.string().min(1).describe('What the test shows, as a sentence.'),
      subject: z.string().describe('The exported name that it is about.'),
      why: z.string().describe('Which mistake it would find.'),
    }),
  ),
});

/** What should be tested. */
export type TestCases = z.infer<typeof testCasesSchema>;

/** The answer of the writer: one file, whole. */
export const testCodeSchema = z.object({
  file: z.string().nullable().describe('The path of the test file, as given.'),
  code: z.string().min(1).describe('The complete text of the test file.'),
});

/** The answer of the checker. `code` null: the tests stay as they are. */
export const testCheckSchema = z.object({
  problems: z.array(z.string()).describe('What is wrong with the tests, one sentence each; empty: nothing.'),
  code: z.string().nullable().describe('The complete corrected file; null where nothing has to change.'),
});

/** What the checker says of a test file. */
export type TestCheck = z.infer<typeof testCheckSchema>;

/** Reads cases that have been validated once. */
export function parseTestCases(output: Json): TestCases {
  return testCasesSchema.parse(output);
}

/** Reads test code that has been validated once. */
export function parseTestCode(output: Json): { readonly file: string | null; readonly code: string } {
  return testCodeSchema.parse(output);
}

/** Reads a check that has been validated once. */
export function parseTestCheck(output: Json): TestCheck {
  return testCheckSchema.parse(output);
}

/**
 * The test file in an answer: the JSON that was asked for, or exactly one fenced block of code, as models like to answer.
 * Never throws.
 */
export function readTestCode(text: string): JsonAnswer {
  const json = parseJsonAnswer(text);
  if (json.found && isCode(json.value)) {
    const { file = null, code } = json.value as { file?: Json; code: string };
    return { found: true, value: { file: typeof file === 'string' ? file : null, code: withoutFence(code) } };
  }
  const blocks = fencedBlocks(text);
  const [only] = blocks;
  if (only !== undefined && blocks.length === 1) return { found: true, value: { file: null, code: only } };
  const problem =
    blocks.length > 1
      ? `The answer holds ${blocks.length} blocks of code; it has to be one file.`
      : 'The answer holds no test code.';
  return { found: false, problem };
}

function isCode(value: Json): boolean {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}

/** Code without the fence that somebody put around it. */
export function withoutFence(code: string): string {
  const blocks = fencedBlocks(code.trim());
  const whole = /^```[\s\S]*```$/.test(code.trim());
  return whole && blocks.length === 1 ? (blocks[0] ?? code) : code;
}

function fencedBlocks(text: string): string[] {
  return [...text.matchAll(/^[ \t]*(`{3,})[\w:+.-]*[^\n`]*\n([\s\S]*?)\n[ \t]*\1[ \t]*$/gm)].map(
    (match) => match[2] ?? '',
  );
}
