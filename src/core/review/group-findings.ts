import type { Json } from '../json.ts';
import { type Finding, SEVERITIES } from '../results.ts';
import type { Anchor } from './anchor.ts';
import type { ReportedFinding } from './findings-schema.ts';
import { LENSES, type LensName } from './lenses.ts';

/** What one reviewer answered. */
export interface LensAnswer {
  readonly taskId: string;
  readonly agent: string;
  readonly lens: LensName;
  /** Paths of the files that it was shown. */
  readonly paths: readonly string[];
  /** The validated answer. */
  readonly output: Json;
}

/** A reported finding at its place, with those that say the same. */
export interface FindingGroup {
  anchor: Anchor;
  readonly category: string;
  best: ReportedFinding;
  severity: Finding['severity'];
  confidence: number;
  readonly titles: Set<string>[];
  readonly reporters: Set<string>;
  readonly tasks: Set<string>;
}

/** Titles with at least this share of words in common mean the same. */
const SIMILAR = 0.5;

/**
 * Adds a finding to the group that says the same, else to one of its own. Findings say the same that overlap and are titled
 * alike, and those of one category at the same place by different reviewers: one who reports two things there means two.
 */
export function addToGroups(
  groups: FindingGroup[],
  reported: ReportedFinding,
  anchor: Anchor,
  answer: LensAnswer,
): void {
  const category = categoryOf(reported.category, answer.lens);
  const words = wordsOf(reported.title);
  const here = groups.filter((group) => overlap(group.anchor, anchor) > 0);
  const same =
    here.find((group) => group.titles.some((title) => similarity(title, words) >= SIMILAR)) ??
    here.find(
      (group) =>
        group.category === category && !group.tasks.has(answer.taskId) && overlap(group.anchor, anchor) >= SIMILAR,
    );
  if (!same) {
    const { severity, confidence } = reported;
    const reporters = new Set([answer.agent]);
    const tasks = new Set([answer.taskId]);
    groups.push({ anchor, category, best: reported, severity, confidence, titles: [words], reporters, tasks });
    return;
  }
  if (detailOf(reported) > detailOf(same.best) && sameLines(same.anchor, anchor)) {
    same.best = reported;
    same.anchor = anchor;
  }
  if (rankOf(reported.severity) < rankOf(same.severity)) same.severity = reported.severity;
  same.confidence = Math.max(same.confidence, reported.confidence);
  same.titles.push(words);
  same.reporters.add(answer.agent);
  same.tasks.add(answer.taskId);
}

/** Shared lines by all lines of both, 0 to 1. */
function overlap(a: Anchor, b: Anchor): number {
  if (a.file !== b.file) return 0;
  const shared = Math.min(a.endLine, b.endLine) - Math.max(a.startLine, b.startLine) + 1;
  if (shared <= 0) return 0;
  return shared / (Math.max(a.endLine, b.endLine) - Math.min(a.startLine, b.startLine) + 1);
}

function sameLines(a: Anchor, b: Anchor): boolean {
  return a.startLine === b.startLine && a.endLine === b.endLine;
}

const FILLER = new Set([
  'the',
  'a',
  'an',
  'is',
  'are',
  'of',
  'in',
  'to',
  'and',
  'or',
  'by',
  'with',
  'for',
  'on',
  'may',
]);

function wordsOf(title: string): Set<string> {
  const words = title.toLowerCase().match(/[\p{L}\p{N}_$]+/gu) ?? [];
  return new Set(words.filter((word) => !FILLER.has(word)));
}

function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** A complete edit is worth more than words. */
function detailOf({ explanation, suggestion, replacement }: ReportedFinding): number {
  return explanation.length + suggestion.length + (replacement === null ? 0 : 1_000);
}

const CATEGORY_WORDS: readonly (readonly [RegExp, LensName])[] = [
  [/secur|inject|xss|csrf|auth|crypto|secret|vulnerab/, 'security'],
  [/perform|slow|complexity|memory|scal/, 'performance'],
  [/test|coverage/, 'tests'],
  [/doc|comment/, 'documentation'],
  [/correct|bug|logic|error|reliab|concurren|race/, 'correctness'],
];

/** One of the five categories, however the model named it; what it does not say is what it was asked to look for. */
function categoryOf(named: string, lens: LensName): string {
  const lower = named.trim().toLowerCase();
  if (LENSES.some(({ name }) => name === lower)) return lower;
  return CATEGORY_WORDS.find(([words]) => words.test(lower))?.[1] ?? lens;
}

/** 0 is the worst. */
export function rankOf(severity: Finding['severity']): number {
  return SEVERITIES.indexOf(severity);
}
