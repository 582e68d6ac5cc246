import type { PromptFile } from '../context/numbered-files.ts';
import { maskScript } from './mask-script.ts';
import type { Range } from './masked-text.ts';
import { type FunctionInfo, findFunctions } from './script-functions.ts';
import { SourceCode } from './source-code.ts';

/** A `for` or `while` loop. */
export interface LoopInfo {
  readonly kind: 'for' | 'for-of' | 'for-in' | 'for-await' | 'while';
  readonly start: number;
  /** Between the parentheses. */
  readonly header: Range;
  /** The block with its braces, or the statement. */
  readonly body: Range;
}

const LOOP = /\b(for|while)\b(\s+await\b)?\s*\(/g;
/** A statement goes on over a line break after or before one of these. */
const GOES_ON_AFTER = /(?:[,+\-*/%=<&|^!~?:.([{]|=>)$/;
const GOES_ON_BEFORE = /^(?:[.,+\-*/%=<>&|^?:)\]([`]|(?:instanceof|in|of|as|satisfies)\b)/;

/** TypeScript or JavaScript. */
export class ScriptCode extends SourceCode {
  #functions: readonly FunctionInfo[] | null = null;
  #loops: readonly LoopInfo[] | null = null;

  constructor(file: PromptFile) {
    super(file, maskScript(file.text));
  }

  get functions(): readonly FunctionInfo[] {
    this.#functions ??= findFunctions(this);
    return this.#functions;
  }

  get loops(): readonly LoopInfo[] {
    this.#loops ??= this.#findLoops();
    return this.#loops;
  }

  /** The innermost function whose body holds `offset`; null at the top level. */
  functionAt(offset: number): FunctionInfo | null {
    return innermost(this.functions, offset, ({ body }) => body);
  }

  /** The innermost loop whose body holds `offset`, without leaving the function; null: there is none. */
  loopAt(offset: number): LoopInfo | null {
    const loop = innermost(this.loops, offset, ({ body }) => body);
    const within = this.functionAt(offset)?.body;
    return loop && (!within || loop.start >= within.start) ? loop : null;
  }

  /** True where a statement can begin: after a brace, a semicolon, the end of a line that was complete. */
  beginsStatement(offset: number): boolean {
    const before = this.skipSpaceBack(offset);
    const character = this.code[before];
    if (character === undefined || character === ';' || character === '{' || character === '}') return true;
    if (!this.code.slice(before, offset).includes('\n') || GOES_ON_AFTER.test(this.code.slice(before - 1, before + 1)))
      return false;
    if (character === ')') return !this.#closesCondition(before);
    return !/\b(?:else|do|return|case|await|new|typeof|void|throw|in|of)$/.test(
      this.code.slice(Math.max(0, before - 8), before + 1),
    );
  }

  /** End (exclusive) of the statement that holds `offset`, its semicolon included. */
  statementEnd(offset: number): number {
    for (let at = offset; at < this.code.length; at++) {
      const character = this.code[at] ?? '';
      const literal = this.literalAt(at);
      if (literal) at = literal.end - 1;
      else if (character === ';') return at + 1;
      else if (')]}'.includes(character)) return at;
      else if ('([{'.includes(character)) at = this.matching(at) ?? at;
      else if (character === '\n' && this.#endsAtLineBreak(offset, at)) return at;
    }
    return this.code.length;
  }

  /** What stands from `offset` on to the end of the statement, without its semicolon. */
  expressionFrom(offset: number): Range {
    const end = this.statementEnd(offset);
    return this.trimmed({ start: offset, end: this.code[end - 1] === ';' ? end - 1 : end });
  }

  #endsAtLineBreak(start: number, lineBreak: number): boolean {
    const before = this.skipSpaceBack(lineBreak);
    if (before < start) return false;
    const next = this.skipSpace(lineBreak);
    if (next >= this.code.length) return true;
    const last = this.code.slice(before - 1, before + 1);
    if (GOES_ON_AFTER.test(last) && last !== '++' && last !== '--') return false;
    return !GOES_ON_BEFORE.test(this.code.slice(next, next + 12));
  }

  /** True for the closing parenthesis of `if (...)`, `for (...)`, `while (...)`, `with (...)`. */
  #closesCondition(close: number): boolean {
    const open = this.matching(close);
    if (open === null) return false;
    const before = this.skipSpaceBack(open);
    return /\b(?:if|for|while|with|await)$/.test(this.code.slice(Math.max(0, before - 6), before + 1));
  }

  #findLoops(): LoopInfo[] {
    const loops: LoopInfo[] = [];
    for (const match of this.code.matchAll(LOOP)) {
      const open = match.index + match[0].length - 1;
      const close = this.matching(open);
      if (close === null || this.code[match.index - 1] === '.') continue;
      const start = this.skipSpace(close + 1);
      // The end of a do loop, whose block is not looked at.
      if (this.code[start] === ';' || start >= this.code.length) continue;
      const end = this.code[start] === '{' ? (this.matching(start) ?? start) + 1 : this.statementEnd(start);
      const header = { start: open + 1, end: close };
      loops.push({
        kind: kindOf(match[1] ?? '', match[2] !== undefined, this.code.slice(open + 1, close)),
        start: match.index,
        header,
        body: { start, end },
      });
    }
    return loops;
  }
}

function kindOf(word: string, isAwait: boolean, header: string): LoopInfo['kind'] {
  if (word === 'while') return 'while';
  if (isAwait) return 'for-await';
  const each = /^\s*(?:const|let|var)\s+(?:[\w$]+|[[{][^;]*?[\]}])\s+(of|in)\b/.exec(header)?.[1];
  return each === 'of' ? 'for-of' : each === 'in' ? 'for-in' : 'for';
}

function innermost<T>(all: readonly T[], offset: number, rangeOf: (one: T) => Range | null): T | null {
  let best: T | null = null;
  let size = Number.POSITIVE_INFINITY;
  for (const one of all) {
    const range = rangeOf(one);
    if (!range || offset <= range.start || offset >= range.end || range.end - range.start >= size) continue;
    best = one;
    size = range.end - range.start;
  }
  return best;
}
