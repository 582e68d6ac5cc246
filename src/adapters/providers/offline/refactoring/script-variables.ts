import type { Range } from '../../../../core/source/masked-text.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import { scriptSymbols } from '../../../../core/source/script-symbols.ts';
import type { Change } from './refactoring-rule.ts';

const VAR = /(?<![\w$.])var\s+([A-Za-z_$][\w$]*)(?![\w$])/g;
/** With these around, names may be used where nobody sees them. */
const UNSEEN = /(?<![\w$.])(?:eval\s*\(|with\s*\(|new\s+Function\b)/;
const ASSIGNED_AFTER = /^\s*(?:=(?![=>])|(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)=|\+\+|--|\)?\s*(?:of|in)\b)/;
const ASSIGNED_BEFORE = /(?:\+\+|--)\s*$/;

/**
 * `var` that can as well be `const` or `let`: one name, declared once, never named before its declaration nor outside of its
 * block, not in a loop or switch (where each round or case would see another variable), and not seen by function
 * declarations, which can run before it.
 */
export function* variables(code: ScriptCode): Generator<Change> {
  if (UNSEEN.test(code.code)) return;
  const { module, symbols } = scriptSymbols(code.text);
  const isModule = code.isWhole && module !== null;
  const exported = new Set(symbols.map(({ name }) => name));
  for (const match of code.code.matchAll(VAR)) {
    const start = match.index;
    const name = match[1] ?? '';
    if (name === 'let' || name === 'arguments' || !code.beginsStatement(start)) continue;
    const owner = code.functionAt(start);
    const scope = owner?.body ?? (isModule ? { start: 0, end: code.code.length } : null);
    if (!scope || code.loopAt(start) !== null) continue;
    // Modules that import one another can see an exported variable before its declaration has run.
    if (!owner && exported.has(name)) continue;
    const block = blockAt(code, start, scope);
    if (!block) continue;
    const afterName = start + match[0].length;
    const isInitialised = /^\s*(?::[^=;]*)?=(?![=>])/.test(code.code.slice(afterName, afterName + 200));
    if (hasMoreNames(code, start, afterName)) continue;
    const uses = occurrences(code, name, scope).filter((at) => at !== afterName - name.length);
    if (!uses.every((at) => at > start && at < block.end)) continue;
    if (uses.some((at) => isDeclared(code, at) || inDeclaredFunction(code, at, owner?.start ?? -1))) continue;
    if (owner && namesParameter(code, owner.params, name)) continue;
    const isConstant = isInitialised && !uses.some((at) => mayAssign(code, at, name.length));
    yield { start, end: start + 3, newText: isConstant ? 'const' : 'let' };
  }
}

/** The block around a place: braces that no `switch` owns; null where there is none of its own. */
function blockAt(code: ScriptCode, offset: number, scope: Range): Range | null {
  let depth = 0;
  for (let at = offset - 1; at > scope.start; at--) {
    const character = code.code[at] ?? '';
    if (')]}'.includes(character)) depth++;
    else if ('([{'.includes(character) && depth > 0) depth--;
    else if (character === '{') {
      const close = code.matching(at);
      const before = code.code.slice(Math.max(0, at - 200), at);
      // A class body, an object or a switch is no block.
      const isBlock = /(?:\)|\belse|\btry|\bdo|\bfinally|=>|[;{}])\s*$/.test(before) && !isSwitch(code, at);
      return close === null || !isBlock ? null : { start: at, end: close };
    } else if ('(['.includes(character)) return null;
  }
  return scope;
}

function isSwitch(code: ScriptCode, brace: number): boolean {
  const close = code.skipSpaceBack(brace);
  const open = code.code[close] === ')' ? code.matching(close) : null;
  return open !== null && /\bswitch\s*$/.test(code.code.slice(Math.max(0, open - 20), open));
}

function hasMoreNames(code: ScriptCode, start: number, afterName: number): boolean {
  const end = code.statementEnd(start);
  for (let at = afterName; at < end; at++) {
    const character = code.code[at] ?? '';
    if ('([{'.includes(character)) at = code.matching(at) ?? at;
    else if (character === ',') return true;
  }
  return false;
}

/** Where the name stands as a word of its own, not as a property of something. */
function occurrences(code: ScriptCode, name: string, { start, end }: Range): number[] {
  const word = new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name.replace(/\$/g, '\\$')}(?![\\w$])`, 'g');
  return [...code.code.slice(start, end).matchAll(word)].map(({ index }) => start + index);
}

/** Declared once more: by a word in front, in a list of declarations, or in a pattern. */
function isDeclared(code: ScriptCode, at: number): boolean {
  const before = code.skipSpaceBack(at);
  if (code.code[before] === ',' && !isInBrackets(code, at)) return true;
  if (inPattern(code, at)) return true;
  return /(?:\b(?:var|let|const|function|class|catch\s*\(|import)\s*\*?\s*|[,[{]\s*\.\.\.)$/.test(
    code.code.slice(Math.max(0, at - 40), at),
  );
}

/** Inside of parentheses or square brackets, before any brace. */
function isInBrackets(code: ScriptCode, at: number): boolean {
  let depth = 0;
  for (let back = at - 1; back >= 0; back--) {
    const character = code.code[back] ?? '';
    if (')]}'.includes(character)) depth++;
    else if ('([{'.includes(character)) {
      if (depth === 0)
        return character !== '{' || !/[;{}]\s*$|\)\s*$/.test(code.code.slice(Math.max(0, back - 50), back));
      depth--;
    } else if (character === ';' && depth === 0) return false;
  }
  return false;
}

/** Function declarations are there from the beginning of their scope. */
function inDeclaredFunction(code: ScriptCode, at: number, outer: number): boolean {
  return code.functions.some(
    ({ kind, body, start }) => kind === 'declaration' && body !== null && start > outer && at > start && at < body.end,
  );
}

function namesParameter(code: ScriptCode, params: Range, name: string): boolean {
  return occurrences(code, name, params).length > 0;
}

/** Also true for what only looks like an assignment: `let` is never wrong. */
function mayAssign(code: ScriptCode, at: number, length: number): boolean {
  const before = code.code.slice(Math.max(0, at - 12), at);
  const after = code.code.slice(at + length, at + length + 12);
  return ASSIGNED_AFTER.test(after) || ASSIGNED_BEFORE.test(before);
}

/** Inside of brackets that an `=` follows: `[a, b] = ...`, `({ a } = ...)`. */
function inPattern(code: ScriptCode, at: number): boolean {
  for (let close = at; close < code.code.length; close++) {
    const character = code.code[close] ?? '';
    if ('([{'.includes(character)) close = code.matching(close) ?? close;
    else if (')]}'.includes(character) && /^\s*(?:=(?!=)|of\b|in\b)/.test(code.code.slice(close + 1, close + 20)))
      return true;
    else if (character === ';') return false;
  }
  return false;
}
