import type { ScriptCode } from '../../../../core/source/script-code.ts';
import type { Change } from './refactoring-rule.ts';

const NAME = String.raw`[A-Za-z_$][\w$]*`;
const PATH = String.raw`${NAME}(?:\.${NAME})*`;
const OPERAND = String.raw`(?:${PATH}|\d[\w.]*|'[^'\n]*'|"[^"\n]*")`;

const CHOICE = new RegExp(
  String.raw`(?<=(?:\breturn|[^=!<>+*/%&|^?-]=)\s+)(${OPERAND}\s*(?:[=!]==?|[<>]=?)\s*${OPERAND})\s*\?\s*(true\s*:\s*false)(?=\s*;)`,
  'g',
);

/** `return a === b ? true : false;` is the comparison itself. */
export function* booleanChoice(code: ScriptCode): Generator<Change> {
  for (const match of code.code.matchAll(CHOICE)) {
    const comparison = match[1] ?? '';
    const end = match.index + match[0].length;
    if (code.hasComment({ start: match.index, end })) continue;
    yield { start: match.index + comparison.length, end, newText: '' };
  }
}

const TWICE = new RegExp(String.raw`(?<![\w$.])(?:if|while)\s*\(\s*(!!)\s*${PATH}\s*\)`, 'g');

/** `if (!!a)`: a condition is taken as a boolean anyway. */
export function* negatedTwice(code: ScriptCode): Generator<Change> {
  for (const match of code.code.matchAll(TWICE)) {
    const start = match.index + match[0].indexOf('!!');
    yield { start, end: start + 2, newText: '' };
  }
}

/** Words that are values and no names. */
const NO_NAMES = new Set(['__proto__', 'null', 'true', 'false', 'this', 'super']);
const PROPERTY = new RegExp(String.raw`^(${NAME})(\s*:\s*)(${NAME})$`);

/** `{ name: name }` in an object that is returned or passed on; elsewhere braces can be a type or a block. */
export function* shorthand(code: ScriptCode): Generator<Change> {
  for (const match of code.code.matchAll(/(?<=(?<![\w$.])return\s|\()\{/g)) {
    const close = code.matching(match.index);
    if (close === null || isType(code, match.index)) continue;
    for (const part of code.partsOf(match.index)) {
      const property = PROPERTY.exec(code.code.slice(part.start, part.end));
      const name = property?.[1];
      if (!property || name === undefined || name !== property[3] || NO_NAMES.has(name) || code.hasComment(part))
        continue;
      yield { start: part.start + name.length, end: part.end, newText: '' };
    }
  }
}

/** After `name(` of a declaration come parameters, and in types a brace is a type. */
function isType(code: ScriptCode, brace: number): boolean {
  const line = code.code.slice(code.linesOf({ start: brace, end: brace + 1 }).start, brace);
  return /\b(?:type|interface|declare|as|satisfies)\b|:\s*\(?$/.test(line);
}

const IMPORT = /^import\s+(?:type\s+)?(?:[A-Za-z_$][\w$]*\s*,\s*)?\{([^}]*)\}\s*from\s*['"]/gm;
/** Compilers turn markup into calls of these. */
const USED_BY_MARKUP = new Set(['React', 'h', 'jsx', 'jsxs', 'Fragment']);

/**
 * A name in the braces of an import that stands nowhere else in the file, not even in a comment or a text. One name of the
 * import stays in use, so that the module is loaded as before.
 */
export function* unusedImport(code: ScriptCode): Generator<Change> {
  if (!code.isWhole) return;
  for (const match of code.code.matchAll(IMPORT)) {
    const open = match.index + match[0].indexOf('{');
    const parts = code.partsOf(open);
    const unused = parts.map((part) => isUnused(code, code.code.slice(part.start, part.end)));
    if (
      parts.length < 2 ||
      unused.every(Boolean) ||
      code.hasComment({ start: open, end: open + (match[1]?.length ?? 0) })
    )
      continue;
    const used = parts.filter((_, index) => !unused[index]);
    const [first] = parts;
    const last = parts.at(-1);
    if (!first || !last || used.length === parts.length) continue;
    // Where each name has its line, each unused one goes with its line.
    const separator = code.text.slice(first.end, parts[1]?.start).replace(/^\s*,/, ',');
    const newText = used.map((part) => code.textOf(part)).join(separator.startsWith(',') ? separator : ', ');
    yield { start: first.start, end: last.end, newText };
  }
}

function isUnused(code: ScriptCode, specifier: string): boolean {
  const local = /([A-Za-z_$][\w$]*)$/.exec(specifier)?.[1];
  if (local === undefined || USED_BY_MARKUP.has(local)) return false;
  const words = code.text.match(new RegExp(`(?<![\\w$])${local.replace(/\$/g, '\\$')}(?![\\w$])`, 'g')) ?? [];
  return words.length === 1;
}

/** The second of two semicolons, outside of the head of a loop. */
export function* doubleSemicolon(code: ScriptCode): Generator<Change> {
  for (const match of code.code.matchAll(/;[ \t]*;(?=[ \t]*$)/gm)) {
    const line = code.linesOf({ start: match.index, end: match.index + 1 });
    const before = code.code.slice(line.start, match.index);
    if (/\b(?:for|while|if|else|do)\b|[({[]\s*$/.test(before) || before.trim() === '') continue;
    if (code.hasComment({ start: match.index, end: line.end })) continue;
    yield { start: match.index + 1, end: match.index + match[0].length, newText: '' };
  }
}
