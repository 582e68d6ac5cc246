import type { Severity } from '../../../../core/results.ts';
import type { LensName } from '../../../../core/review/lenses.ts';
import type { Range } from '../../../../core/source/masked-text.ts';
import type { PythonCode } from '../../../../core/source/python-code.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import type { SourceCode } from '../../../../core/source/source-code.ts';

/** One thing that the offline reviewer recognises. */
export interface Rule<Code extends SourceCode> {
  /** Stable, for tests and the list in the documentation. */
  readonly id: string;
  readonly lens: LensName;
  readonly severity: Severity;
  readonly title: string;
  /** Why it is a problem. */
  readonly explanation: string;
  readonly suggestion: string;
  /** How often a match is a real problem, 0 to 1. */
  readonly confidence: number;
  /** What is everywhere once it is somewhere: the first place of a file stands for all of them. */
  readonly oncePerFile?: true;
  /** Places at which the code is so. Precision goes first: what is not certain is left out. */
  find(code: Code): Iterable<Match>;
}

/** A place, with what is particular about it. */
export interface Match extends Range {
  readonly title?: string;
  readonly severity?: Severity;
  readonly explanation?: string;
  /** The range's new text, where a small safe change solves it. */
  readonly newText?: string;
}

/** A rule for TypeScript and JavaScript. */
export type ScriptRule = Rule<ScriptCode>;
/** A rule for Python. */
export type PythonRule = Rule<PythonCode>;

/** Ranges of all matches of a pattern in the masked code. */
export function* matchesOf(code: SourceCode, pattern: RegExp): Generator<Range & { readonly match: RegExpExecArray }> {
  for (const match of code.code.matchAll(pattern)) {
    yield { start: match.index, end: match.index + match[0].length, match };
  }
}

/** A call: the callee's range, its opening parenthesis, its arguments. */
export interface Call extends Range {
  readonly open: number;
  readonly args: readonly Range[];
  readonly match: RegExpExecArray;
}

/** All calls of what a pattern matches; the pattern ends with the opening parenthesis. `end` is that of the whole call. */
export function* callsOf(code: SourceCode, pattern: RegExp): Generator<Call> {
  for (const { start, end, match } of matchesOf(code, pattern)) {
    const close = code.matching(end - 1);
    if (close !== null) yield { start, end: close + 1, open: end - 1, args: code.partsOf(end - 1), match };
  }
}

/** True for a single literal without anything filled in. */
export function isPlainLiteral(code: SourceCode, range: Range): boolean {
  const literal = code.literalAt(range.start);
  return literal !== null && literal.end === range.end && literal.expressions.length === 0;
}

/** The text of a literal without its quotes. */
export function contentOf(code: SourceCode, literal: { readonly content: Range }): string {
  return code.textOf(literal.content);
}
