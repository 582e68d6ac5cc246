import { bracketProblem } from '../edits/syntax.ts';
import { maskPython } from '../source/mask-python.ts';
import { maskScript } from '../source/mask-script.ts';
import type { TestFacts } from './test-facts.ts';

const TESTS = {
  script: /(?<![\w$.])(?:it|test|suite|describe)(?:\.\w+)*\s*(?:\(|`)/,
  python: /^\s*(?:async\s+)?def\s+test\w*\s*\(/m,
  go: /^func\s+(?:Test|Example|Benchmark|Fuzz)\w*\s*\(/m,
} as const;

/**
 * What is wrong with test code that can be seen without running it: it is no code, has no test, does not import the code
 * that it is to test, or imports names from it that are not there. Null: nothing.
 */
export function testCodeProblem(code: string, facts: TestFacts): string | null {
  if (code.trim() === '') return 'The test file is empty.';
  if (/^\s*```/m.test(maskedOf(code, facts))) return 'The test file holds Markdown fences; it has to be code only.';
  if (code.includes('[redacted ')) return 'The test file holds the mark of a removed secret; make up a value instead.';
  if (!TESTS[facts.language].test(maskedOf(code, facts))) return `The file has no test of ${facts.framework} in it.`;
  const languageId = facts.language === 'script' ? 'typescript' : facts.language;
  const brackets = bracketProblem(languageId, code);
  if (brackets !== null) return `The file is not whole: ${brackets}.`;
  if (facts.language === 'go') return goProblem(code, facts);
  return facts.language === 'python' ? pythonProblem(code, facts) : scriptProblem(code, facts);
}

/** A file that an answer names has to be the one that was asked for. */
export function testPathProblem(file: string | null, { testFile }: TestFacts): string | null {
  const given = file?.trim().replaceAll('\\', '/').replace(/^\.\//, '') ?? '';
  if (given === '' || given === testFile || testFile.endsWith(`/${given}`)) return null;
  return `The answer is about the file ${JSON.stringify(file)}; write ${JSON.stringify(testFile)} and no other.`;
}

function maskedOf(code: string, { language }: TestFacts): string {
  if (language === 'go') return code;
  return (language === 'python' ? maskPython(code) : maskScript(code)).code;
}

function scriptProblem(code: string, facts: TestFacts): string | null {
  const { importFrom } = facts;
  const masked = maskScript(code);
  const literal = masked.literals.find(
    ({ kind, content }) => kind === 'string' && code.slice(content.start, content.end) === importFrom,
  );
  if (!literal) return `The tests have to import the code from '${importFrom}'.`;
  const wanted = namedImports(code, importFrom);
  const known = new Set(facts.symbols.map(({ name }) => name));
  const missing = wanted.filter((name) => !known.has(name));
  if (missing.length === 0 || facts.hasMore || facts.codeModule === 'commonjs') return null;
  return `'${importFrom}' does not export ${missing.join(', ')}.`;
}

/** The names in `import { a, b as c } from '...'`. */
function namedImports(code: string, from: string): string[] {
  const escaped = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const lists = code.matchAll(
    new RegExp(`import\\s+(?:[\\w$]+\\s*,\\s*)?(?:type\\s+)?\\{([^}]*)\\}\\s*from\\s*['"]${escaped}['"]`, 'g'),
  );
  return [...lists].flatMap((match) =>
    (match[1] ?? '')
      .split(',')
      .map(
        (part) =>
          part
            .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '')
            .replace(/^\s*type\s+/, '')
            .trim()
            .split(/\s+as\s+/)[0]
            ?.trim() ?? '',
      )
      .filter((name) => name !== ''),
  );
}

function pythonProblem(code: string, { importFrom, symbols }: TestFacts): string | null {
  const parts = importFrom.split('.');
  const last = parts.at(-1) ?? importFrom;
  const names = importFrom.replace(/\./g, '\\.');
  const parent = parts.slice(0, -1).join('\\.');
  const direct = new RegExp(`^\\s*(?:import\\s+${names}\\b|from\\s+${names}\\s+import\\b)`, 'm').test(code);
  const byParent =
    parent !== '' && new RegExp(`^\\s*from\\s+${parent}\\s+import\\b[^\\n]*\\b${last}\\b`, 'm').test(code);
  // A file whose name is no identifier can only be loaded by its path.
  const byPath = !/^[A-Za-z_]\w*$/.test(last) && code.includes('importlib');
  if (!direct && !byParent && !byPath) return `The tests have to import the module ${importFrom}.`;
  const list = new RegExp(`^\\s*from\\s+${names}\\s+import\\s+(?:\\(([^)]*)\\)|([^\\n]*))`, 'm').exec(code);
  const wanted = (list?.[1] ?? list?.[2] ?? '')
    .split(',')
    .map(
      (part) =>
        part
          .replace(/#.*/, '')
          .trim()
          .split(/\s+as\s+/)[0]
          ?.trim() ?? '',
    )
    .filter((name) => name !== '' && name !== '*' && !name.startsWith('_'));
  const known = new Set(symbols.map(({ name }) => name));
  const missing = wanted.filter((name) => !known.has(name));
  return missing.length === 0 ? null : `The module ${importFrom} does not define ${missing.join(', ')}.`;
}

function goProblem(code: string, { packageName }: TestFacts): string | null {
  const own = /^package\s+(\w+)/m.exec(code)?.[1];
  if (own === packageName || own === `${packageName}_test`) return null;
  return `The file has to begin with "package ${packageName}".`;
}
