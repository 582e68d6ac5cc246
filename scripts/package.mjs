#!/usr/bin/env node
/**
 * Packs the extension as a VSIX. Any warning of vsce is an error, and so is a file in the package that has no business
 * there: our users get exactly what .vscodeignore allows.
 *
 *   package.mjs [--out FILE] [--no-build]
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureDependencies } from './lib/dependencies.mjs';
import { packageProblems } from './lib/package-contents.mjs';
import { runNode } from './lib/process.mjs';
import { inProject, readJson, root, runMain, ScriptError, say } from './lib/project.mjs';
import { listZip } from './lib/zip.mjs';

const MAX_BYTES = 6 * 1024 * 1024;

// The package names no repository, so there is none to rewrite the README's relative links to.
const FLAGS = ['--allow-missing-repository', '--no-rewrite-relative-links'];

function runVsce(out) {
  const vsce = inProject('node_modules', '@vscode', 'vsce', 'vsce');
  const args = [vsce, 'package', '--no-dependencies', '--out', out, ...FLAGS];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const output = `${result.stdout}${result.stderr}`.trim();
  if (result.status !== 0) throw new ScriptError(`vsce ended with ${result.status}:\n${output}`);
  const warnings = output.split('\n').filter((line) => /\bwarning\b/i.test(line));
  if (warnings.length > 0) throw new ScriptError(`vsce warns; a package is made without warnings only:\n${output}`);
}

function report(out, files) {
  const size = fs.statSync(out).size;
  const largest = [...files].sort((a, b) => b.compressed - a.compressed).slice(0, 5);
  const kb = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
  for (const { name, compressed } of largest) say(`  ${kb(compressed).padStart(8)}  ${name}`);
  say(`${path.relative(root, out)}: ${kb(size)}, ${files.length} files, 0 warnings`);
  if (size > MAX_BYTES) throw new ScriptError(`The package is larger than ${kb(MAX_BYTES)}.`);
}

await runMain(async (args) => {
  const { version } = readJson(inProject('package.json'));
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: {
      out: { type: 'string', default: inProject(`ensemble-agents-${version}.vsix`) },
      build: { type: 'boolean', default: true },
    },
  });
  await ensureDependencies();
  if (values.build) {
    const code = await runNode([inProject('scripts', 'build.mjs')]);
    if (code !== 0) return code;
  }
  const out = path.resolve(values.out);
  fs.mkdirSync(path.dirname(out), { recursive: true });
  fs.rmSync(out, { force: true });
  runVsce(out);
  const files = listZip(fs.readFileSync(out));
  const problems = packageProblems(files);
  if (problems.length > 0) throw new ScriptError(`${path.basename(out)}:\n  ${problems.join('\n  ')}`);
  report(out, files);
  return 0;
});
