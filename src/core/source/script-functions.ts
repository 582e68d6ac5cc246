import type { Range } from './masked-text.ts';
import type { SourceCode } from './source-code.ts';

/** A function, method or arrow function. */
export interface FunctionInfo {
  /** Empty for functions without a name. */
  readonly name: string;
  readonly kind: 'declaration' | 'expression' | 'method' | 'arrow';
  /** Where it begins, `async` included. */
  readonly start: number;
  readonly params: Range;
  /** The block with its braces; null: an expression, or only a signature. */
  readonly body: Range | null;
  readonly isAsync: boolean;
}

const FUNCTION = /\b(?:(async)\s+)?function\b\s*(\*?)\s*([\w$]*)\s*/g;
const METHOD =
  /^[ \t]*(?:(?:public|private|protected|static|override|readonly|get|set)[ \t]+)*(async[ \t]+)?(?:\*[ \t]*)?(#?[A-Za-z_$][\w$]*)[ \t]*(?=[(<])/gm;
const NO_METHOD = new Set(
  'if for while switch catch function return with await new typeof throw else do super import constructor'.split(' '),
);
const DECLARATION = /^\s*(?:export|function|async|const|let|var|class|interface|type|declare|abstract)\b/;
/** What may stand between the parameters of an arrow function with a return type and its arrow. */
const RETURN_TYPE = /\)\s*:\s*[\w$<>[\]|&.,\s]*$/;

/** All functions of a script, in the order of their kinds. */
export function findFunctions(code: SourceCode): FunctionInfo[] {
  return [...functions(code), ...methods(code), ...arrows(code)];
}

function* functions(source: SourceCode): Generator<FunctionInfo> {
  for (const match of source.code.matchAll(FUNCTION)) {
    const open = paramsAt(source, match.index + match[0].length);
    const close = open === null ? null : source.matching(open);
    if (open === null || close === null) continue;
    const before = source.code[source.skipSpaceBack(match.index)] ?? '';
    const kind = '=(,:?&|!'.includes(before) && before !== '' ? 'expression' : 'declaration';
    const name = match[3] || assignedName(source, match.index);
    yield infoOf(
      source,
      { name, kind, start: match.index, isAsync: match[1] !== undefined },
      { start: open + 1, end: close },
    );
  }
}

function* methods(source: SourceCode): Generator<FunctionInfo> {
  for (const match of source.code.matchAll(METHOD)) {
    const name = match[2] ?? '';
    const open = NO_METHOD.has(name) ? null : paramsAt(source, match.index + match[0].length);
    const close = open === null ? null : source.matching(open);
    if (open === null || close === null) continue;
    const params = { start: open + 1, end: close };
    const info = infoOf(
      source,
      { name, kind: 'method', start: source.skipSpace(match.index), isAsync: match[1] !== undefined },
      params,
    );
    if (info.body) yield info;
  }
}

function* arrows(source: SourceCode): Generator<FunctionInfo> {
  for (const { index } of source.code.matchAll(/=>/g)) {
    const params = arrowParams(source, index);
    if (!params) continue;
    const beforeParams = source.code.slice(Math.max(0, params.start - 40), params.start).replace(/\(\s*$/, '');
    const asyncWord = /\basync\s*(?:<[^()]*>\s*)?$/.exec(beforeParams);
    const open = source.code[params.start - 1] === '(' ? params.start - 1 : params.start;
    const start = open - (asyncWord ? asyncWord[0].length : 0);
    const bodyStart = source.skipSpace(index + 2);
    const close = source.code[bodyStart] === '{' ? source.matching(bodyStart) : null;
    yield {
      name: assignedName(source, start),
      kind: 'arrow',
      start,
      params,
      body: close === null ? null : { start: bodyStart, end: close + 1 },
      isAsync: asyncWord !== null,
    };
  }
}

/** The parameters before an arrow, without their parentheses. */
function arrowParams(source: SourceCode, arrow: number): Range | null {
  const last = source.skipSpaceBack(arrow);
  if (source.code[last] === ')') return insideParentheses(source, last);
  const returnType = RETURN_TYPE.exec(source.code.slice(Math.max(0, last - 200), last + 1));
  if (returnType) return insideParentheses(source, Math.max(0, last - 200) + returnType.index);
  const name = /[\w$]+$/.exec(source.code.slice(Math.max(0, last - 60), last + 1));
  return name ? { start: last + 1 - name[0].length, end: last + 1 } : null;
}

function insideParentheses(source: SourceCode, close: number): Range | null {
  const open = source.matching(close);
  return open === null ? null : { start: open + 1, end: close };
}

/** The opening parenthesis at or after type parameters. */
function paramsAt(source: SourceCode, offset: number): number | null {
  let at = source.skipSpace(offset);
  if (source.code[at] === '<') {
    for (let depth = 0; at < source.code.length; at++) {
      const character = source.code[at] ?? '';
      if (character === '<') depth++;
      else if (character === '>' && source.code[at - 1] !== '=') depth--;
      else if (character === ';') return null;
      if (depth === 0) break;
    }
    at = source.skipSpace(at + 1);
  }
  return source.code[at] === '(' ? at : null;
}

function infoOf(source: SourceCode, base: Omit<FunctionInfo, 'params' | 'body'>, params: Range): FunctionInfo {
  return { ...base, params, body: bodyAfter(source, params.end + 1) };
}

/** The block after the parameters and a return type; braces of a type are passed over. */
function bodyAfter(source: SourceCode, offset: number): Range | null {
  let at = source.skipSpace(offset);
  const hasType = source.code[at] === ':';
  if (!hasType && source.code[at] !== '{') return null;
  for (; at < source.code.length; at++) {
    const character = source.code[at] ?? '';
    if (character === ';' || character === ')' || character === '}') return null;
    // A signature without a semicolon ends where the next declaration begins.
    if (character === '\n' && DECLARATION.test(source.code.slice(at, at + 40))) return null;
    if (character === '(' || character === '[') at = source.matching(at) ?? at;
    if (character !== '{') continue;
    const close = source.matching(at);
    if (close === null) return null;
    const before = source.code[source.skipSpaceBack(at)] ?? '';
    if (!':<|&,=>'.includes(before) || !hasType) return { start: at, end: close + 1 };
    if (before === '>' && source.code[source.skipSpaceBack(at) - 1] !== '=') return { start: at, end: close + 1 };
    at = close;
  }
  return null;
}

/** The variable or property that a function expression is assigned to. */
function assignedName(source: SourceCode, start: number): string {
  const before = source.code.slice(Math.max(0, start - 200), start);
  return (
    /(?:const|let|var)\s+([\w$]+)\s*(?::[^=;{}]*)?=\s*$/.exec(before)?.[1] ??
    /([\w$#]+)\s*(?:=|:)\s*$/.exec(before)?.[1] ??
    ''
  );
}
