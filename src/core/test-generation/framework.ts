import { EnsembleError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import type { TestLanguage, TestProject } from './project.ts';

/** Frameworks that tests can be written for, by language; the last one needs nothing installed. */
const FRAMEWORKS = {
  script: ['vitest', 'jest', 'mocha', 'node:test'],
  python: ['pytest', 'unittest'],
  go: ['go test'],
} as const satisfies Readonly<Record<TestLanguage, readonly string[]>>;

/** A test framework that we know. */
export type Framework = (typeof FRAMEWORKS)[TestLanguage][number];

/** The frameworks that tests in a language can be written for. */
export function frameworksFor(language: TestLanguage): readonly Framework[] {
  return FRAMEWORKS[language];
}

/** What a test of the framework imports, in JavaScript. */
const IMPORTED: readonly (readonly [RegExp, Framework])[] = [
  [/['"]vitest['"]/, 'vitest'],
  [/['"]@jest\/globals['"]|\bjest\.(?:fn|mock|spyOn)\(/, 'jest'],
  [/['"]node:test['"]/, 'node:test'],
  [/['"]mocha['"]/, 'mocha'],
];

/**
 * The framework of a project: the one that is asked for, else what its tests import, else what its packages and its test
 * script name, else the one of the language that needs nothing installed. Throws `invalid-input` for one that is unknown.
 */
export function frameworkOf(project: TestProject, wanted: string | null): Framework {
  if (wanted !== null && wanted.trim() !== '') return named(wanted.trim(), project.language);
  if (project.language === 'go') return 'go test';
  return project.language === 'python' ? pythonFramework(project) : scriptFramework(project);
}

function named(wanted: string, language: TestLanguage): Framework {
  const known: readonly Framework[] = FRAMEWORKS[language];
  const key = wanted
    .toLowerCase()
    .replace(/^node(?::test|-test)?$/, 'node:test')
    .replace(/^go$/, 'go test');
  const found = known.find((one) => one === key);
  if (found) return found;
  const near = nearestName(key, known);
  throw new EnsembleError('invalid-input', `The framework "${wanted}" is not known for this language.`, {
    hint: `It is one of: ${known.join(', ')}.${near === null ? '' : ` Did you mean "${near}"?`}`,
  });
}

function scriptFramework({ samples, pack, files }: TestProject): Framework {
  for (const { text } of samples) {
    const found = IMPORTED.find(([pattern]) => pattern.test(text));
    if (found) return found[1];
  }
  const script = pack?.testScript ?? '';
  const has = (name: string) => pack?.dependencies.includes(name) === true || new RegExp(`\\b${name}\\b`).test(script);
  if (has('vitest')) return 'vitest';
  if (has('jest') || pack?.dependencies.includes('ts-jest') || hasConfig(files, 'jest.config')) return 'jest';
  if (has('mocha') || hasConfig(files, '.mocharc')) return 'mocha';
  return 'node:test';
}

function hasConfig(files: ReadonlySet<string>, name: string): boolean {
  return [...files].some((file) => file.startsWith(`${name}.`));
}

function pythonFramework({ samples, configs, files }: TestProject): Framework {
  if (samples.some(({ text }) => /^\s*(?:import|from)\s+pytest\b/m.test(text))) return 'pytest';
  if (samples.some(({ text }) => /^\s*(?:import|from)\s+unittest\b/m.test(text))) return 'unittest';
  const names = [...files].some((file) => /(?:^|\/)(?:conftest\.py|pytest\.ini)$/.test(file));
  const inConfigs = [...configs].some(
    ([name, text]) => name !== 'tsconfig.json' && name !== 'go.mod' && /\bpytest\b/.test(text),
  );
  const bare = samples.some(({ text }) => /^def test_/m.test(text));
  return names || inConfigs || bare ? 'pytest' : 'unittest';
}
