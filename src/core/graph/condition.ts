import type { EnsembleError } from '../errors.ts';
import type { Json } from '../json.ts';
import { type ComparisonOperator, conditionError, type Token, tokenize } from './condition-tokens.ts';

/** How deep parentheses and `not` may be nested; bounds the recursion. */
const MAX_DEPTH = 50;

/** A condition in the form in which it is evaluated. */
export type Condition =
  | { readonly kind: 'literal'; readonly value: Json }
  /** The output of the task `task`, or what lies below it. */
  | { readonly kind: 'path'; readonly task: string; readonly steps: readonly (string | number)[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly all: readonly Condition[] }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: Condition;
      readonly right: Condition;
    };

/**
 * Reads a condition over the outputs of earlier tasks:
 *
 *     review.findings.length > 0 and not (plan["risk"] == "low" or draft contains "TODO")
 *
 * Comparisons (`==`, `!=`, `<`, `<=`, `>`, `>=`, `contains`), `and`, `or`, `not` (also `&&`, `||`, `!`), parentheses, texts in
 * quotes, numbers, `true`, `false`, `null`, and paths that begin with the id of a task; an id of other characters than
 * letters, digits, `_` and `-` is written `["the id"]`. There are no calls and no names but these, so a condition can do nothing
 * but look. Throws `invalid-graph` with the position, counted from 1.
 */
export function parseCondition(text: string): Condition {
  const parser = new Parser(tokenize(text));
  return parser.condition();
}

/** Reads a path into the output of a task, such as `plan.files` or `["the plan"].files[0]`. Throws `invalid-graph`. */
export function parsePath(text: string): Condition {
  const path = parseCondition(text);
  if (path.kind === 'path') return path;
  throw conditionError('This is not a path', 0, 'Name a task and fields of its output, as in plan.files');
}

/** What a path leads to, null where there is nothing. Never throws. */
export function valueAt(path: Condition, outputOf: (task: string) => Json): Json {
  return look(path, outputOf);
}

/** Ids of the tasks that a condition looks at. */
export function tasksOf(condition: Condition): ReadonlySet<string> {
  const ids = new Set<string>();
  const visit = (one: Condition): void => {
    if (one.kind === 'path') ids.add(one.task);
    if (one.kind === 'not') visit(one.of);
    if (one.kind === 'and' || one.kind === 'or') one.all.forEach(visit);
    if (one.kind === 'compare') {
      visit(one.left);
      visit(one.right);
    }
  };
  visit(condition);
  return ids;
}

/**
 * Whether a condition holds. `outputOf` gives the output of a task, null where there is none. Never throws: what is not there
 * is null, and what cannot be compared is not equal, not less and not more. A value on its own holds unless it is null, false,
 * 0 or an empty text.
 */
export function holds(condition: Condition, outputOf: (task: string) => Json): boolean {
  switch (condition.kind) {
    case 'not':
      return !holds(condition.of, outputOf);
    case 'and':
      return condition.all.every((one) => holds(one, outputOf));
    case 'or':
      return condition.all.some((one) => holds(one, outputOf));
    case 'compare':
      return compare(condition.operator, look(condition.left, outputOf), look(condition.right, outputOf));
    default:
      return Boolean(look(condition, outputOf));
  }
}

function look(condition: Condition, outputOf: (task: string) => Json): Json {
  if (condition.kind === 'literal') return condition.value;
  if (condition.kind !== 'path') return holds(condition, outputOf);
  return condition.steps.reduce<Json>(stepInto, outputOf(condition.task));
}

/** Own properties only: a path must not reach what JavaScript adds to every object. */
function stepInto(value: Json, step: string | number): Json {
  if (step === 'length' && (typeof value === 'string' || Array.isArray(value))) return value.length;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return null;
  return (value as Readonly<Record<string | number, Json>>)[step] ?? null;
}

function compare(operator: ComparisonOperator, left: Json, right: Json): boolean {
  if (operator === '==') return same(left, right);
  if (operator === '!=') return !same(left, right);
  if (operator === 'contains') return contains(left, right);
  if (typeof left === 'number' && typeof right === 'number') return ordered(operator, left - right);
  if (typeof left === 'string' && typeof right === 'string') {
    return ordered(operator, left === right ? 0 : left < right ? -1 : 1);
  }
  return false;
}

function ordered(operator: '<' | '<=' | '>' | '>=', difference: number): boolean {
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}

function contains(whole: Json, part: Json): boolean {
  if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
  return Array.isArray(whole) && whole.some((one) => same(one, part));
}

function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(stepInto(a, key), stepInto(b, key)));
}

/** Recursive descent: `or` binds least, then `and`, then `not`, then comparisons. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  condition(): Condition {
    const condition = this.#or();
    const rest = this.#next();
    if (rest.kind !== 'end') throw unexpected(rest, 'Join two conditions with "and" or "or"');
    return condition;
  }

  #or(): Condition {
    return this.#joined('or', () => this.#joined('and', () => this.#not()));
  }

  #joined(kind: 'and' | 'or', part: () => Condition): Condition {
    const first = part();
    const all = [first];
    while (this.#take(kind)) all.push(part());
    return all.length === 1 ? first : { kind, all };
  }

  #not(): Condition {
    if (!this.#take('not')) return this.#comparison();
    return this.#nested(() => ({ kind: 'not', of: this.#not() }));
  }

  #comparison(): Condition {
    const left = this.#operand();
    const operator = this.#peek();
    if (operator.kind !== 'compare') return left;
    this.#at++;
    return { kind: 'compare', operator: operator.operator, left, right: this.#operand() };
  }

  #operand(): Condition {
    const token = this.#next();
    if (token.kind === 'literal') return { kind: 'literal', value: token.value };
    if (token.kind === 'name') return this.#path(token.name);
    if (token.kind === '[') return this.#path(String(this.#key()));
    if (token.kind !== '(') throw unexpected(token, 'Put a value, a task or a condition in parentheses here');
    const inner = this.#nested(() => this.#or());
    if (!this.#take(')')) throw unexpected(this.#peek(), 'Close the parenthesis with ")"');
    return inner;
  }

  #path(task: string): Condition {
    const steps: (string | number)[] = [];
    for (;;) {
      if (this.#take('.')) {
        const step = this.#next();
        if (step.kind !== 'name') throw unexpected(step, 'Name a field after "."');
        steps.push(step.name);
      } else if (this.#take('[')) steps.push(this.#key());
      else return { kind: 'path', task, steps };
    }
  }

  /** What stands between brackets, of which the first has been read. */
  #key(): string | number {
    const key = this.#next();
    const value = key.kind === 'literal' ? key.value : null;
    if (typeof value !== 'string' && typeof value !== 'number')
      throw unexpected(key, 'Put a text or a number in the brackets');
    if (!this.#take(']')) throw unexpected(this.#peek(), 'Close the bracket with "]"');
    return value;
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH)
      throw conditionError('The condition is nested too deep', this.#peek().at, 'Split it');
    const inner = read();
    this.#depth--;
    return inner;
  }

  #take(kind: Token['kind']): boolean {
    if (this.#peek().kind !== kind) return false;
    this.#at++;
    return true;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #peek(): Token {
    // The last token is the end, which is never passed.
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: 'end', at: 0, text: '' };
  }
}

function unexpected(token: Token, advice: string): EnsembleError {
  const what = token.kind === 'end' ? 'The condition ends too early' : `"${token.text}" does not fit`;
  return conditionError(what, token.at, advice);
}
