import { shortHash } from '../hash.ts';
import type { Json } from '../json.ts';
import { type Finding, SEVERITIES } from '../results.ts';
import { type Anchor, anchorQuote } from './anchor.ts';
import { parseFindings, type ReportedFinding } from './findings-schema.ts';
import type { SourceFile } from './gathered.ts';
import { LENSES, type LensName } from './lenses.ts';
import { editOf } from './suggested-edit.ts';

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

/** The findings of a review. */
export interface MergedFindings {
  /** The worst first, then by file and line. */
  readonly findings: readonly Finding[];
  /** Reported findings whose quote is nowhere in the code: made up, or about something else. */
  readonly dropped: number;
}

/** A reported finding at its place, with those that say the same. */
interface Group {
  readonly anchor: Anchor;
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
 * Anchors, merges and orders what the reviewers reported. Pure: the same answers give the same findings, ids included.
 * Lines come from the quote, never from the model. Findings merge that overlap and are titled alike, and those of one
 * category at the same place by different reviewers: one reviewer who reports two things there means two things. A merged
 * finding has the highest severity and confidence, the most detailed wording and all reporters.
 */
export function mergeFindings(answers: readonly LensAnswer[], files: readonly SourceFile[]): MergedFindings {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const groups: Group[] = [];
  let dropped = 0;
  for (const answer of answers) {
    const shown = answer.paths.flatMap((path) => byPath.get(path) ?? []);
    for (const reported of parseFindings(answer.output)) {
      const anchor = anchorQuote(reported.quote, reported, shown);
      if (anchor === null) dropped++;
      else addToGroups(groups, reported, anchor, answer);
    }
  }
  return { findings: withIds(groups.map(findingOf).sort(compareFindings)), dropped };
}

function addToGroups(groups: Group[], reported: ReportedFinding, anchor: Anchor, answer: LensAnswer): void {
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
  if (detailOf(reported) > detailOf(same.best) && sameLines(same.anchor, anchor)) same.best = reported;
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

const FILLER = new Set(['the', 'a', 'an', 'is', 'are', 'of', 'in', 'to', 'and', 'or', 'by', 'with', 'for', 'on', 'may']);

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

function findingOf(group: Group): Finding {
  const { anchor, best } = group;
  return {
    id: '',
    file: anchor.file.path,
    startLine: anchor.startLine,
    endLine: anchor.endLine,
    quote: anchor.file.text.slice(anchor.start, anchor.end),
    severity: group.severity,
    category: group.category,
    title: best.title.replace(/\s+/g, ' ').trim(),
    explanation: best.explanation.trim(),
    suggestion: best.suggestion.trim(),
    edit: editOf(best, anchor),
    confidence: group.confidence,
    reporters: [...group.reporters],
    verdict: 'unverified',
    fingerprint: '',
  };
}

/**
 * Fingerprints hold while lines move and white space changes. Findings that would share one (the same code twice in a file)
 * are numbered in their order.
 */
function withIds(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const key = JSON.stringify([finding.file, finding.category, finding.quote.replace(/\s+/g, ' ')]);
    const earlier = seen.get(key) ?? 0;
    seen.set(key, earlier + 1);
    const fingerprint = shortHash(earlier === 0 ? key : `${key} ${earlier}`);
    return { ...finding, id: `f-${fingerprint}`, fingerprint };
  });
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    rankOf(a.severity) - rankOf(b.severity) ||
    compareText(a.file, b.file) ||
    a.startLine - b.startLine ||
    compareText(a.category, b.category) ||
    compareText(a.title, b.title)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(severity: Finding['severity']): number {
  return SEVERITIES.indexOf(severity);
}
