import type { PromptFile } from '../context/numbered-files.ts';
import type { Literal, MaskedText, Range } from './masked-text.ts';

const OPENING = '([{';
const CLOSING = ')]}';
/** Folders of tests, and the usual names of test files. */
const TEST_PATH =
  /(?:^|\/)(?:tests?|specs?|__tests__|e2e|[\w-]+-tests)\/|(?:^|[/._-])(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$/i;

/** A file as the rules look at it: text, masked code, and where things are. */
export class SourceCode {
  readonly path: string;
  readonly text: string;
  /** {@link MaskedText}: comments and texts are blank. */
  readonly code: string;
  readonly literals: readonly Literal[];
  readonly comments: readonly Range[];
  /** True for tests by the file's name or folder. */
  readonly isTest: boolean;
  /** False for a part of a file: what stands elsewhere is not known. */
  readonly isWhole: boolean;
  readonly #startLine: number;
  readonly #lineStarts: readonly number[];
  readonly #literalByStart: ReadonlyMap<number, Literal>;
  #pairs: ReadonlyMap<number, number> | null = null;

  constructor({ path, text, startLine, note }: PromptFile, masked: MaskedText) {
    this.path = path;
    this.text = text;
    this.code = masked.code;
    this.literals = masked.literals;
    this.comments = masked.comments;
    this.isTest = TEST_PATH.test(path);
    this.isWhole = startLine === 1 && note === undefined;
    this.#startLine = startLine;
    this.#lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    this.#literalByStart = new Map(masked.literals.map((literal) => [literal.start, literal]));
  }

  /** 1-based line of the file. */
  lineAt(offset: number): number {
    return this.#startLine + this.#lineIndex(offset);
  }

  /** The complete lines that a range touches, without the last line break. */
  linesOf({ start, end }: Range): Range {
    const first = this.#lineStarts[this.#lineIndex(start)] ?? 0;
    const next = this.#lineStarts[this.#lineIndex(Math.max(start, end - 1)) + 1];
    return { start: first, end: next === undefined ? this.text.length : next - 1 };
  }

  /** The line before the one at `offset`; empty for the first. */
  textOfLineBefore(offset: number): string {
    const index = this.#lineIndex(offset);
    return index === 0 ? '' : this.text.slice(this.#lineStarts[index - 1], (this.#lineStarts[index] ?? 1) - 1);
  }

  textOf({ start, end }: Range): string {
    return this.text.slice(start, end);
  }

  /** The literal that begins at `offset`. */
  literalAt(offset: number): Literal | null {
    return this.#literalByStart.get(offset) ?? null;
  }

  /** The literals inside of a range. */
  literalsIn({ start, end }: Range): Literal[] {
    return this.literals.filter((literal) => literal.start >= start && literal.end <= end);
  }

  /** True where a comment touches the range. */
  hasComment({ start, end }: Range): boolean {
    return this.comments.some((comment) => comment.start < end && comment.end > start);
  }

  /** The bracket that belongs to the one at `offset`; null: there is none. */
  matching(offset: number): number | null {
    this.#pairs ??= pairsOf(this.code);
    return this.#pairs.get(offset) ?? null;
  }

  /** Offset of the first character from `offset` on that is not white space (or a comment); the length at the end. */
  skipSpace(offset: number): number {
    let at = offset;
    while (at < this.code.length && /\s/.test(this.code[at] ?? '')) at++;
    return at;
  }

  /** Offset of the last character before `offset` that is not white space; -1: there is none. */
  skipSpaceBack(offset: number): number {
    let at = offset - 1;
    while (at >= 0 && /\s/.test(this.code[at] ?? '')) at--;
    return at;
  }

  /** The arguments of a call or the like, split at its commas; `open` is the offset of the opening bracket. */
  partsOf(open: number): Range[] {
    const close = this.matching(open);
    if (close === null) return [];
    const parts: Range[] = [];
    let start = open + 1;
    for (let at = start; at < close; at++) {
      const character = this.code[at] ?? '';
      if (OPENING.includes(character)) at = this.matching(at) ?? at;
      else if (character === ',') {
        parts.push(this.trimmed({ start, end: at }));
        start = at + 1;
      }
    }
    const last = this.trimmed({ start, end: close });
    return last.end > last.start ? [...parts, last] : parts;
  }

  /** The range without white space (and comments) at its ends. */
  trimmed({ start, end }: Range): Range {
    const from = Math.min(this.skipSpace(start), end);
    return { start: from, end: Math.max(from, this.skipSpaceBack(end) + 1) };
  }

  #lineIndex(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Brackets that belong together, both ways. One that does not fit is left out, so that the rest still does. */
function pairsOf(code: string): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < code.length; at++) {
    const character = code[at] ?? '';
    if (OPENING.includes(character)) open.push(at);
    else if (CLOSING.includes(character)) {
      const wanted = OPENING[CLOSING.indexOf(character)];
      const depth = open.findLastIndex((offset) => code[offset] === wanted);
      if (depth === -1) continue;
      const start = open[depth] ?? 0;
      open.length = depth;
      pairs.set(start, at);
      pairs.set(at, start);
    }
  }
  return pairs;
}
