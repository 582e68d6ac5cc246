import type { Range } from '../../../../core/source/masked-text.ts';
import type { ScriptCode } from '../../../../core/source/script-code.ts';
import { callsOf, type Match, matchesOf, type ScriptRule } from './rule.ts';

const TEST_CALL = /(?<![.\w$])(?:it|test)\s*\(/g;
/** What counts as a check, called by name or as a method. */
const CHECK =
  /\b(?:expect|assert\w*|should|chai|sinon|check\w*|verify\w*|ensure\w*|fail|expectType\w*|expectError)\b|\bt\.\w+\s*\(|\.(?:should|rejects|throws|toBe|calledWith|verify|done|expect)\b|\bfc\.assert\b|\bdone\b|\bthrow\b/i;

export const SCRIPT_TEST_RULES: readonly ScriptRule[] = [
  {
    id: 'script-test-only',
    lens: 'tests',
    severity: 'high',
    title: 'Only this test runs',
    explanation: '.only shuts out all other tests of the file or the run, which then look as if they had passed.',
    suggestion: 'Remove .only.',
    confidence: 0.95,
    *find(code) {
      for (const { start, match } of matchesOf(code, /(?<![.\w$])(?:describe|it|test|suite|context)(\.only)\s*\(/g)) {
        if (!code.isTest) continue;
        const at = start + match[0].indexOf('.only');
        yield { start: at, end: at + 5, newText: '' };
      }
    },
  },
  {
    id: 'script-test-skip',
    lens: 'tests',
    severity: 'medium',
    title: 'A test is switched off',
    explanation: 'What it checked is no longer checked, and nobody is reminded of it.',
    suggestion: 'Repair and switch it on, or remove it; else say in a comment until when and why.',
    confidence: 0.8,
    *find(code) {
      if (!code.isTest) return;
      for (const { start, end } of matchesOf(
        code,
        /(?<![.\w$])(?:(?:describe|it|test|suite|context)\.skip|x(?:it|test|describe))\s*\(/g,
      )) {
        if (code.beginsStatement(start) && !hasReason(code, start)) yield { start, end };
      }
    },
  },
  {
    id: 'script-test-no-check',
    lens: 'tests',
    severity: 'low',
    title: 'A test checks nothing',
    explanation: 'It passes whatever the code does, as long as nothing is thrown.',
    suggestion: 'Assert what the result has to be.',
    confidence: 0.75,
    *find(code) {
      if (!code.isTest || !/\b(?:expect|assert|should)\b/.test(code.code)) return;
      const helpers = checkingHelpers(code);
      for (const call of callsOf(code, TEST_CALL)) {
        const body = bodyOfTest(code, call);
        if (!body || !code.beginsStatement(call.start)) continue;
        const text = code.code.slice(body.start, body.end);
        const calls = text.match(/[\w$]+(?=\s*\()/g) ?? [];
        const name = call.args[0] ? code.textOf(call.args[0]) : '';
        if (CHECK.test(text) || calls.some((one) => helpers.has(one)) || isSmokeTest(name)) continue;
        yield {
          start: call.start,
          end: body.start,
          title: text.replace(/[{}\s]/g, '') === '' ? 'A test is empty' : 'A test checks nothing',
        };
      }
    },
  },
  {
    id: 'script-test-constant',
    lens: 'tests',
    severity: 'medium',
    title: 'A check can never fail',
    explanation: 'It compares a constant with itself.',
    suggestion: 'Compare the result of the code under test.',
    confidence: 0.9,
    *find(code) {
      if (!code.isTest) return;
      for (const { start, end } of matchesOf(
        code,
        /\bexpect\(\s*(true|false|\d+)\s*\)\.(?:toBe|toEqual|toStrictEqual|to\.equal|to\.be\.equal)\(\s*\1\s*\)|\bexpect\(\s*true\s*\)\.(?:toBeTruthy\(\)|to\.be\.true)|\bassert(?:\.ok)?\(\s*true\s*\)|\bassert\.(?:equal|strictEqual|deepEqual)\(\s*(true|false|\d+)\s*,\s*\2\s*\)/g,
      )) {
        yield { start, end };
      }
    },
  },
  {
    id: 'script-test-sleep',
    lens: 'tests',
    severity: 'low',
    oncePerFile: true,
    title: 'A test waits for a fixed time',
    explanation:
      'On a slow machine the time is too short and the test fails now and then; on a fast one it only costs time.',
    suggestion: 'Wait for the event itself, or use a fake clock.',
    confidence: 0.7,
    *find(code) {
      if (!code.isTest) return;
      for (const { start, end } of matchesOf(
        code,
        /\bawait\s+new\s+Promise\s*(?:<[^()]*>)?\s*\(\s*\(?\s*(\w+)\s*\)?\s*=>\s*(?:\{\s*)?setTimeout\s*\(\s*\1\s*,\s*(?:[5-9]\d|\d{3,})\s*\)/g,
      )) {
        yield { start, end };
      }
    },
  },
];

/** A comment on the line before, or a reason as the text of the test. */
function hasReason(code: ScriptCode, start: number): boolean {
  return /\/\/|\*\//.test(code.textOfLineBefore(start)) || code.hasComment(code.linesOf({ start, end: start + 1 }));
}

/** The function given to `it` or `test`. */
function bodyOfTest(code: ScriptCode, call: { readonly args: readonly Range[] }): Range | null {
  const last = call.args.find(
    (arg, index) =>
      index > 0 && /^(?:async\b|function\b|\(|[\w$]+\s*=>)/.test(code.code.slice(arg.start, arg.start + 30)),
  );
  if (!last) return null;
  const inside = code.functions.filter(
    ({ start, body }) => body !== null && start >= last.start && start < last.end && body.end <= last.end,
  );
  const outermost = inside.sort((a, b) => a.start - b.start)[0];
  if (outermost?.body) return outermost.body;
  const arrow = code.code.indexOf('=>', last.start);
  return arrow === -1 || arrow > last.end ? null : { start: arrow + 2, end: last.end };
}

/** Tests that say that not failing is all they want. */
export function isSmokeTest(name: string): boolean {
  return /not?[ _]?(?:to[ _])?(?:throw|raise|fail|crash|error|exception)|doesn.?t|does[ _]not|without|works|smoke|import|can[ _]|able|load|compiles?|allow|type/i.test(
    name,
  );
}

/** Functions of the file that check something themselves. */
function checkingHelpers(code: ScriptCode): ReadonlySet<string> {
  const named = code.functions.filter(({ name, body }) => name !== '' && body !== null);
  return new Set(
    named.filter(({ body }) => body && CHECK.test(code.code.slice(body.start, body.end))).map(({ name }) => name),
  );
}

/** About two files at once, so it is no {@link ScriptRule}. */
export const UNTESTED_EXPORTS: Omit<ScriptRule, 'find'> = {
  id: 'script-untested-exports',
  lens: 'tests',
  severity: 'low',
  title: 'The tests of this file do not call all that it exports',
  explanation: 'Whatever a change breaks in it, no test of this file notices.',
  suggestion: 'Add a test for an ordinary case, for its limits and for how it fails.',
  confidence: 0.6,
};

/** Public functions of a source file that its own test file, shown together with it, never names. */
export function untestedExports(code: ScriptCode, tests: readonly ScriptCode[]): Match[] {
  const own = tests.filter((test) => stem(test.path) === stem(code.path));
  if (code.isTest || own.length === 0) return [];
  const untested = exportedFunctions(code).filter(({ name }) => !own.some((test) => namesIt(test, name)));
  const [first] = untested;
  if (!first) return [];
  const names = untested.map(({ name }) => name).join(', ');
  return [{ start: first.start, end: first.end, title: `The tests of this file do not call ${names}` }];
}

function namesIt(code: ScriptCode, name: string): boolean {
  return new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(code.code);
}

/** A function that a file exports by name; `start` is that of its first overload. */
export interface ExportedFunction extends Range {
  readonly name: string;
  readonly body: Range;
}

/** In the order of the file. */
export function exportedFunctions(code: ScriptCode): ExportedFunction[] {
  const starts = new Map<string, Range>();
  return [...matchesOf(code, /^export\s+(?:default\s+)?(?:async\s+)?function\s*\*?\s*([\w$]+)/gm)].flatMap(
    ({ start, end, match }) => {
      const name = match[1] ?? '';
      const first = starts.get(name) ?? { start, end };
      starts.set(name, first);
      const body = code.functions.find((info) => info.start >= start && info.start < end)?.body;
      return body ? [{ name, ...first, body }] : [];
    },
  );
}

function stem(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/[._-](?:test|spec)(?=\.)/, '').replace(/\.[cm]?[jt]sx?$/, '');
}
