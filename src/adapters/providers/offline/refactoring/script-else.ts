import type { Range } from '../../../../core/source/masked-text.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import type { Change } from './refactoring-rule.ts';

const IF = /(?<![\w$.])if\s*\(/g;
const DECLARES = /(?<![\w$.])(?:let|const|class|function|var|using)(?![\w$])/;

/**
 * `if (...) { ...; return x; } else { ... }`: what is in the else happens only if the branch before did not leave. Only where
 * the `if` is a statement of a block and the else declares no name, which could meet one outside.
 */
export function* redundantElse(code: ScriptCode): Generator<Change> {
  let last = -1;
  for (const match of code.code.matchAll(IF)) {
    const found = elseAt(code, match.index, match.index + match[0].length - 1);
    if (!found || match.index < last) continue;
    last = found.end;
    yield found;
  }
}

function elseAt(code: ScriptCode, start: number, open: number): Change | null {
  // Behind `else` or `)` it is the only statement there, and a second one would be outside.
  const before = code.skipSpaceBack(start);
  if (before >= 0 && !';{}'.includes(code.code[before] ?? '')) return null;
  const close = code.matching(open);
  const then = close === null ? -1 : code.skipSpace(close + 1);
  const thenEnd = code.code[then] === '{' ? code.matching(then) : null;
  if (thenEnd === null || !leaves(code, { start: then + 1, end: thenEnd })) return null;
  const word = code.skipSpace(thenEnd + 1);
  const gap = code.code.slice(word, word + 5);
  if (!/^else\b/.test(gap)) return null;
  const block = code.skipSpace(word + 4);
  const blockEnd = code.code[block] === '{' ? code.matching(block) : null;
  if (blockEnd === null || code.hasComment({ start: thenEnd, end: block })) return null;
  return unwrapped(code, start, thenEnd, { start: block + 1, end: blockEnd });
}

/** True where the last statement of a block is a return, throw, continue or break. */
function leaves(code: ScriptCode, block: Range): boolean {
  const end = code.skipSpaceBack(block.end);
  for (const match of code.code
    .slice(block.start, block.end)
    .matchAll(/(?<![\w$.])(?:return|throw|continue|break)(?![\w$])/g)) {
    const at = block.start + match.index;
    const before = code.skipSpaceBack(at);
    // The only statement of an `if` would not always be reached.
    if (before >= block.start && !';}'.includes(code.code[before] ?? '')) continue;
    if (before >= block.start && code.code[before] === '}' && /^\s*else\b/.test(code.code.slice(before + 1, at + 1)))
      continue;
    if (code.statementEnd(at) >= end + 1 && code.statementEnd(at) <= block.end) return true;
  }
  return false;
}

function unwrapped(code: ScriptCode, start: number, thenEnd: number, inner: Range): Change | null {
  const text = code.text.slice(inner.start, inner.end);
  const body = text.replace(/^[ \t]*\n/, '').replace(/\n[ \t]*$/, '');
  const spansLines = code
    .literalsIn(inner)
    .some((literal) => code.text.slice(literal.start, literal.end).includes('\n'));
  const ownLines = /^[ \t]*\n/.test(text) && /\n[ \t]*$/.test(text);
  // Without a semicolon the last statement could go on in the next line.
  const isEnded = ';}'.includes(code.code[code.skipSpaceBack(inner.end)] ?? '');
  if (!ownLines || spansLines || !isEnded || DECLARES.test(code.code.slice(inner.start, inner.end))) return null;
  const line = code.linesOf({ start, end: start + 1 }).start;
  const indent = /^[ \t]*/.exec(code.text.slice(line))?.[0] ?? '';
  const lines = body.split('\n');
  const deeper = /^[ \t]*/.exec(lines.find((one) => one.trim() !== '') ?? '')?.[0] ?? '';
  if (deeper.length <= indent.length || !deeper.startsWith(indent)) return null;
  const step = deeper.slice(indent.length);
  if (!lines.every((one) => one.trim() === '' || one.startsWith(indent + step))) return null;
  const dedented = lines.map((one) => (one.trim() === '' ? '' : indent + one.slice(indent.length + step.length)));
  return { start: thenEnd + 1, end: inner.end + 1, newText: `\n${dedented.join('\n')}` };
}
