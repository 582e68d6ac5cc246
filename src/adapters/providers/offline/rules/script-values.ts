import type { Range } from '../../../../core/source/masked-text.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import { callsOf, contentOf, type Match, matchesOf, type ScriptRule } from './rule.ts';

/** What `typeof` can say. */
const TYPES = new Set('undefined object boolean number bigint string symbol function'.split(' '));
/** Programs for the command line print, and that is no left-over. */
const PRINTS =
  /(?:^|[/.-])(?:cli|bin|scripts?|tools?|examples?|demos?|bench(?:marks?)?|log(?:ger|ging)?|debug|print|report(?:er)?|console)(?:[/.-]|$)/i;
const MANY_PRINTS = 5;

/** Rules about values, comparisons and indexes. */
export const SCRIPT_VALUE_RULES: readonly ScriptRule[] = [
  {
    id: 'script-loose-equality',
    lens: 'correctness',
    severity: 'medium',
    title: '== converts before it compares',
    explanation: "With ==, 0, '' and false equal one another, and '1' equals 1 and true.",
    suggestion: 'Use === and !==.',
    confidence: 0.7,
    *find(code) {
      for (const { start, end } of matchesOf(code, /(?<![=!<>])[=!]=(?!=)/g)) {
        const [left, right] = operandsOf(code, { start, end });
        const line = code.code.slice(code.linesOf({ start, end }).start, end);
        if (isNullish(left) || isNullish(right) || /\btypeof\b/.test(line)) continue;
        // Other values compare alike with both, and so do lengths and remainders with 0.
        const isCount = /\.(?:length|size)$/.test(left) || /%[^=]*$/.test(line.slice(-40, -2));
        const isRisky = [left, right].some((one) => /^(?:0|true|false|(['"])(?:\d+)?\1)$/.test(one));
        if (isRisky && left !== '' && !isCount) yield { start, end, newText: `${code.textOf({ start, end })}=` };
      }
    },
  },
  {
    id: 'script-nan',
    lens: 'correctness',
    severity: 'high',
    title: 'Nothing equals NaN',
    explanation: 'NaN is not even equal to itself, so this comparison always gives the same result.',
    suggestion: 'Use Number.isNaN.',
    confidence: 0.95,
    *find(code) {
      for (const { start, end } of matchesOf(
        code,
        /[=!]==?\s*(?:Number\.)?NaN\b|(?<![.\w$])(?:Number\.)?NaN\s*[=!]==?/g,
      ))
        yield { start, end };
    },
  },
  {
    id: 'script-typeof',
    lens: 'correctness',
    severity: 'high',
    title: 'typeof never gives this text',
    explanation: `typeof gives one of: ${[...TYPES].join(', ')}. This comparison always has the same result.`,
    suggestion: 'Compare with one of these, or use Array.isArray, === null or instanceof.',
    confidence: 0.95,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\btypeof\s+[\w$.[\]]+\s*[=!]==?\s*(?=['"])/g)) {
        const literal = code.literalAt(end);
        if (literal && !TYPES.has(contentOf(code, literal))) yield { start, end: literal.end };
      }
    },
  },
  {
    id: 'script-self-compare',
    lens: 'correctness',
    severity: 'medium',
    title: 'A value is compared with itself',
    explanation: 'The result is always the same; probably another value was meant on one side.',
    suggestion: 'Compare with the value that was meant.',
    confidence: 0.85,
    *find(code) {
      for (const { start, end, match } of matchesOf(
        code,
        /(?<![\w$.])([A-Za-z_$][\w$.]*)\s*(?:===|!==|==|!=|<=|>=)\s*([A-Za-z_$][\w$.]*)(?![\w$.([])(?!\s*[+\-*/%(])/g,
      )) {
        if (match[1] !== match[2] || code.isTest) continue;
        // The left side may be the end of a larger expression.
        if (!/[\w$.)\]'"`+\-*/%&|^]/.test(code.code[code.skipSpaceBack(start)] ?? '')) yield { start, end };
      }
    },
  },
  {
    id: 'script-assignment-condition',
    lens: 'correctness',
    severity: 'high',
    title: 'A condition assigns instead of comparing',
    explanation: 'A single = sets the variable, and the condition is the value that was set.',
    suggestion: 'Write === where a comparison was meant; else assign before the if.',
    confidence: 0.85,
    *find(code) {
      for (const { end } of matchesOf(code, /(?<![.\w$])if\s*\(/g)) {
        const close = code.matching(end - 1);
        if (close === null) continue;
        const condition = code.code.slice(end, close);
        const assigned = /^\s*([\w$.]+(?:\[[^\]]*\])?)\s*=(?![=>])\s*[^=]/.exec(condition);
        if (assigned && !/[&|]{2}|\bawait\b/.test(condition)) yield { start: end, end: close };
      }
    },
  },
  {
    id: 'script-off-by-one',
    lens: 'correctness',
    severity: 'high',
    title: 'The loop goes one past the end of the array',
    explanation: 'Indexes end at length - 1, so the last round reads undefined.',
    suggestion: 'Use < instead of <=.',
    confidence: 0.9,
    *find(code) {
      for (const loop of code.loops) {
        if (loop.kind !== 'for') continue;
        const header = code.code.slice(loop.header.start, loop.header.end);
        const bound = /;\s*([\w$]+)\s*<=\s*([\w$.]+)\.length\s*;/.exec(header);
        if (!bound?.[1] || !bound[2] || !/=\s*0\s*;/.test(header)) continue;
        const indexed = `${bound[2]}[${bound[1]}]`;
        const at = loop.header.start + bound.index + bound[0].indexOf('<=');
        if (code.code.slice(loop.body.start, loop.body.end).replace(/\s+/g, '').includes(indexed))
          yield { start: at, end: at + 2, newText: '<' };
      }
    },
  },
  {
    id: 'script-map-parseint',
    lens: 'correctness',
    severity: 'high',
    title: 'map passes the index to parseInt as its radix',
    explanation: "['10', '10', '10'].map(parseInt) gives 10, NaN and 2.",
    suggestion: 'Use map(Number), or a function with one parameter.',
    confidence: 0.95,
    *find(code) {
      for (const { start, end } of matchesOf(code, /\.map\s*\(\s*(?:Number\.)?parseInt\s*\)/g)) yield { start, end };
    },
  },
  {
    id: 'script-parseint-radix',
    lens: 'correctness',
    severity: 'info',
    title: 'parseInt is called without a radix',
    explanation: "A text that begins with 0x is read as hexadecimal: parseInt('0x1f') is 31.",
    suggestion: 'Give the radix, mostly 10.',
    confidence: 0.6,
    oncePerFile: true,
    *find(code) {
      for (const call of callsOf(code, /(?<![\w$.])(?:Number\.)?parseInt\s*\(/g)) {
        const [only] = call.args;
        if (call.args.length === 1 && only) yield { start: only.end, end: only.end, newText: ', 10' };
      }
    },
  },
  {
    id: 'script-negated-in',
    lens: 'correctness',
    severity: 'high',
    title: '! belongs to the left side only',
    explanation: '!a in b asks whether "false" or "true" is a key of b; !a instanceof B is always false.',
    suggestion: 'Put the whole test in parentheses: !(a in b).',
    confidence: 0.95,
    *find(code) {
      for (const { start, end } of matchesOf(code, /!\s*[\w$.]+\s+(?:in|instanceof)\s+[\w$.]+/g)) {
        if (/[(&|=,:?{;]|\breturn|^$/.test(code.code.slice(Math.max(0, code.skipSpaceBack(start) - 5), start).trim()))
          yield { start, end };
      }
    },
  },
  {
    id: 'script-same-condition',
    lens: 'correctness',
    severity: 'medium',
    title: 'The same condition was tested before',
    explanation: 'This branch can never run: the earlier one with the same condition always takes its place.',
    suggestion: 'Write the condition that was meant, or remove the branch.',
    confidence: 0.9,
    *find(code) {
      for (const { start, end } of matchesOf(code, /(?<![.\w$])(?<!\belse\s+)if\s*\(/g))
        yield* repeatedConditions(code, { start, end });
    },
  },
  {
    id: 'script-debugger',
    lens: 'correctness',
    severity: 'medium',
    title: 'A debugger statement was left in',
    explanation: 'Execution stops here whenever developer tools are open.',
    suggestion: 'Remove it.',
    confidence: 0.95,
    *find(code) {
      for (const { start, end } of matchesOf(code, /(?<![.\w$])debugger\s*(?:;|$)/gm)) {
        if (code.beginsStatement(start) && !code.hasComment(code.linesOf({ start, end }))) yield { start, end };
      }
    },
  },
  {
    id: 'script-console',
    lens: 'correctness',
    severity: 'low',
    title: 'A debugging print was left in',
    explanation:
      'It goes to the output of every program that uses this code, and may show data that nobody should see there.',
    suggestion: 'Remove it, or use the logger of the project.',
    confidence: 0.6,
    oncePerFile: true,
    *find(code) {
      if (code.isTest || PRINTS.test(code.path) || code.text.startsWith('#!')) return;
      const prints = [...matchesOf(code, /(?<![.\w$])console\.(?:log|debug)\s*\(/g)].filter(
        ({ start }) => code.functionAt(start) !== null,
      );
      if (prints.length <= MANY_PRINTS) yield* prints.map(({ start, end }) => ({ start, end }));
    },
  },
];

/** The texts on both sides of an operator, as far as they are simple. */
function operandsOf(code: ScriptCode, { start, end }: Range): [string, string] {
  const last = code.skipSpaceBack(start);
  const left = /(?:'\d*'|"\d*"|-?[\w$.]+)$/.exec(code.text.slice(Math.max(0, last - 60), last + 1))?.[0] ?? '';
  const first = code.skipSpace(end);
  const right = /^(?:'\d*'|"\d*"|-?[\w$.]+)/.exec(code.text.slice(first, first + 60))?.[0] ?? '';
  return [left, right];
}

function isNullish(operand: string): boolean {
  return operand === 'null' || operand === 'undefined';
}

/** Conditions of an if-else chain that are equal to an earlier one of it. */
function* repeatedConditions(code: ScriptCode, first: Range): Generator<Match> {
  const seen = new Set<string>();
  let open = first.end - 1;
  for (;;) {
    const close = code.matching(open);
    if (close === null) return;
    const condition = code
      .textOf({ start: open + 1, end: close })
      .replace(/\s+/g, ' ')
      .trim();
    const hasEffect = /\(|\+\+|--|[^=!<>]=[^=>]/.test(condition);
    if (!hasEffect && seen.has(condition)) yield { start: open, end: close + 1 };
    seen.add(condition);
    const body = code.skipSpace(close + 1);
    const end = code.code[body] === '{' ? (code.matching(body) ?? body) + 1 : code.statementEnd(body);
    const next = code.skipSpace(end);
    const elseIf = /^else\s+if\s*\(/.exec(code.code.slice(next, next + 60));
    if (!elseIf) return;
    open = next + elseIf[0].length - 1;
  }
}
