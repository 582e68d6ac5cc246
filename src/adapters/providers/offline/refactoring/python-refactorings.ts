import type { PythonCode, PythonLine } from '../../../../core/source/python-code.ts';
import type { Change, PythonRefactoring } from './refactoring-rule.ts';
import { trailingSpace } from './trailing-space.ts';

const NAME = String.raw`[A-Za-z_][\w.]*`;

/** The safe changes for Python. */
export const PYTHON_REFACTORINGS: readonly PythonRefactoring[] = [
  { id: 'python-none', title: 'Compare with None by identity.', find: none },
  { id: 'python-not-in', title: 'Write "not in" and "is not" as one operator.', find: notIn },
  { id: 'python-else-after-return', title: 'Drop the else after a branch that always leaves.', find: redundantElse },
  { id: 'python-useless-pass', title: 'Remove the pass beside other statements.', find: uselessPass },
  { id: 'python-parentheses', title: 'Remove the parentheses around the condition.', find: parentheses },
  { id: 'python-trailing-space', title: 'Remove white space at the end of the line.', find: trailingSpace },
];

/** `if x == None:`. Only a plain name as a whole condition: elsewhere `==` can build a query or an array. */
function* none(code: PythonCode): Generator<Change> {
  for (const line of code.lines) {
    const match = /^((?:if|elif|while)\s+[A-Za-z_]\w*\s*)(==|!=)(\s*None\s*:)/.exec(line.code);
    if (!match) continue;
    const start = line.start + line.indent + (match[1] ?? '').length;
    yield { start, end: start + 2, newText: match[2] === '==' ? 'is' : 'is not' };
  }
}

/** `not a in b` means `a not in b`; both compile to the same. */
function* notIn(code: PythonCode): Generator<Change> {
  const pattern = new RegExp(
    String.raw`(?<=^[ \t]*(?:if|elif|while|return|assert)\s+)not\s+(${NAME})\s+(in|is)\s+(${NAME})(?=\s*:?[ \t]*$)`,
    'gm',
  );
  for (const match of code.code.matchAll(pattern)) {
    const [whole, left = '', operator = '', right = ''] = match;
    if (left === 'not' || right === 'not') continue;
    const newText = operator === 'in' ? `${left} not in ${right}` : `${left} is not ${right}`;
    yield { start: match.index, end: match.index + whole.length, newText };
  }
}

/** `if ...: return` with an `else:` behind it and no `elif`. */
function* redundantElse(code: PythonCode): Generator<Change> {
  for (const [index, line] of code.lines.entries()) {
    if (!/^if\b.*:$/.test(line.code)) continue;
    const body = code.block(line, index);
    const last = body.at(-1);
    const other = code.lines[index + body.length + 1];
    if (!last || !other || other.indent !== line.indent || other.code !== 'else:') continue;
    const inner = body.filter(({ indent }) => indent === body[0]?.indent);
    if (inner.at(-1) !== last || !/^(?:return|raise|continue|break)\b/.test(last.code)) continue;
    const change = dedented(code, line, other, code.block(other, index + body.length + 1));
    if (change) yield change;
  }
}

function dedented(code: PythonCode, outer: PythonLine, word: PythonLine, block: readonly PythonLine[]): Change | null {
  const first = block[0];
  const last = block.at(-1);
  if (!first || !last) return null;
  const range = { start: word.start, end: last.end };
  const spansLines = code.literalsIn(range).some((literal) => code.textOf(literal).includes('\n'));
  if (spansLines || code.textOf(word).includes('#') || code.textOf(range).includes('\\\n')) return null;
  const step = first.indent - outer.indent;
  const lines = code.text.slice(word.end + 1, last.end).split('\n');
  const indent = code.text.slice(outer.start, outer.start + outer.indent);
  const deeper = code.text.slice(first.start, first.start + first.indent);
  if (!deeper.startsWith(indent) || !lines.every((one) => one.trim() === '' || one.startsWith(deeper))) return null;
  const newText = lines.map((one) => (one.trim() === '' ? '' : indent + one.slice(indent.length + step))).join('\n');
  return { start: word.start, end: last.end, newText };
}

/** `pass` is needed only where a block has nothing else; a docstring is something. */
function* uselessPass(code: PythonCode): Generator<Change> {
  for (const [index, line] of code.lines.entries()) {
    if (line.code !== 'pass' || code.textOf(line).includes('#')) continue;
    const before = code.lines[index - 1];
    const after = code.lines[index + 1];
    const others = [before, after].filter((other) => other?.indent === line.indent && other.code !== 'pass');
    if (others.length === 0) continue;
    const end = code.text[line.end] === '\n' ? line.end + 1 : line.end;
    yield { start: line.start, end, newText: '' };
  }
}

/** `if (a):` on one line, with nothing in the parentheses that needs them. */
function* parentheses(code: PythonCode): Generator<Change> {
  for (const line of code.lines) {
    const match = /^(?:if|elif|while)\s*\(/.exec(line.code);
    if (!match) continue;
    const open = line.start + line.indent + match[0].length - 1;
    const close = code.matching(open);
    const rest = close === null ? '' : code.code.slice(close + 1, line.end).trim();
    if (close === null || rest !== ':') continue;
    const inner = code.text.slice(open + 1, close);
    if (inner.includes('\n') || inner.trim() === '' || code.partsOf(open).length !== 1) continue;
    if (/:=|\b(?:yield|lambda|for)\b|,\s*$/.test(code.code.slice(open + 1, close))) continue;
    const space = /\s$/.test(match[0].slice(0, -1)) ? '' : ' ';
    yield { start: open, end: close + 1, newText: `${space}${inner.trim()}` };
  }
}
