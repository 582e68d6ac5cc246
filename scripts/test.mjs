#!/usr/bin/env node
/**
 * `npm test`: everything, from a fresh clone. The last line is `N passed, N failed` over all suites.
 *
 *   test.mjs [--no-host] [--only check,unit,contract,build,e2e,host]
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { addCounts, COUNTS_VARIABLE, formatCounts, noCounts, problemLines, readCounts } from './lib/counts.mjs';
import { ensureDependencies } from './lib/dependencies.mjs';
import { runNode } from './lib/process.mjs';
import { inProject, runMain, ScriptError, say } from './lib/project.mjs';
import { temporaryFolder } from './lib/temporary.mjs';
import { judge, oneTest } from './lib/verdict.mjs';

const SUITES = [
  { name: 'check', args: ['check.mjs'] },
  { name: 'unit', args: ['run-mocha.mjs', 'unit', '--second-try'] },
  { name: 'contract', args: ['run-mocha.mjs', 'contract', '--second-try'] },
  // Not a test suite of its own: it counts as one test, because the next two run what it makes.
  { name: 'build', args: ['build.mjs'], countsAsOne: true },
  { name: 'e2e', args: ['run-mocha.mjs', 'e2e', '--no-build', '--second-try'], needsBuild: true },
  {
    name: 'host',
    args: ['test-host.mjs', '--no-build', '--second-try'],
    needsBuild: true,
    hint: 'Where no VS Code can run, `npm test -- --no-host` leaves these tests out.',
  },
];

function selectSuites(args) {
  const { values } = parseArgs({
    args,
    allowNegative: true,
    options: { host: { type: 'boolean', default: true }, only: { type: 'string' } },
  });
  const only = values.only?.split(',');
  const unknown = only?.filter((name) => !SUITES.some((suite) => suite.name === name)) ?? [];
  if (unknown.length > 0) throw new ScriptError(`No suite is called ${unknown.join(', ')}.`);
  return SUITES.filter(({ name }) => (only ? only.includes(name) : true) && (values.host || name !== 'host'));
}

async function runSuite(suite, folder) {
  say(`\n=== ${suite.name} ===`);
  const file = path.join(folder, `${suite.name}.json`);
  const [script, ...args] = suite.args;
  const started = Date.now();
  const code = await runNode([inProject('scripts', script), ...args], { env: { [COUNTS_VARIABLE]: file } });
  const reported = readCounts(file);
  if (!reported && suite.hint) say(suite.hint);
  const counts = judge(suite, code, reported);
  return { name: suite.name, counts, seconds: (Date.now() - started) / 1000 };
}

async function runSuites(suites, folder) {
  const results = [];
  let buildFailed = false;
  for (const suite of suites) {
    if (suite.needsBuild && buildFailed) {
      results.push({
        name: suite.name,
        counts: oneTest(`${suite.name} was not run: the build failed`, false),
        seconds: 0,
      });
      continue;
    }
    const result = await runSuite(suite, folder);
    if (suite.name === 'build') buildFailed = result.counts.failed > 0;
    results.push(result);
  }
  return results;
}

function summarise(results) {
  const total = results.map(({ counts }) => counts).reduce(addCounts, noCounts());
  say('');
  for (const { name, counts, seconds } of results) {
    say(`${name.padEnd(9)} ${formatCounts(counts)} (${seconds.toFixed(0)} s)`);
  }
  for (const line of problemLines(total)) say(line);
  return total;
}

await runMain(async (args) => {
  const suites = selectSuites(args);
  await ensureDependencies();
  const { folder, remove } = temporaryFolder('ensemble-test-');
  try {
    const total = summarise(await runSuites(suites, folder));
    process.stdout.write(`${formatCounts(total)}\n`);
    return total.failed > 0 || total.passed === 0 ? 1 : 0;
  } finally {
    remove();
  }
});
