#!/usr/bin/env node
/**
 * The size ratchet: long files, long functions and constructors with many parameters are where a codebase starts to rot.
 * Exceptions are listed with their reasons in size-exceptions.json; one that is no longer needed is an error too.
 *
 *   check-sizes.mjs [FOLDER]      FOLDER: another project root, for the tests of the ratchet
 */
import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { inProject, isMain, listFiles, readJson, runMain, say } from './lib/project.mjs';

/** Lines of a file and of a function, parameters of a constructor; the first area that fits a file holds. */
const AREAS = [
  { files: /^src\/extension\.ts$/, lines: 60, functionLines: 60, parameters: 5 },
  { files: /^(src|scripts|bench)\//, lines: 400, functionLines: 60, parameters: 5 },
  // A `describe` is one long function by nature.
  { files: /^test\/.*\.(test|suite)\.ts$/, lines: 500, functionLines: Infinity, parameters: 5 },
  { files: /^test\/host\/ui\//, lines: 400, functionLines: Infinity, parameters: 5 },
  { files: /^test\//, lines: 400, functionLines: 60, parameters: 5 },
];
const FOLDERS = ['src', 'scripts', 'test', 'bench'];
const CODE = /\.[cm]?[tj]sx?$/;
const NOT_OURS = /(^|\/)fixtures\/|^bench\/(peers|data)\//;

const excess = (file, kind, name, actual, limit) => ({ file, kind, name, actual, limit });

function nameOf(node, source) {
  if (ts.isConstructorDeclaration(node)) return 'constructor';
  if (node.name) return node.name.getText(source);
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) {
    return parent.name.getText(source);
  }
  return '(anonymous)';
}

function functionProblems(file, source, area) {
  const found = [];
  const line = (position) => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node) => {
    if (ts.isFunctionLike(node) && node.body) {
      const lines = line(node.end) - line(node.getStart(source)) + 1;
      const name = nameOf(node, source);
      if (lines > area.functionLines) found.push(excess(file, 'function-lines', name, lines, area.functionLines));
      if (ts.isConstructorDeclaration(node) && node.parameters.length > area.parameters) {
        const owner = node.parent.name?.getText(source) ?? '(anonymous)';
        found.push(excess(file, 'constructor-parameters', owner, node.parameters.length, area.parameters));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function problemsOfFile(projectRoot, file) {
  const area = AREAS.find(({ files }) => files.test(file));
  const text = fs.readFileSync(path.join(projectRoot, file), 'utf8');
  const lines = text.replace(/\n$/, '').split('\n').length;
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = functionProblems(file, source, area);
  return lines > area.lines ? [excess(file, 'file-lines', '', lines, area.lines), ...found] : found;
}

const keyOf = ({ file, kind, name }) => `${file} ${kind} ${name ?? ''}`.trim();

function readExceptions(projectRoot) {
  const file = path.join(projectRoot, 'scripts', 'size-exceptions.json');
  const { exceptions } = fs.existsSync(file) ? readJson(file) : { exceptions: [] };
  return new Map(exceptions.map((exception) => [keyOf(exception), exception]));
}

/** A listed exception allows exactly the size it names (`allowed`): it may shrink, never grow. */
function applyExceptions(found, exceptions) {
  const used = new Set();
  const remaining = found.filter((one) => {
    const exception = exceptions.get(keyOf(one));
    if (!exception?.reason || !(one.actual <= exception.allowed)) return true;
    used.add(keyOf(one));
    return false;
  });
  const unused = [...exceptions.values()].filter((exception) => !used.has(keyOf(exception)));
  const stale = unused.filter((exception) => !remaining.some((one) => keyOf(one) === keyOf(exception)));
  return [
    ...remaining,
    ...stale.map(({ file, kind, name }) => excess(file, 'unused-exception', `${kind} ${name ?? ''}`.trim(), 0, 0)),
  ];
}

/** All sizes above their limits in the project in `projectRoot`, and how many files were read. */
export function checkSizes(projectRoot = inProject()) {
  const relative = (file) => path.relative(projectRoot, file).split(path.sep).join('/');
  const files = FOLDERS.flatMap((folder) => listFiles(path.join(projectRoot, folder), (file) => CODE.test(file)))
    .map(relative)
    .filter((file) => !NOT_OURS.test(file));
  const found = files.flatMap((file) => problemsOfFile(projectRoot, file));
  return { files: files.length, problems: applyExceptions(found, readExceptions(projectRoot)) };
}

function describe({ file, kind, name, actual, limit }) {
  if (kind === 'unused-exception') return `${file}: the exception "${name}" is not needed any more; delete it`;
  return `${file}: ${kind}${name ? ` of ${name}` : ''} is ${actual}, at most ${limit}`;
}

if (isMain(import.meta.url)) {
  await runMain(([folder]) => {
    const { files, problems } = checkSizes(folder ? path.resolve(folder) : undefined);
    for (const problem of problems) say(describe(problem));
    say(`sizes: ${files} files, ${problems.length} problems`);
    return problems.length > 0 || files === 0 ? 1 : 0;
  });
}
