import { firstSentence, sectionsOf, sectionText } from './prompt-sections.ts';

/** A choice by rule: the first of the options, else what the question says first. It agrees with whoever says the same. */
export function decisionAnswer(prompt: string): object {
  const sections = sectionsOf(prompt);
  const [, first] = /^- (.+)$/m.exec(sectionText(sections, 'Options')) ?? [];
  const choice = first ?? (firstSentence(sectionText(sections, 'Question')) || 'There is nothing to choose.');
  return { choice, agrees: true, reason: 'By a fixed rule; no language model was used.' };
}
