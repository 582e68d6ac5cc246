import type { PythonCode, PythonLine } from '../../../../core/source/python-code.ts';
import { type Match, matchesOf, type PythonRule } from './rule.ts';

export const PYTHON_CORRECTNESS_RULES: readonly PythonRule[] = [
  {
    id: 'python-except-pass',
    lens: 'correctness',
    severity: 'medium',
    title: 'An error is caught and thrown away',
    explanation: 'When this fails nobody learns of it, and the code goes on as if it had succeeded.',
    suggestion:
      'Catch only the error that is expected here, and handle or log it; or say in a comment why it does not matter.',
    confidence: 0.8,
    *find(code) {
      for (const line of code.lines) {
        const header = /^except\b\s*([^:]*):\s*(pass|\.\.\.)?$/.exec(line.code);
        if (!header || code.isTest) continue;
        const block = code.block(line);
        const [only] = block;
        const isEmpty = header[2] !== undefined || (block.length === 1 && /^(?:pass|\.\.\.)$/.test(only?.code ?? ''));
        if (!isEmpty || isExpected(header[1] ?? '')) continue;
        const range = { start: line.start + line.indent, end: only?.end ?? line.end };
        if (!code.hasComment(range) && !code.hasComment(code.linesOf(range))) yield range;
      }
    },
  },
  {
    id: 'python-bare-except',
    lens: 'correctness',
    severity: 'low',
    title: 'A bare except catches everything',
    explanation:
      'It also catches KeyboardInterrupt and SystemExit, so the program cannot be stopped, and typing errors look like failures.',
    suggestion: 'Name the errors that are expected; at most except Exception.',
    confidence: 0.8,
    *find(code) {
      for (const line of code.lines) {
        const block = /^except\s*:$/.test(line.code) ? code.block(line) : [];
        const first = block[0]?.code ?? 'pass';
        if (first !== 'pass' && first !== '...' && !block.some((one) => /^raise\b/.test(one.code))) yield at(line);
      }
    },
  },
  {
    id: 'python-mutable-default',
    lens: 'correctness',
    severity: 'medium',
    title: 'A default value is shared by all calls',
    explanation:
      'The list or dictionary is made once, when the function is defined: what one call puts into it the next one finds.',
    suggestion: 'Use None as default and make the new value inside.',
    confidence: 0.85,
    *find(code) {
      for (const { params, body } of code.functions) {
        for (const part of code.partsOf(params.start - 1)) {
          const text = code.code.slice(part.start, part.end);
          const name = /^(\w+)\s*(?::[^=]*)?=\s*(?:\[.*\]|\{.*\}|(?:list|dict|set|defaultdict|deque)\(.*\))$/s.exec(
            text,
          )?.[1];
          if (name !== undefined && isChanged(code, name, body)) yield part;
        }
      }
    },
  },
  {
    id: 'python-is-literal',
    lens: 'correctness',
    severity: 'medium',
    title: 'is compares identity, not value',
    explanation: 'Whether two equal texts or numbers are the same object depends on the interpreter.',
    suggestion: 'Use == and !=.',
    confidence: 0.95,
    *find(code) {
      for (const { start, end, match } of matchesOf(code, /\bis(\s+not)?\s+(?=['"]|-?\d|\(\s*\)|\[\s*\]|\{\s*\})/g)) {
        yield { start, end, newText: match[1] === undefined ? '== ' : '!= ' };
      }
    },
  },
  {
    id: 'python-equals-none',
    lens: 'correctness',
    severity: 'info',
    title: 'None is compared with ==',
    explanation: '== asks the object, which may answer anything; arrays answer with an array.',
    suggestion: 'Use is None and is not None.',
    confidence: 0.7,
    *find(code) {
      for (const { start, end } of matchesOf(code, /[=!]=\s*None\b/g)) {
        // Query builders overload ==, so that `is` would be wrong there.
        if (
          /\b(?:filter|where|having|select|query|and_|or_)\b/.test(
            code.code.slice(code.linesOf({ start, end }).start, end),
          )
        )
          continue;
        yield { start, end, newText: code.code[start] === '=' ? 'is None' : 'is not None' };
      }
    },
  },
  {
    id: 'python-unreachable',
    lens: 'correctness',
    severity: 'medium',
    title: 'This code can never run',
    explanation: 'The statement before it always leaves the block.',
    suggestion: 'Remove it, or move it before the statement that leaves.',
    confidence: 0.9,
    *find(code) {
      for (const [index, line] of code.lines.entries()) {
        const next = code.lines[index + 1];
        if (!next || next.indent !== line.indent || !/^(?:return|raise|break|continue)\b/.test(line.code)) continue;
        if (/;/.test(line.code) || /^(?:elif|else|except|finally|case)\b/.test(next.code)) continue;
        // An unreachable yield makes a function a generator, which is done on purpose.
        if (!/^yield\b/.test(next.code)) yield at(next);
      }
    },
  },
  {
    id: 'python-not-awaited',
    lens: 'correctness',
    severity: 'high',
    title: 'A coroutine is not awaited',
    explanation: 'Calling an async function only makes a coroutine: without await nothing of it runs.',
    suggestion: 'Write await before it, or start it with asyncio.create_task.',
    confidence: 0.9,
    *find(code) {
      const names = namesOfCoroutines(code);
      for (const line of code.lines) {
        const call = /^(?:self\.)?(\w+)\(.*\)$/s.exec(line.code);
        if (!call || !names.has(line.code.startsWith('self.') ? `self.${call[1]}` : (call[1] ?? ''))) continue;
        if (
          code.matching(line.start + line.indent + line.code.indexOf('(')) ===
          line.start + line.indent + line.code.length - 1
        )
          yield at(line);
      }
    },
  },
  {
    id: 'python-assert-tuple',
    lens: 'correctness',
    severity: 'high',
    title: 'An assertion can never fail',
    explanation: 'A tuple with elements is always true; the parentheses make condition and message one tuple.',
    suggestion: 'Leave the parentheses out: assert condition, message.',
    confidence: 0.95,
    *find(code) {
      for (const line of code.lines) {
        if (!/^assert\s*\(.*\)$/s.test(line.code)) continue;
        const open = line.start + line.indent + line.code.indexOf('(');
        const closesAtEnd = code.matching(open) === line.start + line.indent + line.code.length - 1;
        if (closesAtEnd && code.partsOf(open).length > 1 && !/\bfor\b/.test(line.code)) yield at(line);
      }
    },
  },
  {
    id: 'python-remove-while-iterating',
    lens: 'correctness',
    severity: 'medium',
    title: 'A list is changed while it is looped over',
    explanation:
      'Removing an element moves the rest, so the loop skips the one after it; a dictionary raises RuntimeError.',
    suggestion: 'Loop over a copy (list(items)), or build a new list.',
    confidence: 0.85,
    *find(code) {
      for (const line of code.lines) {
        const list = /^(?:async\s+)?for\s+.+?\s+in\s+([\w.]+)\s*:$/.exec(line.code)?.[1];
        if (list === undefined) continue;
        const name = list.replaceAll('.', '\\.');
        const block = code.block(line);
        const change = block.findIndex((one) =>
          new RegExp(`^(?:${name}\\.(?:remove|pop|insert|clear)\\(|del\\s+${name}\\[)`).test(one.code),
        );
        const found = block[change];
        if (found && !/^(?:break|return)\b/.test(block[change + 1]?.code ?? '')) yield at(found);
      }
    },
  },
  {
    id: 'python-breakpoint',
    lens: 'correctness',
    severity: 'medium',
    title: 'A breakpoint was left in',
    explanation: 'The program stops here and waits for someone at a terminal.',
    suggestion: 'Remove it.',
    confidence: 0.95,
    *find(code) {
      for (const line of code.lines) {
        if (/^(?:breakpoint\(\)|(?:import\s+pdb\s*;\s*)?i?pdb\.set_trace\(\))$/.test(line.code)) yield at(line);
      }
    },
  },
];

/** The statement without its indentation. */
function at(line: PythonLine): Match {
  return { start: line.start + line.indent, end: line.start + line.indent + line.code.length };
}

/** Errors that often mean "not there", which is an answer. */
function isExpected(errors: string): boolean {
  const names = errors
    .replace(/\bas\s+\w+\s*$/, '')
    .replace(/[()\s]/g, '')
    .split(',');
  const expected =
    /(?:^|\.)(?:KeyError|IndexError|AttributeError|StopIteration|FileNotFoundError|FileExistsError|ImportError|ModuleNotFoundError|ValueError|TypeError|LookupError|KeyboardInterrupt|BrokenPipeError|ProcessLookupError|CancelledError|NotImplementedError|TimeoutError|UnicodeDecodeError|DoesNotExist|NotFound\w*)$/;
  return names.every((name) => expected.test(name));
}

/** Only a default that the function changes or hands on can be seen by the next call. */
function isChanged(code: PythonCode, name: string, body: readonly PythonLine[]): boolean {
  const changes = new RegExp(
    `(?<![.\\w])${name}(?:\\.(?:append|extend|add|update|insert|pop|remove|clear|setdefault|discard)\\(|\\[[^\\]]*\\]\\s*(?:[+|-]?=)(?!=)|\\s*(?:\\+=|\\|=))|\\breturn\\s+${name}\\s*$|self\\.\\w+\\s*=\\s*${name}\\s*$`,
  );
  const replaced = new RegExp(`^${name}\\s*=\\s*(?!${name}\\b\\s*$)`);
  return (
    !body.some((line) => replaced.test(line.code)) &&
    body.some((line) => changes.test(code.code.slice(line.start, line.end).trim()))
  );
}

/** Async functions by the name they are called with, where no other function has that name. */
function namesOfCoroutines(code: PythonCode): ReadonlySet<string> {
  const keyOf = (one: PythonCode['functions'][number]): string =>
    /^\s*self\b/.test(code.code.slice(one.params.start, one.params.end)) ? `self.${one.name}` : one.name;
  const names = new Set(code.functions.filter(({ isAsync }) => isAsync).map(keyOf));
  for (const one of code.functions) if (!one.isAsync) names.delete(keyOf(one));
  return names;
}
