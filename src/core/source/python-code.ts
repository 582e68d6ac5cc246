import type { PromptFile } from '../context/numbered-files.ts';
import { maskPython } from './mask-python.ts';
import type { Range } from './masked-text.ts';
import { SourceCode } from './source-code.ts';

/** A logical line: physical lines joined by brackets or backslashes. Blank lines and comments are none. */
export interface PythonLine extends Range {
  readonly indent: number;
  /** Masked, without indentation and line end. */
  readonly code: string;
}

/** A function; `body` are indexes into the lines. */
export interface PythonFunction {
  readonly name: string;
  readonly isAsync: boolean;
  readonly header: PythonLine;
  /** Between the parentheses. */
  readonly params: Range;
  readonly body: readonly PythonLine[];
}

const FUNCTION = /^(async\s+)?def\s+(\w+)\s*\(/;

/** Python. */
export class PythonCode extends SourceCode {
  readonly lines: readonly PythonLine[];
  readonly functions: readonly PythonFunction[];
  readonly #longLiterals: readonly Range[];

  constructor(file: PromptFile) {
    super(file, maskPython(file.text));
    this.#longLiterals = this.literals.filter((literal) => this.textOf(literal).includes('\n'));
    this.lines = this.#logicalLines();
    this.functions = this.lines.flatMap((line, index) => this.#functionOf(line, index) ?? []);
  }

  /** The lines below a header, up to the first that is not indented further. */
  block(header: PythonLine, index = this.lines.indexOf(header)): readonly PythonLine[] {
    let to = index + 1;
    while ((this.lines[to]?.indent ?? -1) > header.indent) to++;
    return this.lines.slice(index + 1, to);
  }

  /** The innermost function that holds `offset`; null at the top level. */
  functionAt(offset: number): PythonFunction | null {
    return (
      this.functions.findLast(({ header, body }) => offset > header.start && offset < (body.at(-1)?.end ?? 0)) ?? null
    );
  }

  /** True where the first statement of a block is a text. */
  hasDocstring(body: readonly PythonLine[]): boolean {
    const first = body[0];
    return first !== undefined && this.literalAt(first.start + first.indent)?.start === first.start + first.indent;
  }

  #functionOf(header: PythonLine, index: number): PythonFunction | null {
    const match = FUNCTION.exec(header.code);
    if (!match) return null;
    const open = header.start + header.indent + match[0].length - 1;
    const close = this.matching(open);
    if (close === null) return null;
    const params = { start: open + 1, end: close };
    return { name: match[2] ?? '', isAsync: match[1] !== undefined, header, params, body: this.block(header, index) };
  }

  #logicalLines(): PythonLine[] {
    const lines: PythonLine[] = [];
    let start = 0;
    while (start < this.code.length) {
      const end = this.#lineEnd(start);
      const masked = this.code.slice(start, end);
      const trimmed = masked.trimStart();
      if (trimmed.trim() !== '')
        lines.push({ start, end, indent: masked.length - trimmed.length, code: trimmed.trimEnd() });
      start = end + 1;
    }
    return lines;
  }

  #lineEnd(start: number): number {
    for (let at = start; at < this.code.length; at++) {
      const character = this.code[at] ?? '';
      if ('([{'.includes(character)) at = this.matching(at) ?? at;
      else if (character === '\\' && this.code[at + 1] === '\n') at++;
      else if (character === '\n' && !this.#insideLiteral(at)) return at;
    }
    return this.code.length;
  }

  #insideLiteral(offset: number): boolean {
    return this.#longLiterals.some(({ start, end }) => start < offset && offset < end);
  }
}
