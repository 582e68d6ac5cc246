import { parentOf } from '../review/ignore-files.ts';
import { scriptSymbols } from '../source/script-symbols.ts';
import type { Framework } from './framework.ts';
import type { TestProject } from './project.ts';

/** How test code is written, so that it looks like the project's own. JSON. */
export interface TestStyle {
  /** Whether the test is an ES module or loads with `require`; only for scripts. */
  readonly module: 'esm' | 'commonjs';
  readonly quote: "'" | '"';
  readonly semicolons: boolean;
  /** One level. */
  readonly indent: string;
  /** `describe` with `it`, or plain `test`. */
  readonly grouped: boolean;
}

/** The style of the nearest tests, else that of the code. `testFile` decides about the module kind where its name does. */
export function styleOf(
  code: { readonly path: string; readonly text: string },
  testFile: string,
  project: TestProject,
  framework: Framework,
): TestStyle {
  const texts = project.samples.length > 0 ? project.samples.map(({ text }) => text) : [code.text];
  const text = texts.join('\n');
  const semicolons = (text.match(/;[ \t]*$/gm) ?? []).length;
  const without = (text.match(/[\w)\]'"`][ \t]*$/gm) ?? []).length;
  return {
    module: moduleOf(code, testFile, project),
    quote: (text.match(/"/g) ?? []).length > (text.match(/'/g) ?? []).length ? '"' : "'",
    semicolons: semicolons === 0 ? without === 0 : semicolons * 2 > without,
    indent: indentOf(text, project.language === 'python' ? '    ' : project.language === 'go' ? '\t' : '  '),
    grouped: isGrouped(texts, project, framework),
  };
}

function isGrouped(texts: readonly string[], { samples }: TestProject, framework: Framework): boolean {
  if (samples.length === 0) return framework === 'mocha' || framework === 'unittest';
  return texts.some((text) => /\bdescribe\s*\(|class\s+\w+\(.*TestCase\)/.test(text));
}

function moduleOf(
  code: { readonly path: string; readonly text: string },
  testFile: string,
  { pack, samples }: TestProject,
): TestStyle['module'] {
  if (/\.m[jt]s$/.test(testFile)) return 'esm';
  if (/\.c[jt]s$/.test(testFile)) return 'commonjs';
  const own = scriptSymbols(code.text).module;
  if (own === 'esm') return 'esm';
  if (pack?.isModule || /\.tsx?$/.test(testFile)) return 'esm';
  if (samples.some(({ text }) => /^\s*import\b/m.test(text))) return 'esm';
  return own === 'commonjs' || samples.length > 0 ? 'commonjs' : 'esm';
}

/** The smallest indentation that is used more than once. */
function indentOf(text: string, otherwise: string): string {
  const indents = [...text.matchAll(/^([ \t]+)\S/gm)].map((match) => match[1] ?? '');
  if (indents.some((one) => one.startsWith('\t'))) return '\t';
  const sizes = indents.map((one) => one.length).filter((size) => size > 1);
  const counts = [2, 4].map((size) => sizes.filter((one) => one === size).length);
  const [two = 0, four = 0] = counts;
  return two + four === 0 ? otherwise : two > 0 ? '  ' : '    ';
}

/** How the test names the code in its import: a specifier for scripts, a dotted module for Python, a package for Go. */
export function importOf(path: string, testFile: string, project: TestProject, framework: Framework): string {
  if (project.language === 'python') return pythonModule(path, project);
  if (project.language === 'go') return '';
  return relativePath(parentOf(testFile), withoutExtension(path)) + extensionInImport(path, project, framework);
}

function withoutExtension(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

/** The extension as the project's tests write it, else as its compiler options want it, else so that it runs. */
function extensionInImport(path: string, { samples, configs }: TestProject, framework: Framework): string {
  const own = /\.[^./]+$/.exec(path)?.[0] ?? '';
  const imports = samples.flatMap(({ text }) =>
    [...text.matchAll(/(?:from|import|require)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map((match) => match[1] ?? ''),
  );
  const isTypeScript = /\.[cm]?tsx?$/.test(own);
  const compiled = own.replace('ts', 'js').replace('jsx', 'js');
  if (imports.length > 0) {
    const used = imports.map((one) => /\.[cm]?[jt]sx?$/.exec(one)?.[0] ?? '');
    if (used.every((one) => one === '')) return '';
    return isTypeScript && used.some((one) => /^\.[cm]?js/.test(one)) ? compiled : own;
  }
  if (!isTypeScript) return own === '.jsx' && framework !== 'node:test' ? '' : own;
  const tsconfig = configs.get('tsconfig.json') ?? '';
  if (/"allowImportingTsExtensions"\s*:\s*true|"rewriteRelativeImportExtensions"\s*:\s*true/.test(tsconfig)) return own;
  if (/"module(?:Resolution)?"\s*:\s*"(?:node16|node18|node20|nodenext)"/i.test(tsconfig)) return compiled;
  return framework === 'vitest' || framework === 'jest' ? '' : own;
}

/** `./a`, `../src/a`: from a folder to a path. */
function relativePath(folder: string, path: string): string {
  const from = folder === '' ? [] : folder.split('/');
  const to = path.split('/');
  let common = 0;
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common++;
  const up = from.slice(common).map(() => '..');
  return [...(up.length === 0 ? ['.'] : up), ...to.slice(common)].join('/');
}

/** The module as it is imported from the workspace root; a package below `src` of an installable project without `src`. */
function pythonModule(path: string, { files, configs }: TestProject): string {
  const parts = withoutExtension(path).split('/');
  const installable = configs.has('pyproject.toml') || configs.has('setup.cfg') || files.has('setup.py');
  if (parts[0] === 'src' && parts.length > 1 && installable && !files.has('src/__init__.py')) parts.shift();
  if (parts.at(-1) === '__init__' && parts.length > 1) parts.pop();
  return parts.join('.');
}
