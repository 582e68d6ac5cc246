#!/usr/bin/env node
/**
 * Runs Mocha suites in their own process: `run-mocha.mjs unit contract [--watch] [--coverage] [--second-try] [Mocha's arguments]`.
 * File names after the suites' names replace the suites' own files. With --second-try a test that failed runs once more
 * (docs/decisions/2026-11-22-second-try.md).
 */
import os from 'node:os';
import path from 'node:path';
import { COUNTS_VARIABLE, readCounts } from './lib/counts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { runNode } from './lib/process.mjs';
import { inProject, runMain, ScriptError, say } from './lib/project.mjs';
import { temporaryFolder } from './lib/temporary.mjs';

/** `needsBuild`: the suite starts the programs in dist/. `alone`: its files need the machine for themselves. */
const SUITES = {
  unit: { files: 'test/unit/**/*.test.ts', timeoutMs: 30_000 },
  contract: { files: 'test/contract/**/*.test.ts', timeoutMs: 60_000 },
  e2e: { files: 'test/e2e/**/*.test.ts', timeoutMs: 120_000, needsBuild: true },
  soak: { files: 'test/soak/**/*.test.ts', timeoutMs: 1_800_000, needsBuild: true, alone: true },
};

function parse(args) {
  const names = [];
  while (args.length > 0 && args[0] in SUITES) names.push(args.shift());
  if (names.length === 0) throw new ScriptError(`Name a suite: ${Object.keys(SUITES).join(', ')}.`);
  const take = (flag) => args.includes(flag) && args.splice(args.indexOf(flag), 1).length > 0;
  const options = { watch: take('--watch'), coverage: take('--coverage'), build: !take('--no-build') };
  if (take('--second-try')) args.push('--retries', '1');
  return { suites: names.map((name) => SUITES[name]), ...options, rest: args };
}

/** Files run beside each other: most tests wait for a program that they started. More than four only get in each other's way. */
const JOBS = Math.min(4, Math.max(2, os.availableParallelism()));

function mochaArguments(suites, rest) {
  const named = rest.some((argument) => /\.test\.ts$/.test(argument));
  const alone = named || suites.some((suite) => suite.alone);
  const timeout = Math.max(...suites.map(({ timeoutMs }) => timeoutMs));
  const reporter = inProject('scripts', 'mocha-reporter.mjs');
  return [
    ...['--import', 'tsx', inProject('node_modules', 'mocha', 'bin', 'mocha.js')],
    ...['--reporter', reporter, '--timeout', String(timeout)],
    ...(alone ? [] : ['--parallel', '--jobs', String(JOBS)]),
    ...(named ? [] : suites.map(({ files }) => files)),
    ...rest,
  ];
}

async function buildFirst() {
  const code = await runNode([inProject('scripts', 'build.mjs'), '--no-types']);
  if (code !== 0) throw new ScriptError('The build failed; the suite was not started.');
}

function coverageArguments() {
  const c8 = inProject('node_modules', 'c8', 'bin', 'c8.js');
  const reporters = ['text-summary', 'html', 'lcovonly'].flatMap((name) => ['--reporter', name]);
  return [c8, '--all', '--src', 'src', '--include', 'src/**/*.ts', ...reporters, process.execPath];
}

/** A suite that runs nothing is a failure: a wrong pattern would otherwise look like success. */
function checkedCode(code, file) {
  const counts = readCounts(file);
  if (!counts) {
    say(`The suite ended with ${code} before it could report its results.`);
    return code || 1;
  }
  if (counts.passed + counts.failed === 0) {
    say('No test ran. Check the file names and --grep.');
    return code || 1;
  }
  return code || (counts.failed > 0 ? 1 : 0);
}

await runMain(async (args) => {
  const { suites, watch, coverage, build, rest } = parse(args);
  await ensureDependencies();
  if (build && suites.some(({ needsBuild }) => needsBuild)) await buildFirst();
  const mocha = mochaArguments(suites, rest);
  // Mocha cannot reload ES modules; Node's own watch mode starts it again when an imported file changes.
  if (watch) return runNode(['--watch', '--watch-preserve-output', ...mocha]);
  const { folder, remove } = temporaryFolder('ensemble-counts-');
  const file = process.env[COUNTS_VARIABLE] || path.join(folder, 'counts.json');
  try {
    const code = await runNode([...(coverage ? coverageArguments() : []), ...mocha], {
      env: { [COUNTS_VARIABLE]: file },
    });
    return checkedCode(code, file);
  } finally {
    remove();
  }
});
