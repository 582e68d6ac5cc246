import { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';

/** Longest condition, characters. */
const MAX_LENGTH = 2_000;

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'contains';

/** A word of a condition; `at` is its 0-based position, `text` how it is written. */
export type Token = { readonly at: number; readonly text: string } & (
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'compare'; readonly operator: ComparisonOperator }
  | { readonly kind: 'and' | 'or' | 'not' | '(' | ')' | '[' | ']' | '.' | 'end' }
);

/** One alternative per kind of token; sticky, so that nothing is passed over. */
const TOKEN =
  /\s*(?:(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<name>[\p{L}_][\p{L}\p{N}_-]*)|(?<sign>&&|\|\||==|!=|<=|>=|[<>!()[\].]))/uy;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'contains']);
const CONSTANTS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const JOINS: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map([
  ['and', 'and'],
  ['&&', 'and'],
  ['or', 'or'],
  ['||', 'or'],
  ['not', 'not'],
  ['!', 'not'],
]);

/** Cuts a condition into its words, the last of which is `end`. Throws `invalid-graph`. */
export function tokenize(condition: string): Token[] {
  if (condition.length > MAX_LENGTH) {
    throw conditionError('The condition is too long', MAX_LENGTH, `Use at most ${MAX_LENGTH} characters`);
  }
  const tokens: Token[] = [];
  const end = condition.trimEnd().length;
  TOKEN.lastIndex = 0;
  for (let from = 0; from < end; from = TOKEN.lastIndex) {
    TOKEN.lastIndex = from;
    const match = TOKEN.exec(condition);
    if (match === null) throw unreadable(condition, from);
    tokens.push(tokenOf(match));
  }
  tokens.push({ kind: 'end', at: end, text: '' });
  return tokens;
}

function tokenOf(match: RegExpExecArray): Token {
  const text = match[0].trimStart();
  const at = match.index + match[0].length - text.length;
  const { text: quoted, number, name } = match.groups ?? {};
  if (quoted !== undefined) return { kind: 'literal', value: unquote(quoted), at, text };
  if (number !== undefined) return { kind: 'literal', value: Number(number), at, text };
  const join = JOINS.get(text);
  if (join !== undefined) return { kind: join, at, text };
  if (COMPARISONS.has(text)) return { kind: 'compare', operator: text as ComparisonOperator, at, text };
  if (name === undefined) return { kind: text as '(' | ')' | '[' | ']' | '.', at, text };
  const constant = CONSTANTS.get(text);
  return constant === undefined ? { kind: 'name', name, at, text } : { kind: 'literal', value: constant, at, text };
}

/** A backslash takes the next character as it is, except `\n` and `\t`. */
function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/gu, (_, one: string) => (one === 'n' ? '\n' : one === 't' ? '\t' : one));
}

function unreadable(condition: string, from: number): EnsembleError {
  const at = from + condition.slice(from).search(/\S/);
  const character = String.fromCodePoint(condition.codePointAt(at) ?? 0);
  const advice = character === '"' || character === "'" ? 'Close the quotes' : advised(character);
  return conditionError(`"${character}" does not fit`, at, advice);
}

function advised(character: string): string {
  return character === '=' ? 'Compare with "=="' : 'Use tasks, fields, values, comparisons, and, or, not';
}

/** An error in a condition, at a 0-based position. */
export function conditionError(problem: string, at: number, advice: string): EnsembleError {
  return new EnsembleError('invalid-graph', `${problem}, at character ${at + 1}.`, { hint: `${advice}.` });
}
