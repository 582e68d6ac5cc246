import type { Range } from '../../../../core/source/masked-text.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import { callsOf, contentOf, isPlainLiteral, type Match, matchesOf, type ScriptRule } from './rule.ts';
import { isBuiltText, usesRequest } from './script-input.ts';
import { isValueInSql, SQL } from './sql-text.ts';

const SHELL_CALL = /(?:(?<![.\w$#])|\b(?:child_process|childProcess|cp)\.)(exec|execSync)\s*\(/g;
const FILE_CALL =
  /(?<![\w$])(?:(?:fs|fsp|promises|fs\.promises)\.)?(readFile|readFileSync|createReadStream|writeFile|writeFileSync|createWriteStream|unlink|unlinkSync|rm|rmSync|sendFile|download)\s*\(/g;

/** Parts of a concatenation that are looked at. */
const MAX_PARTS = 50;

export const SCRIPT_INJECTION_RULES: readonly ScriptRule[] = [
  {
    id: 'script-eval',
    lens: 'security',
    severity: 'critical',
    title: 'Text is run as code',
    explanation:
      'Whoever can influence this text runs code with all rights of the program, and no tool can check code that exists only at run time.',
    suggestion: 'Parse the text (JSON.parse for data), or choose among functions by name in a table.',
    confidence: 0.9,
    *find(code) {
      for (const call of callsOf(code, /(?<![.\w$#])(?:eval|new\s+Function)\s*\(/g)) {
        const [first] = call.args;
        const isDefinition = /\b(?:function|def)\s+$/.test(code.code.slice(Math.max(0, call.start - 12), call.start));
        if (!first || isDefinition || code.code[code.skipSpace(call.end)] === '{') continue;
        yield call.args.every((arg) => isPlainLiteral(code, arg))
          ? { ...place(call), severity: 'medium' }
          : place(call);
      }
      for (const call of callsOf(code, /(?<![.\w$])(?:setTimeout|setInterval)\s*\(/g)) {
        const [first] = call.args;
        if (first && code.literalAt(first.start)) yield { ...place(call), severity: 'medium' };
      }
    },
  },
  {
    id: 'script-sql',
    lens: 'security',
    severity: 'high',
    title: 'SQL is put together from values',
    explanation:
      'A value that holds a quote ends the literal and continues as SQL, so whoever supplies it can read or change any row (SQL injection).',
    suggestion: 'Write placeholders (? or $1) into the statement and pass the values separately.',
    confidence: 0.85,
    *find(code) {
      for (const literal of code.literals) {
        if (literal.kind === 'regex' || !SQL.test(contentOf(code, literal)) || isTagged(code, literal.start)) continue;
        const statement = { start: literal.start, end: expressionEnd(code, literal) };
        if (holdsValue(code, statement)) yield { ...statement, ...worseFor(code, statement) };
      }
    },
  },
  {
    id: 'script-shell',
    lens: 'security',
    severity: 'high',
    title: 'A shell command is put together from values',
    explanation:
      'The shell interprets everything in the value: `;`, `$(...)` or a line break in it run other commands (command injection).',
    suggestion: 'Use execFile or spawn with an argument list, which no shell looks at.',
    confidence: 0.85,
    *find(code) {
      if (!/child_process/.test(code.text) && !/\b(?:child_process|childProcess|cp)\.exec/.test(code.code)) return;
      for (const call of callsOf(code, SHELL_CALL)) {
        const [command] = call.args;
        if (!command || !(isBuiltText(code, command) || usesRequest(code, command))) continue;
        yield { ...place(call), ...worseFor(code, command) };
      }
      for (const call of callsOf(code, /(?<![\w$])(?:spawn|spawnSync|execFile|execFileSync)\s*\(/g)) {
        const [command] = call.args;
        const usesShell = /\bshell\s*:\s*true\b/.test(code.code.slice(call.open, call.end));
        const dynamic = call.args.slice(0, 2).some((arg) => isBuiltText(code, arg) || usesRequest(code, arg));
        if (command && usesShell && dynamic) yield { ...place(call), ...worseFor(code, call) };
      }
    },
  },
  {
    id: 'script-html',
    lens: 'security',
    severity: 'high',
    title: 'Text is inserted as HTML',
    explanation: 'Markup in the value becomes part of the page, scripts included (cross-site scripting).',
    suggestion: 'Set textContent, or clean the markup with a sanitizer first.',
    confidence: 0.75,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\.(?:innerHTML|outerHTML)\s*\+?=(?!=)/g)) {
        const value = code.expressionFrom(end);
        if (isRawValue(code, value)) yield { start, end: value.end };
      }
      for (const call of callsOf(code, /(?:\.insertAdjacentHTML|\bdocument\.write(?:ln)?)\s*\(/g)) {
        const value = call.args.at(-1);
        if (value && isRawValue(code, value)) yield place(call);
      }
      for (const { start, end } of matchesOf(code, /\bdangerouslySetInnerHTML\s*=\s*\{\s*\{\s*__html\s*:/g)) {
        const close = code.matching(code.code.lastIndexOf('{', end)) ?? end;
        const value = code.trimmed({ start: end, end: close });
        if (isRawValue(code, value)) yield { start, end: value.end };
      }
    },
  },
  {
    id: 'script-reflected',
    lens: 'security',
    severity: 'high',
    title: 'What the client sent goes into an HTML answer',
    explanation:
      'A link with a script in this value runs that script in the browser of whoever follows it (cross-site scripting).',
    suggestion: 'Escape the value for HTML, or answer with JSON.',
    confidence: 0.8,
    *find(code) {
      for (const call of callsOf(code, /\b(?:res|response|reply)\.(?:send|write|end)\s*\(/g)) {
        const [body] = call.args;
        if (!body || !/</.test(code.textOf(body)) || !isBuiltText(code, body)) continue;
        if (usesRequest(code, body)) yield place(call);
      }
    },
  },
  {
    id: 'script-path',
    lens: 'security',
    severity: 'high',
    title: 'The client chooses the path of a file',
    explanation: 'A value such as ../../etc/passwd leads out of the intended folder (path traversal).',
    suggestion: 'Resolve the path and check that it is still inside of the folder, or look the name up in a list.',
    confidence: 0.8,
    *find(code) {
      for (const call of callsOf(code, FILE_CALL)) {
        const path = call.args[0];
        const hasRoot = call.args.some((arg) => /\broot\s*:/.test(code.code.slice(arg.start, arg.end)));
        if (path && !hasRoot && usesRequest(code, path)) yield place(call);
      }
    },
  },
  {
    id: 'script-redirect',
    lens: 'security',
    severity: 'medium',
    title: 'The client chooses where it is redirected to',
    explanation:
      'A link to this site then leads to any other site, which makes it useful for phishing (open redirect).',
    suggestion: 'Allow only paths of this site, or destinations from a list.',
    confidence: 0.8,
    *find(code) {
      for (const call of callsOf(code, /\b(?:res|response|reply|ctx)\.redirect\s*\(/g)) {
        const target = call.args.at(-1);
        if (target && !code.literalAt(target.start) && usesRequest(code, target)) yield place(call);
      }
    },
  },
  {
    id: 'script-regexp-input',
    lens: 'security',
    severity: 'medium',
    title: 'The client supplies a regular expression',
    explanation: 'A pattern with nested repetition keeps the event loop busy for minutes, for all users.',
    suggestion: 'Search for the text literally, or escape it before it becomes a pattern.',
    confidence: 0.8,
    *find(code) {
      for (const call of callsOf(code, /\bnew\s+RegExp\s*\(/g)) {
        const [pattern] = call.args;
        if (pattern && usesRequest(code, pattern)) yield place(call);
      }
    },
  },
];

function place({ start, end }: Range): Match {
  return { start, end };
}

/** What comes from a client is in an attacker's hands already. */
function worseFor(code: ScriptCode, range: Range): Pick<Match, 'severity'> {
  return usesRequest(code, range) ? { severity: 'critical' } : {};
}

/** `sql\`...\``: the tag takes care of the values. */
function isTagged(code: ScriptCode, start: number): boolean {
  return code.code[start] === '`' && /[\w$>)]/.test(code.code[start - 1] ?? '');
}

/** End of the concatenation that a literal begins. */
function expressionEnd(code: ScriptCode, literal: Range): number {
  let end = literal.end;
  for (let part = 0; part < MAX_PARTS; part++) {
    const at = code.skipSpace(end);
    if (code.code[at] !== '+') break;
    const operand = code.skipSpace(at + 1);
    const next = code.literalAt(operand)?.end ?? operandEnd(code, operand);
    if (next === operand) break;
    end = next;
  }
  return end;
}

/** End of a name, call or group. */
function operandEnd(code: ScriptCode, start: number): number {
  const end = start + (/^[\w$.]*/.exec(code.code.slice(start, start + 120))?.[0].length ?? 0);
  return '(['.includes(code.code[end] ?? ' ') ? (code.matching(end) ?? end) + 1 : end;
}

/** True where a value of unknown origin, or anything that a client sent, is put into the statement. */
function holdsValue(code: ScriptCode, statement: Range): boolean {
  return code.literalsIn(statement).some((literal) => {
    const filled = literal.expressions.map((one) => ({ start: one.start - 2, range: one }));
    const next = code.skipSpace(literal.end);
    if (next < statement.end && code.code[next] === '+') {
      const operand = code.skipSpace(next + 1);
      if (!code.literalAt(operand))
        filled.push({ start: literal.content.end, range: { start: operand, end: operandEnd(code, operand) } });
    }
    return filled.some(({ start, range }) => {
      const before = code.text.slice(literal.content.start, start);
      return isValueInSql(before, code.textOf(range)) || (isBuiltText(code, statement) && usesRequest(code, range));
    });
  });
}

/** A value that is neither a literal nor cleaned. */
function isRawValue(code: ScriptCode, value: Range): boolean {
  if (value.end <= value.start || isPlainLiteral(code, value)) return false;
  return !/sanitiz|purify|escape|encode|trusted/i.test(code.textOf(value));
}
