import type { TargetCode } from '../edits/read-target.ts';
import { EnsembleError } from '../errors.ts';
import { redact } from '../policy/redaction.ts';
import type { Workspace } from '../ports.ts';
import { exportedSymbols } from '../source/exported-symbols.ts';
import { goPackage } from '../source/go-symbols.ts';
import { scriptSymbols } from '../source/script-symbols.ts';
import type { ExportedSymbol } from '../source/symbol.ts';
import { commandFor } from './command.ts';
import { type Framework, frameworkOf } from './framework.ts';
import { existingTests, placeOfTests } from './place.ts';
import { inspectProject, isTestFile, readSmall, type TestLanguage, testLanguage } from './project.ts';
import { importOf, styleOf, type TestStyle } from './style.ts';

/** Longer samples say no more about the style. Characters. */
const MAX_SAMPLE = 6_000;

/** What the tests of a file have to be like: found in the project, not asked of a model. JSON. */
export interface TestFacts {
  readonly language: TestLanguage;
  readonly framework: Framework;
  /** Program and arguments that run the tests; null: not known. */
  readonly command: readonly string[] | null;
  /** The file that is written; there is none yet. */
  readonly testFile: string;
  /** How the test imports the code: specifier, dotted module, or (Go) '' for the same package. */
  readonly importFrom: string;
  /** The names that can be tested. */
  readonly symbols: readonly ExportedSymbol[];
  /** True where the code may export more than `symbols`. */
  readonly hasMore: boolean;
  /** Whether the code itself leaves by `module.exports`. */
  readonly codeModule: 'esm' | 'commonjs';
  readonly style: TestStyle;
  /** Go: the package of the code. */
  readonly packageName: string | null;
  /** A test of the project, redacted and cut, to write alike; null: there is none. */
  readonly sample: string | null;
  /** Tests of this code that are there already; null: none. */
  readonly existing: { readonly path: string; readonly text: string } | null;
}

/** Finds out how the tests of the code have to look. Rejects `invalid-input` where none can be written. */
export async function findTestFacts(
  code: TargetCode,
  wanted: string | null,
  parts: { readonly workspace: Workspace; readonly signal: AbortSignal; readonly knownSecrets: readonly string[] },
): Promise<TestFacts> {
  const { workspace, signal, knownSecrets } = parts;
  const language = requireTestable(code);
  const project = await inspectProject(code.path, language, workspace, signal);
  const framework = frameworkOf(project, wanted);
  const testFile = placeOfTests(code.path, project);
  const existingPath = existingTests(code.path, project);
  const existingText = existingPath === null ? null : await readSmall(workspace, existingPath);
  const clean = (text: string) => redact(text, knownSecrets).text.replace(/\r\n?/g, '\n').slice(0, MAX_SAMPLE);
  const sample = project.samples.find(({ path }) => path !== existingPath)?.text ?? null;
  const script = language === 'script' ? scriptSymbols(code.text) : null;
  return {
    language,
    framework,
    command: await commandFor(testFile, framework, project, workspace),
    testFile,
    importFrom: importOf(code.path, testFile, project, framework),
    symbols: script?.symbols ?? exportedSymbols(code.languageId, code.text),
    hasMore: script?.hasMore ?? false,
    codeModule: script?.module ?? 'esm',
    style: styleOf(code, testFile, project, framework),
    packageName: language === 'go' ? goPackage(code.text) : null,
    sample: sample === null ? null : clean(sample),
    existing: existingPath === null || existingText === null ? null : { path: existingPath, text: clean(existingText) },
  };
}

function requireTestable({ path, languageId, text }: TargetCode): TestLanguage {
  const language = testLanguage(languageId);
  if (language === null) {
    throw new EnsembleError('invalid-input', `Tests cannot be written for ${languageId} yet.`, {
      hint: 'They can for TypeScript, JavaScript, Python and Go.',
    });
  }
  if (/\.d\.[cm]?ts$/.test(path)) throw untestable(`${path} declares types only.`);
  if (isTestFile(path, language)) throw untestable(`${path} is a test itself.`);
  if (language === 'go' && goPackage(text) === null) throw untestable(`${path} has no package clause.`);
  return language;
}

function untestable(message: string): EnsembleError {
  return new EnsembleError('invalid-input', message, { hint: 'Choose the file with the code to test.' });
}
