import { renderNumberedFiles } from '../context/numbered-files.ts';
import { asData } from '../context/task-context.ts';
import type { TargetCode } from '../edits/read-target.ts';
import type { Json } from '../json.ts';
import type { TestFacts } from './test-facts.ts';

/** What the prompt says of the file to write, so that the offline provider can read it back. */
export type PromptFacts = Omit<TestFacts, 'sample' | 'existing'>;

const FACTS = /^Facts: (\{.*\})$/m;

/** The prompt of the analyst. */
export function casesPrompt(code: TargetCode, facts: TestFacts): string {
  return [
    'Say which tests the code below needs.',
    factsLine(facts),
    ...meantLines(code),
    `# What to answer

JSON only: {"cases": [{"title", "subject", "why"}]}. At most 15, the most useful first: ordinary use, limits, failures. Each can be tested from outside, through a name in "symbols".`,
    ...existing(facts),
    codeSection(code),
  ].join('\n\n');
}

/** The prompt of the writer; the cases go before it. */
export function writePrompt(code: TargetCode, facts: TestFacts): string {
  const { framework, testFile, importFrom, language } = facts;
  const how =
    language === 'go'
      ? `It is in package ${facts.packageName}.`
      : `Import the code from ${JSON.stringify(importFrom)}, only names in "symbols".`;
  return [
    'Write the tests of the cases above for the code below.',
    factsLine(facts),
    `# What to answer

JSON only: {"file": ${JSON.stringify(testFile)}, "code"}. "code" is the complete text of that one file and nothing else, for ${framework}, in the style that "style" and the sample show. ${how}
- Each test can fail: it asserts a value that follows from the code as it is. Where the code looks wrong, leave the case out rather than pin the mistake down.
- No network, no clock, no random values, no other files of the project than the code itself.`,
    ...(facts.sample === null ? [] : [`# Sample of a test of this project\n\n${asData(facts.sample)}`]),
    ...existing(facts),
    codeSection(code),
  ].join('\n\n');
}

/** The prompt of the checker; the tests go before it. */
export function checkPrompt(code: TargetCode, facts: TestFacts): string {
  return [
    'Check the tests above against the code below, line by line, as if you ran them.',
    factsLine(facts),
    `# What to answer

JSON only: {"problems": [], "code"}. "problems": tests that would fail although the code is right, that cannot fail, that do not compile, that import what is not there. "code": the complete corrected file, null where there is no problem.`,
    codeSection(code),
  ].join('\n\n');
}

/** The facts in a prompt of this module; null for any other text. */
export function parseFacts(prompt: string): PromptFacts | null {
  const json = FACTS.exec(prompt)?.[1];
  if (json === undefined) return null;
  try {
    return JSON.parse(json) as unknown as PromptFacts;
  } catch {
    return null;
  }
}

function factsLine({ sample: _sample, existing: _existing, ...facts }: TestFacts): string {
  return `Facts: ${JSON.stringify(facts satisfies object as unknown as Json)}`;
}

function meantLines({ lines }: TargetCode): string[] {
  return lines === null ? [] : [`Only what lines ${lines.first}-${lines.last} do is to be tested.`];
}

function existing({ existing: own }: TestFacts): string[] {
  return own === null ? [] : [`# Tests that exist already; do not repeat them\n\n${asData(own.text)}`];
}

function codeSection({ path, languageId, text }: TargetCode): string {
  return `# Code\n\n${renderNumberedFiles([{ path, languageId, text, startLine: 1 }])}`;
}
