import type { Range } from '../../../../core/source/masked-text.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';

/** Where the client of a server decides about a value. */
const REQUEST =
  /\b(?:req|request|ctx|context)(?:\.request)?\.(?:params|query|body|headers|cookies)\b|\bsearchParams\.get\(/;
/** What makes a value harmless for most uses. */
const CLEANED =
  /\b(?:Number|parseInt|parseFloat|BigInt|Boolean|encodeURIComponent|escape\w*|sanitize\w*|validate\w*|basename|normalize\w*)\s*\(|\.(?:parse|safeParse|includes|has|test|indexOf)\(/;

/** True where a range uses what a client sent, directly or through a variable that is set to it in the same function. */
export function usesRequest(code: ScriptCode, range: Range): boolean {
  const text = code.code.slice(range.start, range.end);
  if (CLEANED.test(text)) return false;
  if (REQUEST.test(text)) return true;
  const names = requestNames(code, range.start);
  return names.size > 0 && [...text.matchAll(/(?<![.\w$])[A-Za-z_$][\w$]*/g)].some(([name]) => names.has(name));
}

/** Variables of the function around `offset` that hold what a client sent, unchanged. */
function requestNames(code: ScriptCode, offset: number): ReadonlySet<string> {
  const body = code.functionAt(offset)?.body;
  const names = new Set<string>();
  if (!body) return names;
  const before = code.code.slice(body.start, offset);
  for (const match of before.matchAll(/\b(?:const|let|var)\s+(?:([\w$]+)|\{([^{}]*)\})\s*(?::[^=;]*)?=\s*([^;\n]*)/g)) {
    const [, name, fields, value = ''] = match;
    if (!REQUEST.test(value) || CLEANED.test(value)) continue;
    if (name !== undefined) names.add(name);
    for (const field of fields?.split(',') ?? []) {
      const bound = /([\w$]+)\s*(?:=.*)?$/.exec(field.trim())?.[1];
      if (bound !== undefined) names.add(bound);
    }
  }
  for (const name of names)
    if (new RegExp(`\\b(?:if|assert)\\s*\\([^)]*\\b${escapeName(name)}\\b`).test(before)) names.delete(name);
  return names;
}

function escapeName(name: string): string {
  return name.replaceAll('$', '\\$');
}

/** True where a text is put together from parts that are not constant: a template or `+`. */
export function isBuiltText(code: ScriptCode, range: Range): boolean {
  const literals = code.literalsIn(range);
  if (literals.some(({ expressions }) => expressions.some((one) => !isConstantName(code.textOf(one))))) return true;
  return literals.some((literal) => isConcatenated(code, literal, range));
}

/** `'...' + value` or `value + '...'`. */
function isConcatenated(code: ScriptCode, literal: Range, within: Range): boolean {
  if (code.literalAt(literal.start)?.kind === 'regex') return false;
  const next = code.skipSpace(literal.end);
  if (next < within.end && code.code[next] === '+' && code.code[next + 1] !== '+') {
    const operand = code.skipSpace(next + 1);
    if (isValueAt(code, operand)) return true;
  }
  const before = code.skipSpaceBack(literal.start);
  if (before <= within.start || code.code[before] !== '+') return false;
  const operand = code.skipSpaceBack(before);
  return /[\w$)\]]/.test(code.code[operand] ?? '') && !isConstantName(nameBefore(code.code, operand));
}

function isValueAt(code: ScriptCode, offset: number): boolean {
  if (code.literalAt(offset)) return false;
  const name = /^[\w$.]+/.exec(code.code.slice(offset, offset + 80))?.[0];
  return name !== undefined && !isConstantName(name);
}

function nameBefore(code: string, last: number): string {
  return /[\w$.]+$/.exec(code.slice(Math.max(0, last - 80), last + 1))?.[0] ?? '';
}

/** `LIMIT`, `Tables.USERS`, `12`: fixed by the program. */
function isConstantName(text: string): boolean {
  return /^\s*(?:[\w$]+\.)*(?:[A-Z][A-Z0-9_]*|\d+)\s*$/.test(text);
}

/** True inside a function with the parameters of a request handler. */
export function isInRequestHandler(code: ScriptCode, offset: number): boolean {
  const info = code.functionAt(offset);
  if (!info) return false;
  const params = code.code.slice(info.params.start, info.params.end);
  return /^\s*_?(?:req|request)\b[^,]*,\s*_?(?:res|response|reply)\b/.test(params);
}
