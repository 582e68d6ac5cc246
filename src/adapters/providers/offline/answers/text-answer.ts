import { condense } from '../../../../core/context/condense.ts';
import { DIGEST_HEADING, DIGEST_TOKENS } from '../../../../core/context/digest.ts';
import { estimateTokens } from '../../../../core/context/token-estimate.ts';
import { SEVERITIES } from '../../../../core/results.ts';
import type { FindingLine } from '../../../../core/review/finding-lines.ts';
import { parseFindingLines } from '../../../../core/review/finding-lines.ts';
import {
  dataText,
  type EarlierResult,
  earlierResults,
  firstSentence,
  sectionsOf,
  sectionText,
} from './prompt-sections.ts';

/** Says in every answer what it is, so that nobody takes it for a model's. */
const NOTICE = '_Made by the offline provider from its input by fixed rules; no language model was used._';

/** Findings that a summary names. */
const NAMED_FINDINGS = 3;
/** Points taken from a text. */
const MAX_POINTS = 5;

/** A short structured text for any prompt without a schema: a review's summary, a merged result, an outline. */
export function textAnswer(prompt: string): string {
  const sections = sectionsOf(prompt);
  const long = sections.find(({ heading }) => heading === DIGEST_HEADING);
  if (long) return condense(dataText(long.text), DIGEST_TOKENS, estimateTokens);
  if (sections.some(({ heading }) => heading === 'Findings of the review')) return reviewSummary(prompt);
  const earlier = earlierResults(sectionText(sections, 'Results of earlier tasks'));
  const own = sections.find(({ heading }) => heading.startsWith('Your sub-task'));
  if (own) return outline(own.text, earlier);
  if (earlier.length > 0) return merged(sectionText(sections, 'Task'), earlier);
  return outline(sections.length > 0 ? sections.map(({ text }) => text).join('\n') : prompt, []);
}

function reviewSummary(prompt: string): string {
  const findings = parseFindingLines(prompt);
  const missing = sectionText(sectionsOf(prompt), 'Reviews without a result');
  const gap = missing === '' ? '' : '\n\nSome reviews have no result, so this is not the whole picture.';
  if (findings.length === 0) return `The rules found nothing in the files that were looked at.${gap}`;
  const counts = SEVERITIES.map(
    (severity) => [severity, findings.filter((one) => one.severity === severity).length] as const,
  )
    .filter(([, amount]) => amount > 0)
    .map(([severity, amount]) => `${amount} ${severity}`);
  const files = new Set(findings.map(({ file }) => file));
  const worst = findings.slice(0, NAMED_FINDINGS).map((one) => `- ${placeOf(one)}: ${one.title}`);
  return (
    [
      `${plural(findings.length, 'finding')} in ${plural(files.size, 'file')}: ${counts.join(', ')}. Most are about ${mostCommon(findings.map(({ category }) => category))}; most stand in \`${mostCommon(findings.map(({ file }) => file))}\`.`,
      `Start here:\n\n${worst.join('\n')}`,
    ].join('\n\n') + gap
  );
}

function placeOf({ file, startLine }: FindingLine): string {
  return `\`${file}:${startLine}\``;
}

/** Of equally common values the first. */
function mostCommon(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0] as [string, number])[0];
}

function merged(task: string, earlier: readonly EarlierResult[]): string {
  const parts = earlier.map(({ title, text }) =>
    text === null
      ? `## ${title}\n\nThere is no result for this part, so the answer does not cover it.`
      : `## ${title}\n\n${essence(text)}`,
  );
  const done = earlier.filter(({ text }) => text !== null).length;
  return [
    `# ${firstSentence(task, 80).replace(/[.]$/, '') || 'Result'}`,
    NOTICE,
    `${done} of ${plural(earlier.length, 'part')} have a result.`,
    ...parts,
  ].join('\n\n');
}

/** The headings and lists of a result, else its first sentence. */
function essence(text: string): string {
  const points = pointsOf(text);
  const sentence = firstSentence(text.replace(NOTICE, ''));
  return [sentence, ...(points.length > 0 ? [points.map((point) => `- ${point}`).join('\n')] : [])].join('\n\n');
}

function outline(text: string, earlier: readonly EarlierResult[]): string {
  const points = pointsOf(text);
  const known = earlier.flatMap((one) =>
    one.text === null ? [] : [`- ${one.title}: ${firstSentence(one.text.replace(NOTICE, ''))}`],
  );
  return [
    firstSentence(text) || 'There is nothing to answer.',
    NOTICE,
    ...(points.length > 0 ? [`Points to cover:\n\n${points.map((point) => `- ${point}`).join('\n')}`] : []),
    ...(known.length > 0 ? [`Known from earlier tasks:\n\n${known.join('\n')}`] : []),
  ].join('\n\n');
}

/** Items of lists and headings, else the sentences after the first. */
function pointsOf(text: string): string[] {
  const plain = text.replace(NOTICE, '').replace(/```[\s\S]*?(?:```|$)/g, '');
  const items = [...plain.matchAll(/^\s*(?:[-*]|\d+[.)]|#{2,6})\s+(.+)$/gm)].map((match) => match[1] ?? '');
  const sentences = plain
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?])\s+/)
    .slice(1);
  const points = (items.length > 0 ? items : sentences).map((point) => firstSentence(point, 160));
  return [...new Set(points.filter((point) => point !== ''))].slice(0, MAX_POINTS);
}

function plural(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
