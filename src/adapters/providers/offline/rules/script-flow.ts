import type { Range } from '../../../../core/source/masked-text.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import type { FunctionInfo } from '../../../../core/source/script-functions.ts';
import { callsOf, matchesOf, type ScriptRule } from './rule.ts';

/** Rules about which code runs, and what happens to errors and promises. */
export const SCRIPT_FLOW_RULES: readonly ScriptRule[] = [
  {
    id: 'script-empty-catch',
    lens: 'correctness',
    severity: 'medium',
    title: 'An error is caught and thrown away',
    explanation: 'When this fails nobody learns of it, and the code goes on as if it had succeeded.',
    suggestion: 'Handle the error, log it, or say in a comment why it does not matter.',
    confidence: 0.8,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\bcatch\s*(?:\([^()]*\)\s*)?\{/g)) {
        const close = code.matching(end - 1);
        if (close === null || code.code[start - 1] === '.' || code.isTest) continue;
        const block = code.linesOf({ start: end, end: close + 1 });
        if (code.code.slice(end, close).trim() === '' && !code.hasComment(block)) yield { start, end: close + 1 };
      }
    },
  },
  {
    id: 'script-floating-promise',
    lens: 'correctness',
    severity: 'high',
    title: 'A promise is not awaited',
    explanation:
      'The code after it runs before this has finished, and when it fails the error is lost or ends the process.',
    suggestion: 'Await it, return it, or write void before it and handle its errors inside.',
    confidence: 0.8,
    *find(code) {
      const asyncNames = namesOfAsyncFunctions(code);
      if (asyncNames.size === 0) return;
      for (const call of callsOf(code, /(?<![.\w$#])((?:this\.)?#?[A-Za-z_$][\w$]*)\s*\(/g)) {
        const name = call.match[1] ?? '';
        if (!asyncNames.has(name) || code.functionAt(call.start) === null) continue;
        const after = code.code[code.skipSpace(call.end)] ?? ';';
        const isWhole = after === ';' || after === '}' || code.statementEnd(call.start) <= call.end;
        if (!isWhole || !code.beginsStatement(call.start)) continue;
        // Code that is not async itself often starts something on purpose.
        const severity = code.functionAt(call.start)?.isAsync ? 'high' : 'medium';
        const title = `The promise of ${name.replace('this.', '')} is not awaited`;
        yield { start: call.start, end: call.end, severity, title };
      }
    },
  },
  {
    id: 'script-async-each',
    lens: 'correctness',
    severity: 'medium',
    title: 'forEach does not wait for an async function',
    explanation:
      'It starts all calls and returns at once: code after it runs before they are done, and their errors are lost.',
    suggestion: 'Use for...of with await, or await Promise.all over map.',
    confidence: 0.85,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\.forEach\s*\(\s*async\b/g)) yield { start, end };
    },
  },
  {
    id: 'script-async-executor',
    lens: 'correctness',
    severity: 'medium',
    title: 'The function given to new Promise is async',
    explanation: 'What it throws rejects a promise that nobody has, so the outer promise never settles.',
    suggestion: 'Do the awaiting outside, in an async function, and leave new Promise out.',
    confidence: 0.85,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\bnew\s+Promise\s*(?:<[^()]*>)?\s*\(\s*async\b/g))
        yield { start, end };
    },
  },
  {
    id: 'script-unreachable',
    lens: 'correctness',
    severity: 'medium',
    title: 'This code can never run',
    explanation: 'The statement before it always leaves the block.',
    suggestion: 'Remove it, or move it before the statement that leaves.',
    confidence: 0.85,
    *find(code) {
      for (const { start } of matchesOf(code, /(?<![.\w$])(?:return|throw|break|continue)\b(?!\s*:)/g)) {
        if (!isDirectlyInBlock(code, start) || isMethodName(code, start)) continue;
        const end = endOfLeaving(code, start);
        const next = end === null ? null : code.skipSpace(end);
        if (next !== null && isDeadStatement(code, next)) yield code.linesOf({ start: next, end: next + 1 });
      }
    },
  },
  {
    id: 'script-finally-return',
    lens: 'correctness',
    severity: 'medium',
    title: 'A return in finally replaces the error',
    explanation: 'Whatever was thrown or returned before is thrown away.',
    suggestion: 'Return after the finally block.',
    confidence: 0.85,
    *find(code) {
      for (const { end } of matchesOf(code, /\bfinally\s*\{/g)) {
        const close = code.matching(end - 1);
        if (close === null) continue;
        for (const found of code.code.slice(end, close).matchAll(/(?<![.\w$])return\b(?!\s*[?:(]*\.)/g)) {
          const at = end + found.index;
          const inner = code.functionAt(at)?.body;
          if (!inner || inner.start < end) yield code.linesOf({ start: at, end: at + 6 });
        }
      }
    },
  },
  {
    id: 'script-fallthrough',
    lens: 'correctness',
    severity: 'medium',
    title: 'A case falls through to the next one',
    explanation: 'After this case the code of the next one runs too.',
    suggestion: 'End it with break or return, or say in a comment that it is meant.',
    confidence: 0.8,
    *find(code) {
      for (const { end } of matchesOf(code, /\bswitch\s*\(/g)) {
        const close = code.matching(end - 1);
        const open = close === null ? -1 : code.skipSpace(close + 1);
        const last = code.code[open] === '{' ? code.matching(open) : null;
        if (last !== null) yield* fallingCases(code, { start: open + 1, end: last });
      }
    },
  },
];

/** Async functions by the name they are called with, where no other function has that name. */
function namesOfAsyncFunctions(code: ScriptCode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const info of code.functions) {
    if (info.name !== '' && info.isAsync && !handlesItsErrors(code, info))
      names.add(info.kind === 'method' ? `this.${info.name}` : info.name);
  }
  for (const { name, kind, isAsync, params } of code.functions) {
    if (!isAsync) names.delete(kind === 'method' ? `this.${name}` : name);
    // A parameter of that name is another function.
    for (const used of code.code.slice(params.start, params.end).match(/[A-Za-z_$][\w$]*/g) ?? []) names.delete(used);
  }
  return names;
}

/** One that consists of try and catch is often started on purpose. */
function handlesItsErrors(code: ScriptCode, { body }: FunctionInfo): boolean {
  const first = body ? code.skipSpace(body.start + 1) : 0;
  return body !== null && /^try\s*\{[\s\S]*\bcatch\b/.test(code.code.slice(first, body.end));
}

/** Not the body of an `if` or an arrow function without braces. */
function isDirectlyInBlock(code: ScriptCode, start: number): boolean {
  const before = code.code[code.skipSpaceBack(start)];
  if (before === ':' || before === undefined) return false;
  if (before !== '}' && before !== ';' && before !== '{') return code.beginsStatement(start);
  // `if (a) x(); else return;` and `if (a) { ... } else return;` leave only in one case.
  return true;
}

/** `throw(error: Error): void;` in an interface or a class. */
function isMethodName(code: ScriptCode, start: number): boolean {
  const name = /^(?:return|throw)\s*\(/.exec(code.code.slice(start, start + 20))?.[0];
  const close = name === undefined ? null : code.matching(start + name.length - 1);
  return close !== null && ':{'.includes(code.code[code.skipSpace(close + 1)] ?? ' ');
}

/** End of a return, throw, break or continue; null where it is not certain. */
function endOfLeaving(code: ScriptCode, start: number): number | null {
  const end = code.statementEnd(start);
  if (code.code[end - 1] === ';') return end;
  return code.code[end] === '\n' ? end : null;
}

function isDeadStatement(code: ScriptCode, next: number): boolean {
  const rest = code.code.slice(next, next + 40);
  if (rest === '' || /^[})\].,?:;&|+*/<>=%-]/.test(rest)) return false;
  return (
    !/^(?:case|default|function|async\s+function|class|var|export|import|interface|type|declare|enum|else|catch|finally|while)\b/.test(
      rest,
    ) && !/^[\w$]+\s*:(?!:)/.test(rest)
  );
}

/** Labels of one switch whose code runs on into the next label. */
function* fallingCases(code: ScriptCode, body: Range): Generator<Range> {
  const labels = labelsOf(code, body);
  for (const [index, label] of labels.entries()) {
    const next = labels[index + 1];
    if (!next) return;
    const statements = { start: label.end, end: next.start };
    const last = lastStatement(code, statements);
    if (!last || /\bfalls?[\s-]*through\b|\bfallthrough\b/i.test(code.textOf({ start: label.start, end: next.start })))
      continue;
    if (
      !/^(?:break|return|throw|continue|if|else|for|while|do|switch|try|process\.exit|never|assertNever|yield\s*\*)\b/.test(
        code.code.slice(last.start, last.start + 20),
      )
    )
      yield label;
  }
}

function labelsOf(code: ScriptCode, body: Range): Range[] {
  const labels: Range[] = [];
  for (let at = body.start; at < body.end; at++) {
    const character = code.code[at] ?? '';
    if ('([{'.includes(character)) at = code.matching(at) ?? at;
    else if (
      /[cd]/.test(character) &&
      /^(?:case\b|default\s*:)/.test(code.code.slice(at, at + 12)) &&
      !/[\w$.]/.test(code.code[at - 1] ?? '')
    ) {
      const colon = labelEnd(code, at, body.end);
      if (colon === null) return [];
      labels.push({ start: at, end: colon + 1 });
      at = colon;
    }
  }
  return labels;
}

function labelEnd(code: ScriptCode, start: number, end: number): number | null {
  let ternary = 0;
  for (let at = start; at < end; at++) {
    const character = code.code[at] ?? '';
    if ('([{'.includes(character)) at = code.matching(at) ?? at;
    else if (character === '?') ternary++;
    else if (character === ':' && ternary-- === 0) return at;
  }
  return null;
}

/** The last statement of a case, also inside of a block of its own; null: there is none. */
function lastStatement(code: ScriptCode, range: Range): Range | null {
  const { start, end } = code.trimmed(range);
  if (end <= start) return null;
  if (code.code[start] === '{' && code.matching(start) === end - 1)
    return lastStatement(code, { start: start + 1, end: end - 1 });
  let last: Range | null = null;
  for (let at = start; at < end; ) {
    const statement = { start: at, end: Math.min(endWithBlock(code, at), end) };
    last = statement;
    const next = code.skipSpace(statement.end);
    if (next <= at) return null;
    at = next;
  }
  return last;
}

/** Like `statementEnd`, but `if (...) {...} else {...}` and the like end with their last block. */
function endWithBlock(code: ScriptCode, start: number): number {
  if (!/^(?:if|for|while|switch|try|do)\b/.test(code.code.slice(start, start + 8))) return code.statementEnd(start);
  let at = start;
  for (;;) {
    const open = code.code.indexOf('{', at);
    const semicolon = code.statementEnd(at);
    if (open === -1 || semicolon <= open) return semicolon;
    const close = code.matching(open);
    if (close === null) return semicolon;
    const next = code.skipSpace(close + 1);
    if (!/^(?:else|catch|finally|while)\b/.test(code.code.slice(next, next + 8))) return close + 1;
    at = next;
  }
}
