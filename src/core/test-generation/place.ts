import { parentOf } from '../review/ignore-files.ts';
import type { TestProject } from './project.ts';

/** How the tests of a project lie relative to what they test. */
interface Layout {
  /** `beside`, in `__tests__` beside, or in a tree of their own. */
  readonly kind: 'beside' | 'nested' | 'tree';
  /** Root of the tree, `test` or `test/unit`. */
  readonly root: string;
  /** Folders of the code that the tree leaves out, `src`; null: the tree is flat. */
  readonly strip: string | null;
}

/** Marks in the names of script tests, the first is the default. */
const MARKS = ['.test', '.spec', '-test', '_test', '-spec'];
const TREE_ROOT = /^((?:.*\/)?(?:tests?|specs?))(?:\/(unit))?(?:\/|$)/;

/**
 * Where the tests of a file belong: next to the project's others, in the same layout and with the same kind of name. A name
 * that is taken gets `generated` in it, because a test that somebody wrote is never written over.
 */
export function placeOfTests(path: string, project: TestProject): string {
  const layout = layoutOf(path, project);
  const folder = folderOf(path, layout);
  const name = testName(path, project);
  const join = (file: string) => (folder === '' ? file : `${folder}/${file}`);
  const first = join(name(''));
  if (!project.files.has(first)) return first;
  for (let number = 1; ; number++) {
    const next = join(name(number === 1 ? 'generated' : `generated${number}`));
    if (!project.files.has(next)) return next;
  }
}

/** The tests of the code that are there already; null: none by their name. */
export function existingTests(path: string, project: TestProject): string | null {
  const base = baseName(path);
  return project.tests.find((test) => testedName(test) === base) ?? null;
}

function layoutOf(path: string, project: TestProject): Layout {
  if (project.language === 'go') return { kind: 'beside', root: '', strip: null };
  for (const test of project.tests) {
    const layout = layoutOfTest(test, project);
    if (layout) return layout;
  }
  const pack = project.pack?.folder ?? '';
  const root = ['test', 'tests']
    .map((name) => (pack === '' ? name : `${pack}/${name}`))
    .find((folder) => [...project.files].some((file) => file.startsWith(`${folder}/`)));
  if (root !== undefined && !path.startsWith(`${root}/`)) return { kind: 'tree', root, strip: null };
  return { kind: 'beside', root: '', strip: null };
}

function layoutOfTest(test: string, { files, tests }: TestProject): Layout | null {
  const folder = parentOf(test);
  if (folder.endsWith('__tests__')) return { kind: 'nested', root: '', strip: null };
  const base = testedName(test);
  const isCode = (file: string) => !tests.includes(file) && baseName(file) === base;
  if ([...files].some((file) => parentOf(file) === folder && isCode(file)))
    return { kind: 'beside', root: '', strip: null };
  const match = TREE_ROOT.exec(`${folder}/`);
  if (!match) return null;
  const root = match[2] === undefined ? (match[1] ?? '') : `${match[1]}/${match[2]}`;
  const rest = folder.slice(root.length + 1);
  const code = [...files].filter(isCode).map(parentOf);
  const mirrored = code.find((one) => one === rest || one.endsWith(`/${rest}`));
  if (rest === '') {
    // Flat, or the code lies where the tree begins.
    const nested = tests.some((other) => parentOf(other).startsWith(`${root}/`));
    return { kind: 'tree', root, strip: nested ? (code[0] ?? 'src') : null };
  }
  if (mirrored === undefined) return { kind: 'tree', root, strip: 'src' };
  return { kind: 'tree', root, strip: mirrored === rest ? '' : mirrored.slice(0, -rest.length - 1) };
}

function folderOf(path: string, { kind, root, strip }: Layout): string {
  const folder = parentOf(path);
  if (kind === 'beside') return folder;
  if (kind === 'nested') return folder === '' ? '__tests__' : `${folder}/__tests__`;
  if (strip === null) return root;
  const rest =
    strip !== '' && (folder === strip || folder.startsWith(`${strip}/`)) ? folder.slice(strip.length + 1) : folder;
  return rest === '' ? root : `${root}/${rest}`;
}

/** Makes the name of the test; `extra` distinguishes it from one that is taken. */
function testName(path: string, { language, tests }: TestProject): (extra: string) => string {
  const base = baseName(path);
  if (language === 'go') return (extra) => `${base}${extra === '' ? '' : `_${extra}`}_test.go`;
  if (language === 'python') {
    const behind = tests.length > 0 && tests.every((test) => /_test\.py$/.test(test));
    const name = base.replace(/\W/g, '_');
    return (extra) => {
      const whole = `${name}${extra === '' ? '' : `_${extra}`}`;
      return behind ? `${whole}_test.py` : `test_${whole}.py`;
    };
  }
  const counted = MARKS.map((mark) => tests.filter((test) => test.replace(/\.[^.]+$/, '').endsWith(mark)).length);
  const mark = MARKS[counted.indexOf(Math.max(...counted))] ?? '.test';
  const extension = scriptExtension(path, tests);
  return (extra) => `${base}${extra === '' ? '' : `.${extra}`}${mark}.${extension}`;
}

/** That of the code, but tests of a TypeScript project that are all written in one other language stay in it. */
function scriptExtension(path: string, tests: readonly string[]): string {
  const own = extensionOf(path);
  const others = new Set(tests.map(extensionOf));
  const [only] = others;
  if (others.size !== 1 || only === undefined) return own;
  // JSX in the tests of a component needs the component's own kind of file.
  return own.endsWith('x') && !only.endsWith('x') ? own : only.endsWith('x') && !own.endsWith('x') ? own : only;
}

function extensionOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1] ?? '';
}

/** A file's name without folder and extension. */
function baseName(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.[^.]+$/, '');
}

/** The name of what a test is about, by the name of the test. */
function testedName(test: string): string {
  return baseName(test)
    .replace(/^test_/, '')
    .replace(/(?:[._-](?:test|spec))$/i, '');
}
