import type { PythonCode, PythonFunction, PythonLine } from '../../../../core/source/python-code.ts';
import { type Match, matchesOf, type PythonRule } from './rule.ts';
import { leftUndone } from './script-documentation.ts';
import { isSmokeTest } from './script-tests.ts';

/** Shorter functions explain themselves. Lines. */
const LONG_FUNCTION = 8;

/** Rules for performance, tests and documentation. */
export const PYTHON_OTHER_RULES: readonly PythonRule[] = [
  {
    id: 'python-query-in-loop',
    lens: 'performance',
    severity: 'medium',
    title: 'The database or a server is asked once for each element',
    explanation: 'A list of a thousand elements means a thousand round trips (N+1 queries).',
    suggestion:
      'Fetch all at once (WHERE id IN ..., prefetch_related, executemany), then look the rows up in a dictionary.',
    confidence: 0.75,
    *find(code) {
      if (code.isTest) return;
      for (const { line, variables } of loopLines(code)) {
        const call =
          /(?:\b(?:cursor|cur|db|conn|connection|session|engine)\.(?:execute|query|scalar|get)|\.objects\.(?:get|filter|create)|\brequests\.(?:get|post|put|delete))\s*\(/.exec(
            line.code,
          );
        if (call && mentions(line.code.slice(call.index), variables)) yield within(line, call.index, call[0].length);
      }
    },
  },
  {
    id: 'python-string-in-loop',
    lens: 'performance',
    severity: 'low',
    oncePerFile: true,
    title: 'A text grows by += in a loop',
    explanation: 'Each round copies the whole text so far, so the work grows with the square of its length.',
    suggestion: "Collect the parts in a list and use ''.join.",
    confidence: 0.6,
    *find(code) {
      for (const { line } of loopLines(code)) {
        const name = /^(\w+)\s*\+=/.exec(line.code)?.[1];
        const body = name === undefined ? undefined : code.functionAt(line.start)?.body;
        if (
          body?.some(
            (one) =>
              one.start < line.start &&
              new RegExp(`^${name}\\s*=\\s*(?:''|"")$`).test(one.code) &&
              code.text.slice(one.start, one.end).trim() === one.code,
          )
        )
          yield within(line, 0, line.code.length);
      }
    },
  },
  {
    id: 'python-list-membership',
    lens: 'performance',
    severity: 'low',
    title: 'A list is searched in each round of a loop',
    explanation: 'in looks at every element of a list, so the work grows with the product of both lengths.',
    suggestion: 'Keep the values in a set beside the list.',
    confidence: 0.65,
    *find(code) {
      for (const { line } of loopLines(code)) {
        const name = /^if\s+[\w.[\]]+\s+(?:not\s+)?in\s+(\w+)\s*:$/.exec(line.code)?.[1];
        const body = name === undefined ? undefined : code.functionAt(line.start)?.body;
        const isGrowing = body?.some((one) => new RegExp(`^${name}\\.append\\(`).test(one.code));
        const isList = body?.some(
          (one) =>
            one.start < line.start &&
            new RegExp(`^${name}\\s*(?::[^=]*)?=\\s*(?:\\[\\s*\\]|list\\(\\))$`).test(one.code),
        );
        if (isList && isGrowing) yield within(line, 0, line.code.length);
      }
    },
  },
  {
    id: 'python-test-no-check',
    lens: 'tests',
    severity: 'low',
    title: 'A test checks nothing',
    explanation: 'It passes whatever the code does, as long as nothing is raised.',
    suggestion: 'Assert what the result has to be.',
    confidence: 0.75,
    *find(code) {
      if (!code.isTest) return;
      const helpers = code.functions.filter(({ body }) => checks(body)).map(({ name }) => name);
      for (const { name, header, body } of code.functions) {
        if (!/^test/.test(name) || !isTestFunction(code, header) || isSmokeTest(name) || checks(body)) continue;
        const calls = body.flatMap((line) => line.code.match(/\w+(?=\s*\()/g) ?? []);
        if (!calls.some((one) => helpers.includes(one))) yield within(header, 0, header.code.length);
      }
    },
  },
  {
    id: 'python-test-skip',
    lens: 'tests',
    severity: 'medium',
    title: 'A test is switched off',
    explanation: 'What it checked is no longer checked, and nobody is reminded of it.',
    suggestion: 'Repair and switch it on, or remove it; else give a reason.',
    confidence: 0.8,
    *find(code) {
      for (const line of code.lines) {
        if (
          /^@(?:pytest\.mark\.skip|unittest\.skip)(?:\(\s*\))?$/.test(line.code) &&
          !code.hasComment(code.linesOf(line))
        )
          yield within(line, 0, line.code.length);
      }
    },
  },
  {
    id: 'python-test-constant',
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
        /\bassert\s+True\s*$|\bassert\s+(\d+)\s*==\s*\1\s*$|\bself\.assertTrue\(\s*True\s*\)/gm,
      ))
        yield { start, end };
    },
  },
  {
    id: 'python-test-sleep',
    lens: 'tests',
    severity: 'low',
    oncePerFile: true,
    title: 'A test waits for a fixed time',
    explanation:
      'On a slow machine the time is too short and the test fails now and then; on a fast one it only costs time.',
    suggestion: 'Wait for the event itself, or replace the clock.',
    confidence: 0.7,
    *find(code) {
      if (!code.isTest) return;
      for (const { start, end } of matchesOf(code, /(?<![.\w])time\.sleep\(\s*[\d.]*[1-9][\d.]*\s*\)/g))
        yield { start, end };
    },
  },
  {
    id: 'python-todo',
    lens: 'documentation',
    severity: 'info',
    title: 'Work was left undone here',
    explanation: 'A note in the code is seen only by who happens to read it.',
    suggestion: 'Do it, or open an issue and name it here.',
    confidence: 0.9,
    find: leftUndone,
  },
  {
    id: 'python-undocumented',
    lens: 'documentation',
    severity: 'info',
    title: 'Public functions have no docstring',
    explanation: 'help() and editors show nothing, and who calls it has to read its code.',
    suggestion: 'Say in a docstring what it does, what it expects and what it raises.',
    confidence: 0.6,
    *find(code) {
      if (code.isTest) return;
      const bare = code.functions.filter(
        (one) =>
          !one.name.startsWith('_') &&
          isReachable(code, one.header) &&
          isLong(code, one) &&
          !code.hasDocstring(one.body),
      );
      const [first] = bare;
      if (!first) return;
      const names = bare.map(({ name }) => name);
      const title =
        names.length === 1
          ? `The function ${first.name} has no docstring`
          : `${names.length} functions have no docstring: ${names.join(', ')}`;
      yield { ...within(first.header, 0, first.header.code.length), title };
    },
  },
  {
    id: 'python-wrong-param',
    lens: 'documentation',
    severity: 'low',
    title: 'The docstring describes a parameter that does not exist',
    explanation: 'Docstring and function no longer fit each other, so readers cannot trust the rest of it either.',
    suggestion: 'Bring the docstring up to date.',
    confidence: 0.85,
    *find(code) {
      for (const { params, body } of code.functions) {
        const first = body[0];
        if (!first || !code.hasDocstring(body)) continue;
        const names = code.partsOf(params.start - 1).map((part) => /\w+/.exec(code.textOf(part))?.[0] ?? '');
        if (code.partsOf(params.start - 1).some((part) => code.textOf(part).startsWith('**'))) continue;
        for (const match of code.textOf(first).matchAll(/^\s*:param\s+(?:[\w[\], .]+\s+)?\*{0,2}(\w+)\s*:/gm)) {
          const name = match[1] ?? '';
          if (names.includes(name)) continue;
          const start = first.start + match.index + match[0].indexOf(':param');
          yield {
            start,
            end: first.start + match.index + match[0].length,
            title: `The docstring describes a parameter ${name} that does not exist`,
          };
        }
      }
    },
  },
];

/** The lines inside of for loops, each with the variables of its innermost loop. */
function* loopLines(code: PythonCode): Generator<{ readonly line: PythonLine; readonly variables: readonly string[] }> {
  const seen = new Set<PythonLine>();
  const loops = code.lines.filter((line) => /^(?:async\s+)?for\s.+:$/s.test(line.code)).reverse();
  for (const loop of loops) {
    const variables = (/^(?:async\s+)?for\s+(.+?)\s+in\b/s.exec(loop.code)?.[1] ?? '').match(/\w+/g) ?? [];
    for (const line of code.block(loop)) {
      if (seen.has(line)) continue;
      seen.add(line);
      yield { line, variables };
    }
  }
}

function mentions(text: string, names: readonly string[]): boolean {
  return (text.match(/(?<![.\w])[A-Za-z_]\w*/g) ?? []).some((name) => names.includes(name));
}

function within(line: PythonLine, offset: number, length: number): Match {
  const start = line.start + line.indent + offset;
  return { start, end: start + length };
}

function checks(body: readonly PythonLine[]): boolean {
  const check = /\bassert|\braises\b|\bwarns\b|\bfail\b|\bcheck|\bverify|\bexpect|\.assert_|\bpytest\.(?:skip|xfail)/i;
  return body.some((line) => check.test(line.code));
}

/** Neither switched off nor a fixture, nor a function inside of a test. */
function isTestFunction(code: PythonCode, header: PythonLine): boolean {
  const before = code.lines[code.lines.indexOf(header) - 1]?.code ?? '';
  return isReachable(code, header) && !/^@.*\b(?:skip|xfail|fixture|route|command)/.test(before);
}

/** At the top level or in a class. */
function isReachable(code: PythonCode, header: PythonLine): boolean {
  const outer = code.lines.slice(0, code.lines.indexOf(header)).findLast((line) => line.indent < header.indent);
  return header.indent === 0 || /^class\b/.test(outer?.code ?? '');
}

function isLong(code: PythonCode, { header, body }: PythonFunction): boolean {
  return code.lineAt(body.at(-1)?.start ?? header.start) - code.lineAt(header.start) >= LONG_FUNCTION;
}
