#!/usr/bin/env node
/**
 * Holds the import rules of .dependency-cruiser.cjs, and what those cannot say: every file lies in a named layer, there
 * are no barrels, and the check really saw every source file (a parser that reads nothing also finds nothing).
 *
 *   check-imports.mjs [FOLDER]      FOLDER: another project root, for the tests of the rules
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { inProject, isMain, listFiles, root, runMain, say } from './lib/project.mjs';

const LAYERS = [
  /^src\/extension\.ts$/,
  /^src\/entries\/[^/]+\.ts$/,
  /^src\/compose(\.web|\/.+)?\.ts$/,
  /^src\/core\//,
  /^src\/adapters\//,
  /^src\/protocol\//,
  /^src\/shells\/(vscode|webview|cli|server)\//,
];
const SOURCE = /\.[cm]?tsx?$/;
const BARREL = /\/index\.[cm]?tsx?$/;
// Names of the editor's module that the parser does not report as a dependency: import types and references.
const TYPE_REFERENCE = /\bimport\(\s*['"]vscode['"]\s*\)|<reference\s+types=['"]vscode['"]/;
const EDITOR_FILES = /^src\/(shells\/vscode\/|extension\.ts$)/;

const problem = (rule, from, to, comment) => ({ rule, from, to, comment });

/** Problems of single files that need no parser. `file` is relative to the project root, with slashes. */
function fileProblems(projectRoot, file) {
  const found = [];
  if (!LAYERS.some((layer) => layer.test(file))) {
    found.push(problem('file-has-a-layer', file, '', 'Move it into one of the folders of docs/architecture.md.'));
  }
  if (BARREL.test(file) && !file.startsWith('src/entries/')) {
    found.push(problem('no-barrels', file, '', 'Import the file that you mean; only entries may re-export.'));
  }
  if (!EDITOR_FILES.test(file) && TYPE_REFERENCE.test(fs.readFileSync(path.join(projectRoot, file), 'utf8'))) {
    found.push(problem('vscode-in-its-shell-only', file, 'vscode', 'Not even in types.'));
  }
  return found;
}

async function cruiseSources(projectRoot) {
  const { cruise } = await import('dependency-cruiser');
  const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
  const { enhancedResolveOptions, ...rest } = options;
  const config = { ...rest, baseDir: projectRoot, validate: true, ruleSet: { forbidden } };
  const { output } = await cruise(['src'], config, enhancedResolveOptions);
  return output;
}

function ruleProblems({ summary }) {
  return summary.violations.map(({ rule, from, to, cycle }) => {
    const way = cycle?.length ? cycle.map(({ name }) => name).join(' -> ') : to;
    return problem(rule.name, from, way, summary.ruleSetUsed.forbidden.find(({ name }) => name === rule.name)?.comment);
  });
}

/** All problems of the project in `projectRoot`, and how many source files were read. */
export async function checkImports(projectRoot = root) {
  const relative = (file) => path.relative(projectRoot, file).split(path.sep).join('/');
  const files = listFiles(path.join(projectRoot, 'src'), () => true).map(relative);
  const sources = files.filter((file) => SOURCE.test(file));
  if (sources.length === 0) {
    return { files: 0, problems: [problem('something-was-read', 'src', '', 'There are no source files here.')] };
  }
  const output = await cruiseSources(projectRoot);
  const seen = new Set(output.modules.map(({ source }) => source));
  const unseen = sources.filter((file) => !seen.has(file));
  const blind = unseen.map((file) =>
    problem('something-was-read', file, '', 'dependency-cruiser did not read this file.'),
  );
  return {
    files: sources.length,
    problems: [...blind, ...files.flatMap((file) => fileProblems(projectRoot, file)), ...ruleProblems(output)],
  };
}

if (isMain(import.meta.url)) {
  await runMain(async ([folder]) => {
    const { files, problems } = await checkImports(folder ? path.resolve(folder) : inProject());
    for (const { rule, from, to, comment } of problems)
      say(`${rule}: ${from}${to ? ` -> ${to}` : ''}\n    ${comment ?? ''}`);
    say(`imports: ${files} files, ${problems.length} problems`);
    return problems.length > 0 ? 1 : 0;
  });
}
