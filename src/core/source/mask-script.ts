import { blank, type Literal, type MaskedText, type Range } from './masked-text.ts';

/** After these words a slash begins a regular expression. */
const BEFORE_REGEX = new Set(
  'return typeof case in of delete void throw new else do await yield instanceof'.split(' '),
);

/** Masks TypeScript and JavaScript. Never throws: what is not closed ends at the end of the line or of the text. */
export function maskScript(text: string): MaskedText {
  return new ScriptMasker(text).run();
}

/** A template literal that has begun. `depth` counts the braces that are open in its present expression. */
interface OpenTemplate {
  readonly start: number;
  readonly expressions: Range[];
  expressionStart: number;
  depth: number;
}

class ScriptMasker {
  readonly #text: string;
  readonly #literals: Literal[] = [];
  readonly #comments: Range[] = [];
  readonly #blanks: Range[] = [];
  readonly #templates: OpenTemplate[] = [];
  #at = 0;
  /** Offset of the last character that is neither white space nor comment; -1: none yet. */
  #last = -1;

  constructor(text: string) {
    this.#text = text;
  }

  run(): MaskedText {
    if (this.#text.startsWith('#!')) this.#comment(this.#lineEnd(0));
    while (this.#at < this.#text.length) this.#step();
    const literals = this.#literals.sort((a, b) => a.start - b.start);
    return { code: blank(this.#text, this.#blanks), literals, comments: this.#comments };
  }

  #step(): void {
    const text = this.#text;
    const character = text[this.#at] ?? '';
    const pair = text.slice(this.#at, this.#at + 2);
    if (pair === '//') this.#comment(this.#lineEnd(this.#at));
    else if (pair === '/*') {
      const close = text.indexOf('*/', this.#at + 2);
      this.#comment(close === -1 ? text.length : close + 2);
    }
    // The text begins inside of a comment (a selection, or a part of a large file).
    else if (pair === '*/') this.#restartAfter(this.#at + 2);
    else if (character === '"' || character === "'") this.#string(character);
    else if (character === '`') this.#beginTemplate();
    else if (character !== '/' || !this.#regex()) this.#plain(character);
  }

  #plain(character: string): void {
    const template = this.#templates.at(-1);
    if (template && character === '}' && template.depth === 0) {
      this.#endExpression(template);
      return;
    }
    if (template && character === '{') template.depth++;
    if (template && character === '}') template.depth--;
    if (character.trim() !== '') this.#last = this.#at;
    this.#at++;
  }

  #comment(end: number): void {
    this.#comments.push({ start: this.#at, end });
    this.#blanks.push({ start: this.#at, end });
    this.#at = end;
  }

  #restartAfter(end: number): void {
    this.#literals.length = 0;
    this.#comments.length = 0;
    this.#blanks.length = 0;
    this.#templates.length = 0;
    this.#at = 0;
    this.#last = -1;
    this.#comment(end);
  }

  /** A quote that is not closed on its line is none (text in JSX). */
  #string(quote: string): void {
    const start = this.#at;
    for (let at = start + 1; at < this.#text.length; at++) {
      const character = this.#text[at];
      if (character === '\\') at++;
      else if (character === '\n') break;
      else if (character === quote) {
        this.#literal('string', { start, end: at + 1 }, { start: start + 1, end: at });
        return;
      }
    }
    this.#last = this.#at++;
  }

  #literal(kind: Literal['kind'], range: Range, content: Range): void {
    this.#literals.push({ ...range, kind, content, expressions: [] });
    this.#blanks.push(content);
    this.#at = range.end;
    this.#last = range.end - 1;
  }

  #beginTemplate(): void {
    this.#templates.push({ start: this.#at, expressions: [], expressionStart: 0, depth: 0 });
    this.#at++;
    this.#templateText();
  }

  /** From a backtick or the end of an expression on to the next expression, or to the end of the template. */
  #templateText(): void {
    const template = this.#templates.at(-1);
    if (!template) return;
    const start = this.#at;
    let at = start;
    for (; at < this.#text.length; at++) {
      const character = this.#text[at];
      if (character === '\\') at++;
      else if (character === '`' || (character === '$' && this.#text[at + 1] === '{')) break;
    }
    at = Math.min(at, this.#text.length);
    this.#blanks.push({ start, end: at });
    if (this.#text[at] === '$') {
      template.expressionStart = at + 2;
      this.#at = at + 2;
      this.#last = at + 1;
      return;
    }
    this.#templates.pop();
    const end = Math.min(at + 1, this.#text.length);
    const content = { start: template.start + 1, end: at };
    this.#literals.push({ start: template.start, end, kind: 'template', content, expressions: template.expressions });
    this.#at = end;
    this.#last = end - 1;
  }

  #endExpression(template: OpenTemplate): void {
    template.expressions.push({ start: template.expressionStart, end: this.#at });
    this.#at++;
    this.#templateText();
  }

  #regex(): boolean {
    if (!this.#regexCanBegin()) return false;
    const start = this.#at;
    let inClass = false;
    for (let at = start + 1; at < this.#text.length; at++) {
      const character = this.#text[at];
      if (character === '\n') return false;
      if (character === '\\') at++;
      else if (character === '[') inClass = true;
      else if (character === ']') inClass = false;
      else if (character === '/' && !inClass) {
        const flags = /^[a-z]*/.exec(this.#text.slice(at + 1, at + 12))?.[0].length ?? 0;
        this.#literal('regex', { start, end: at + 1 + flags }, { start: start + 1, end: at });
        return true;
      }
    }
    return false;
  }

  /** After a value a slash divides; after `<` and `>` it belongs to a JSX tag. */
  #regexCanBegin(): boolean {
    const before = this.#text[this.#last];
    if (before === undefined) return true;
    const two = this.#text.slice(this.#last - 1, this.#last + 1);
    if (two === '=>') return true;
    if (two === '++' || two === '--') return false;
    if (/[\w$]/.test(before)) {
      const word = /[\w$]+$/.exec(this.#text.slice(Math.max(0, this.#last - 20), this.#last + 1))?.[0] ?? '';
      return BEFORE_REGEX.has(word);
    }
    return '(,=:[!&|?{;+-*%~^'.includes(before);
  }

  #lineEnd(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end === -1 ? this.#text.length : end;
  }
}
