import type { TestCases, TestCheck } from '../../../../core/test-generation/test-answers.ts';
import { type PromptFacts, parseFacts } from '../../../../core/test-generation/test-prompts.ts';
import { runTimeSymbols } from '../tests/run-time-symbols.ts';
import { testSkeleton } from '../tests/test-skeleton.ts';

/** The analyst by rule: what is certain of each exported name. Null: not one of our prompts. */
export function testCasesAnswer(prompt: string): TestCases | null {
  const facts = parseFacts(prompt);
  if (!facts) return null;
  const cases = runTimeSymbols(facts).map(({ name, kind }) => ({
    title: `${name} is exported${kind === 'value' ? '' : ` as a ${kind}`}.`,
    subject: name,
    why: 'A rename or a removal would break callers.',
  }));
  return { cases };
}

/** The writer by rule: a skeleton that loads the code. Null: not one of our prompts. */
export function testCodeAnswer(prompt: string): { readonly file: string; readonly code: string } | null {
  const facts: PromptFacts | null = parseFacts(prompt);
  return facts ? { file: facts.testFile, code: testSkeleton(facts) } : null;
}

/** The checker by rule has nothing to add. */
export function testCheckAnswer(): TestCheck {
  return { problems: [], code: null };
}
