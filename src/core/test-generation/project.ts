import { isSecretLike } from '../policy/secret-files.ts';
import type { Workspace } from '../ports.ts';
import { decodeText } from '../review/decode-text.ts';
import { IgnoreFiles, parentOf } from '../review/ignore-files.ts';
import { ruleLanguage } from '../review/languages.ts';
import { foreignDirectory } from '../review/left-out.ts';

/** Folders that are looked into for tests; a project with more is judged by the nearest. */
const MAX_FOLDERS = 600;
/** Larger configuration and sample files are not looked at. Bytes. */
const MAX_FILE_BYTES = 128 * 1024;
/** Tests that are read for their style, the nearest ones. */
const MAX_SAMPLES = 3;

/** Languages that tests are written for. */
export type TestLanguage = 'script' | 'python' | 'go';

/** A `package.json`, as far as it matters here. */
export interface PackageFacts {
  /** Folder, `''` for the root. */
  readonly folder: string;
  readonly isModule: boolean;
  readonly dependencies: readonly string[];
  readonly testScript: string;
}

/** A file with its text. */
export interface Sample {
  readonly path: string;
  readonly text: string;
}

/** What a workspace shows of how it is tested. Plain data, found without running anything. */
export interface TestProject {
  readonly language: TestLanguage;
  /** The nearest package above the code; null: none. */
  readonly pack: PackageFacts | null;
  /** All files that were seen, of every language. */
  readonly files: ReadonlySet<string>;
  /** The tests among them in the language of the code, the nearest first. */
  readonly tests: readonly string[];
  /** The nearest tests with their text; not redacted, for looking at only. */
  readonly samples: readonly Sample[];
  /** Texts of configuration files at the root or in the package: `tsconfig.json`, `pyproject.toml`, ... by their path. */
  readonly configs: ReadonlyMap<string, string>;
}

const CONFIG_FILES = ['tsconfig.json', 'pyproject.toml', 'setup.cfg', 'tox.ini', 'pytest.ini', 'requirements.txt'];
const MORE_CONFIG_FILES = ['requirements-dev.txt', 'dev-requirements.txt', 'requirements/dev.txt', 'go.mod'];

const TEST_NAME: Readonly<Record<TestLanguage, RegExp>> = {
  script: /(?:[._-](?:test|spec))\.[cm]?[jt]sx?$/i,
  python: /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/,
  go: /_test\.go$/,
};

/** The language whose tests can be written; null: not known. */
export function testLanguage(languageId: string): TestLanguage | null {
  return ruleLanguage(languageId) ?? (languageId === 'go' ? 'go' : null);
}

/** True for tests by their name, or by the folder `__tests__`. */
export function isTestFile(path: string, language: TestLanguage): boolean {
  return TEST_NAME[language].test(path) || (language === 'script' && /(?:^|\/)__tests__\//.test(path));
}

/**
 * Looks at a workspace for what decides how its tests look. Ignored, foreign and secret files are not looked at; a project
 * that is too large to walk is judged by the folders nearest to the root and to the code.
 */
export async function inspectProject(
  path: string,
  language: TestLanguage,
  workspace: Workspace,
  signal: AbortSignal,
): Promise<TestProject> {
  const files = await listFiles(path, workspace, signal);
  const pack = language === 'script' ? await nearestPackage(path, files, workspace) : null;
  // Another package of the same workspace may be tested in another way.
  const home = pack === null || pack.folder === '' ? '' : `${pack.folder}/`;
  const tests = [...files]
    .filter((file) => file !== path && file.startsWith(home) && isTestFile(file, language))
    .sort((a, b) => distance(a, path) - distance(b, path) || (a < b ? -1 : 1));
  const samples: Sample[] = [];
  for (const test of tests.slice(0, MAX_SAMPLES)) {
    const text = await readSmall(workspace, test);
    if (text !== null) samples.push({ path: test, text });
  }
  const configs = await readConfigs(pack?.folder ?? '', files, workspace);
  return { language, pack, files, tests, samples, configs };
}

/** The text of a small text file; null: there is none. */
export async function readSmall(workspace: Workspace, path: string): Promise<string | null> {
  try {
    if ((await workspace.stat(path))?.kind !== 'file') return null;
    const { bytes, truncated } = await workspace.readFile(path, MAX_FILE_BYTES);
    const decoded = truncated ? null : decodeText(bytes);
    return decoded && 'text' in decoded ? decoded.text : null;
  } catch {
    // What cannot be read says nothing about the project; the code itself was read already.
    return null;
  }
}

async function listFiles(path: string, workspace: Workspace, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const files = new Set<string>();
  const ignore = new IgnoreFiles(workspace);
  const near = foldersAbove(path);
  // The folders on the way to the code come first, so that a huge project is judged by what is near.
  const queue = [...near];
  const seen = new Set(queue);
  for (let at = 0; at < queue.length && at < MAX_FOLDERS; at++) {
    signal.throwIfAborted();
    const folder = queue[at] ?? '';
    await ignore.enter(folder);
    const entries = await workspace.readDirectory(folder).catch(() => []);
    for (const { name, kind } of entries) {
      const child = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'file' && !isSecretLike(child) && ignore.ignoredBy(child, false) === null) files.add(child);
      if (kind !== 'directory' || seen.has(child) || name.startsWith('.') || foreignDirectory(name) !== null) continue;
      if (ignore.ignoredBy(child, true) !== null) continue;
      seen.add(child);
      queue.push(child);
    }
  }
  return files;
}

/** The folder of a path and all above it, the nearest first; the root is the last. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  let folder = path;
  do {
    folder = parentOf(folder);
    folders.push(folder);
  } while (folder !== '');
  return folders;
}

async function nearestPackage(
  path: string,
  files: ReadonlySet<string>,
  workspace: Workspace,
): Promise<PackageFacts | null> {
  for (const folder of foldersAbove(path)) {
    const file = folder === '' ? 'package.json' : `${folder}/package.json`;
    const text = files.has(file) ? await readSmall(workspace, file) : null;
    if (text === null) continue;
    const json = parseObject(text);
    const dependencies = ['dependencies', 'devDependencies', 'peerDependencies'].flatMap((field) =>
      Object.keys(objectOf(json[field])),
    );
    const script = objectOf(json.scripts).test;
    return {
      folder,
      isModule: json.type === 'module',
      dependencies,
      testScript: typeof script === 'string' ? script : '',
    };
  }
  return null;
}

async function readConfigs(
  folder: string,
  files: ReadonlySet<string>,
  workspace: Workspace,
): Promise<ReadonlyMap<string, string>> {
  const configs = new Map<string, string>();
  for (const base of new Set([folder, ''])) {
    for (const name of [...CONFIG_FILES, ...MORE_CONFIG_FILES]) {
      const file = base === '' ? name : `${base}/${name}`;
      const text = files.has(file) && !configs.has(name) ? await readSmall(workspace, file) : null;
      if (text !== null) configs.set(name, text);
    }
  }
  return configs;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    // A broken package.json is the project's to mend; it decides nothing here.
    return {};
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Folders between two paths: 0 for the same one. */
function distance(a: string, b: string): number {
  const left = parentOf(a).split('/');
  const right = parentOf(b).split('/');
  let common = 0;
  while (common < Math.min(left.length, right.length) && left[common] === right[common]) common++;
  return left.length + right.length - 2 * common;
}
